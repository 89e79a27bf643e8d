import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { watchRoutes } from '../_http/routes.ts'

/** Under this API's prefix, an unknown path is a 404 and a known one with another method a 405, both as `{"detail": …}`. */
export function answerUnknownRoutes (app: FastifyInstance): void {
  const allowedAt = watchRoutes(app)
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const allowed = allowedAt(request.url)
    if (allowed === undefined) return reply.code(404).send({ detail: 'Not Found' })
    return reply.code(405).header('allow', allowed).send({ detail: 'Method Not Allowed' })
  })
}
