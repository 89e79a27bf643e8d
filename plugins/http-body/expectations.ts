import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/**
 * Who asks before it sends a body (`Expect: 100-continue`, RFC 9110, section 10.1.1; curl does so above a megabyte) is told to go on once the
 * request is admitted. Node itself says so at once, and the body would come only to be thrown away.
 * @param check throws for a body that will not be read; the hooks that run before a body is looked for have let the request pass by then
 */
export function answerExpectations (app: FastifyInstance, check: (request: FastifyRequest) => void): void {
  const asking = new WeakSet<IncomingMessage>()
  app.server.on('checkContinue', (request, response) => {
    asking.add(request)
    app.server.emit('request', request, response)
  })
  app.addHook('preParsing', async (request, reply) => {
    if (!asking.has(request.raw)) return
    check(request)
    reply.raw.writeContinue()
  })
}
