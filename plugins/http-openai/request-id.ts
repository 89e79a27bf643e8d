import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Gives a request its id, once: the answer's `x-request-id`, which OpenAI's libraries show, and in every line of its log. */
export function tagRequest (request: FastifyRequest, reply: FastifyReply): void {
  if (reply.hasHeader('x-request-id')) return
  const requestId = `req_${randomBytes(16).toString('hex')}`
  request.log = request.log.child({ requestId })
  reply.header('x-request-id', requestId)
}
