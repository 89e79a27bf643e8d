import type { FastifyReply } from 'fastify'
import type { PictureText } from './picture-text.ts'

/** An HTTP answer of a face. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: Buffer | string | PictureText
}

/** Sends an answer, of one with pictures never more than a piece at a time. */
export function sendAnswer (reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.code(status).headers(headers)
  if (typeof body === 'string' || Buffer.isBuffer(body)) return reply.send(body)
  return reply.header('content-length', body.length).send(body.stream())
}
