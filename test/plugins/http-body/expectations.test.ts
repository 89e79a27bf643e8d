import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { answerExpectations } from '../../../plugins/http-body/expectations.ts'

const largest = 10

async function listen (t: Test) {
  const app = Fastify()
  t.after(() => app.close())
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/full') return await reply.code(503).send('full')
  })
  answerExpectations(app, ({ headers }) => {
    if (Number(headers['content-length']) > largest) throw Object.assign(new Error('too large'), { statusCode: 413 })
  })
  app.post('/*', async ({ body }) => body)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // It listens on TCP.
  return (path: string, headers: string) => {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    t.after(() => socket.destroy())
    socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\n${headers}\r\n\r\n`)
    return socket
  }
}

t.test('who asks first is told to go on, and then answered', async t => {
  const begin = await listen(t)
  const socket = begin('/', 'content-length: 3\r\nexpect: 100-continue')
  t.same(await once(socket, 'data'), ['HTTP/1.1 100 Continue\r\n\r\n'])
  socket.write('abc')
  t.match(await once(socket, 'data'), [/^HTTP\/1\.1 200 .*\r\n\r\nabc$/s])
  // On the same connection nobody is told what it did not ask for.
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\ndef')
  t.match(await once(socket, 'data'), [/^HTTP\/1\.1 200 .*\r\n\r\ndef$/s])
})

t.test('who is not admitted hears nothing else, and the connection ends, as its body may come or not', async t => {
  const begin = await listen(t)
  for (const [path, length, status] of [['/full', 3, 503], ['/', largest + 1, 413]] as const) {
    const socket = begin(path, `content-length: ${length}\r\nexpect: 100-continue`)
    const ended = once(socket, 'end')
    t.match(await once(socket, 'data'), [new RegExp(`^HTTP/1\\.1 ${status} .*connection: close`, 'is')])
    await ended
  }
})
