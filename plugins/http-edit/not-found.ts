import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Under this API's prefix, an unknown path is a 404 and a known one with another method a 405, both as `{"detail": …}`. */
export function answerUnknownRoutes (app: FastifyInstance): void {
  const methods = new Map<string, string[]>()
  app.addHook('onRoute', ({ url, method }) => {
    methods.set(url, [...methods.get(url) ?? [], ...[method].flat()])
  })
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const [path = ''] = request.url.split('?')
    const allowed = methods.get(path)
    if (allowed === undefined) return reply.code(404).send({ detail: 'Not Found' })
    return reply.code(405).header('allow', allowed.toSorted().join(', ')).send({ detail: 'Method Not Allowed' })
  })
}
