import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'

export interface Expectations {
  /**
   * Whoever waits to hear whether to send its body does not hear it. To be asked at once by who is to read it.
   * @returns false = nobody waits: the body is coming
   */
  decline (request: FastifyRequest): boolean
}

/**
 * Who asks before it sends a body (`Expect: 100-continue`, RFC 9110, section 10.1.1; curl does so above a megabyte) is told to go on once no
 * hook of `onRequest` has refused it and somebody is there to read it. Node itself says so at once, and the body would come only to be
 * thrown away.
 */
export function answerExpectations (app: FastifyInstance): Expectations {
  const asking = new WeakSet<IncomingMessage>()
  app.server.on('checkContinue', (request, response) => {
    asking.add(request)
    app.server.emit('request', request, response)
  })
  app.addHook('preParsing', async ({ raw }, reply) => {
    // A parser runs right behind this, and not every one of them holds a body against a limit.
    setImmediate(() => {
      if (asking.delete(raw) && !reply.raw.headersSent) reply.raw.writeContinue()
    })
  })
  return { decline: ({ raw }) => asking.delete(raw) }
}
