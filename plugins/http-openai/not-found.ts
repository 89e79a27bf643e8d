import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { watchRoutes } from '../_http/routes.ts'

/** Under this API's prefix, an unknown path is a 404 and a known one with another method a 405, both in OpenAI's envelope. */
export function answerUnknownRoutes (app: FastifyInstance): void {
  const allowedAt = watchRoutes(app)
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const allowed = allowedAt(request.url)
    const asked = `${request.method} ${request.url.slice(0, 200)}`
    const error = { message: `Unknown request URL: ${asked}.`, type: 'invalid_request_error', param: null, code: 'unknown_url' }
    if (allowed === undefined) return reply.code(404).send({ error })
    return reply.code(405).header('allow', allowed).send({ error: { ...error, message: `Not allowed: ${asked}. Use ${allowed}.`, code: 'method_not_allowed' } })
  })
}
