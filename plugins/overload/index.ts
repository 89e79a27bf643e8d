import { finished } from 'node:stream'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { tellRefusals } from '../_http/tell-refusals.ts'
import { createGate } from './gate.ts'
import { watchLoop } from './loop-delay.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Why a request would find no room now; null = it would find some. Absent when the operator leaves the plugin out. */
    overload: { reason (): string | null }
  }
}

export const options = Type.Object({
  maxInFlight: Type.Integer({
    minimum: 1, default: 64, description: 'POST requests at once; edits that outlive their requests count too. Environment: OVERLOAD_MAX_IN_FLIGHT.'
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

/**
 * Refuses what the process has no time for, before its body is read: every POST, of whatever face. The answer is the face's
 * own for EDIT_ERR_OVERLOADED. The memory that bodies take is not its matter: http-body admits them.
 */
async function overload (app: FastifyInstance, { maxInFlight, maxLoopDelayMs, retryAfterMs }: Static<typeof options>): Promise<void> {
  const { edits, EditError } = app
  const { isLate, stop } = maxLoopDelayMs > 0 ? watchLoop(maxLoopDelayMs) : { isLate: () => false, stop: () => {} }
  app.addHook('onClose', async () => stop())
  const gate = createGate({ maxInFlight, isLate, running: edits.running })
  app.decorate('overload', { reason: gate.reason })

  const tell = tellRefusals(app.log)
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST') return
    const reason = gate.reason()
    if (reason === null) {
      finished(reply.raw, gate.enter())
      return
    }
    tell(reason)
    reply.header('retry-after', Math.ceil(retryAfterMs / 1000))
    if (hasLargeBody(request)) reply.header('connection', 'close')
    throw new EditError('EDIT_ERR_OVERLOADED', `the service has too much to do: ${reason}`, { retryAfterMs })
  })
}

/** As announced. One that comes in chunks may become one. */
function hasLargeBody ({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) >= largeBody
}

export default fp(overload, { name: 'overload', fastify: '5.x', decorators: { fastify: ['edits', 'EditError'] } })
