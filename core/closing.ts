import type { FastifyInstance } from 'fastify'
import { EditError } from './errors.ts'

/** When somebody who is refused may find another process, milliseconds. */
const retryAfterMs = 1000

/**
 * How the service stops: what runs is finished, edits that come later over connections still open are refused with a 503,
 * and no connection is kept after its answer. Until the service has stopped listening everything is served as before.
 */
export function closeGently (app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
    // Node closes idle connections once; those that become idle later would keep the process for their whole idle time. 0 means for ever.
    app.server.keepAliveTimeout = 1
  })
  app.addHook('onRequest', async ({ method }) => {
    if (closing && !app.server.listening && method === 'POST') {
      throw new EditError('EDIT_ERR_OVERLOADED', 'the service is stopping: send the request again', { retryAfterMs })
    }
  })
  app.addHook('onSend', async (_, reply) => {
    if (closing) reply.header('connection', 'close')
  })
}
