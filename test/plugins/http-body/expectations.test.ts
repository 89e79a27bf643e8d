import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import Fastify, { type FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { answerExpectations } from '../../../plugins/http-body/expectations.ts'

const largest = 10
const goOn = ['HTTP/1.1 100 Continue\r\n\r\n']

async function listen (t: Test) {
  const app = Fastify()
  t.after(() => app.close())
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/full') return await reply.code(503).send('full')
  })
  const { decline } = answerExpectations(app)
  app.addContentTypeParser('image/png', async (request: FastifyRequest, payload: IncomingMessage) => {
    if (Number(request.headers['content-length']) > largest && decline(request)) throw Object.assign(new Error('too large'), { statusCode: 413 })
    return await text(payload)
  })
  app.addContentTypeParser('text/any', async (_: FastifyRequest, payload: IncomingMessage) => await text(payload))
  app.post('/*', async ({ body }) => body)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // It listens on TCP.
  return (path: string, type: string, length: number) => {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    t.after(() => socket.destroy())
    socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\nexpect: 100-continue\r\n\r\n`)
    return socket
  }
}

t.test('who asks first is told to go on, and then answered', async t => {
  const begin = await listen(t)
  const socket = begin('/', 'image/png', 3)
  t.same(await once(socket, 'data'), goOn)
  socket.write('abc')
  t.match(await once(socket, 'data'), [/^HTTP\/1\.1 200 .*\r\n\r\nabc$/s])
  // On the same connection nobody is told what it did not ask for.
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\ndef')
  t.match(await once(socket, 'data'), [/^HTTP\/1\.1 200 .*\r\n\r\ndef$/s])
})

t.test('who is refused hears nothing else, and the connection ends, as its body may come or not', async t => {
  const begin = await listen(t)
  for (const [path, type, length, status] of [['/full', 'image/png', 3, 503], ['/', 'image/png', largest + 1, 413], ['/', 'who/knows', 3, 415]] as const) {
    const socket = begin(path, type, length)
    const ended = once(socket, 'end')
    t.match(await once(socket, 'data'), [new RegExp(`^HTTP/1\\.1 ${status} .*connection: close`, 'is')])
    await ended
  }
})

t.test('a body of any length may come to who does not decline it', async t => {
  const begin = await listen(t)
  const socket = begin('/', 'text/any', largest + 1)
  t.same(await once(socket, 'data'), goOn)
  socket.write('abcdefghijk')
  t.match(await once(socket, 'data'), [/^HTTP\/1\.1 200 .*\r\n\r\nabcdefghijk$/s])
})
