import type { FastifyInstance } from 'fastify'

/** Of a request's URL: the methods of the routes that are added from now on, for an `allow` header; undefined = its path is unknown. */
export function watchRoutes (app: FastifyInstance): (url: string) => string | undefined {
  const methods = new Map<string, string[]>()
  app.addHook('onRoute', ({ url, method }) => {
    methods.set(url, [...methods.get(url) ?? [], ...[method].flat()])
  })
  return url => {
    const [path = ''] = url.split('?')
    return methods.get(path)?.toSorted().join(', ')
  }
}
