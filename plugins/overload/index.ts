import { finished } from 'node:stream'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { createGate } from './gate.ts'
import { watchLoop } from './loop-delay.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Why the smallest request would find no room now; null = it would find some. Absent when the operator leaves the plugin out. */
    overload: { reason (): string | null }
  }
}

export const options = Type.Object({
  maxInFlight: Type.Integer({
    minimum: 1, default: 64, description: 'POST requests at once; edits that outlive their requests count too. Environment: OVERLOAD_MAX_IN_FLIGHT.'
  }),
  maxBodyBytes: Type.Integer({
    minimum: 1024, default: 512 * 1024 * 1024, description: 'Of the bodies of these requests together. Environment: OVERLOAD_MAX_BODY_BYTES.'
  }),
  maxLoopDelayMs: Type.Integer({
    minimum: 0, default: 0, description: 'Mean delay of the event loop in a second; 0 = it is not watched. Environment: OVERLOAD_MAX_LOOP_DELAY_MS.'
  }),
  retryAfterMs: Type.Integer({
    minimum: 1000, default: 5000, description: 'What who is refused is told to wait. Environment: OVERLOAD_RETRY_AFTER_MS.'
  })
}, { additionalProperties: false })

/** From this size on it is cheaper to close the connection than to read a body that nobody wants. Bytes. */
const largeBody = 64 * 1024
const tellEveryMs = 10_000

/**
 * Refuses what the process has no room for, before its body is read: every POST, of whatever face. The answer is the face's
 * own for EDIT_ERR_OVERLOADED.
 */
async function overload (app: FastifyInstance, { maxInFlight, maxBodyBytes, maxLoopDelayMs, retryAfterMs }: Static<typeof options>): Promise<void> {
  const { edits, EditError } = app
  if (maxBodyBytes < edits.bodyBytes) throw new TypeError(`maxBodyBytes is smaller than limits.bodyBytes, ${edits.bodyBytes}: a request of that size would never find room`)
  const { isLate, stop } = maxLoopDelayMs > 0 ? watchLoop(maxLoopDelayMs) : { isLate: () => false, stop: () => {} }
  app.addHook('onClose', async () => stop())
  const gate = createGate({ maxInFlight, maxBodyBytes, isLate, running: edits.running })
  app.decorate('overload', { reason: () => gate.reasonAgainst(1) })

  let refused = 0
  let toldAt = -Infinity
  const tell = (reason: string) => {
    refused++
    const now = performance.now()
    if (now - toldAt < tellEveryMs) return
    app.log.warn({ reason, refused }, 'overloaded: requests are refused')
    refused = 0
    toldAt = now
  }

  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST') return
    const bytes = bodyBytesOf(request)
    const reason = gate.reasonAgainst(bytes)
    if (reason === null) {
      finished(reply.raw, gate.enter(bytes))
      return
    }
    tell(reason)
    reply.header('retry-after', Math.ceil(retryAfterMs / 1000))
    if (bytes >= largeBody) reply.header('connection', 'close')
    throw new EditError('EDIT_ERR_OVERLOADED', `the service has too much to do: ${reason}`, { retryAfterMs })
  })
}

/** As announced. One that comes in chunks may become as large as its route allows; more than that is refused unread anyway. */
function bodyBytesOf ({ headers, routeOptions: { bodyLimit = Infinity } }: FastifyRequest): number {
  return headers['transfer-encoding'] === undefined ? Math.min(Number(headers['content-length'] ?? 0), bodyLimit) : bodyLimit
}

export default fp(overload, { name: 'overload', fastify: '5.x', decorators: { fastify: ['edits', 'EditError'] } })
