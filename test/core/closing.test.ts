import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { closeGently } from '../../core/closing.ts'

/** A service that closes gently: GET /slow is answered when `open` is called. */
async function start (t: Test, prepare: (app: FastifyInstance) => void = () => {}) {
  const app: FastifyInstance = Fastify({ return503OnClosing: false, forceCloseConnections: 'idle' })
  t.after(() => app.close())
  closeGently(app)
  prepare(app)
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  app.get('/slow', async () => {
    reach()
    await opened
    return { done: true }
  })
  app.get('/quick', async () => ({ done: true }))
  app.post('/edit', async () => ({ done: true }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo // It listens on TCP.
  /** A connection on which a request has begun: it is not idle. */
  const begin = async (line: string): Promise<Socket> => {
    const taken = once(app.server, 'connection')
    const socket = connect(port, '127.0.0.1')
    socket.write(`${line} HTTP/1.1\r\n`)
    const [served]: Socket[] = await taken
    while (served?.bytesRead === 0) await new Promise(resolve => setImmediate(resolve))
    return socket
  }
  const stopListening = async () => {
    const closed = app.close()
    while (app.server.listening) await new Promise(resolve => setImmediate(resolve))
    return { closed }
  }
  return { app, port, open, reached, begin, stopListening }
}

t.test('what runs is finished, and no kept connection holds the service up', async t => {
  const { port, open, reached, stopListening } = await start(t)
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const answered = once(get({ host: '127.0.0.1', port, path: '/slow', agent }), 'response')
  await reached
  const { closed } = await stopListening()
  open()
  const [response]: IncomingMessage[] = await answered
  t.match(response, { statusCode: 200, headers: { connection: 'close' } })
  response?.resume()
  await closed
})

t.test('neither does one whose answer had begun before', async t => {
  const body = new PassThrough()
  const { port, stopListening } = await start(t, app => app.get('/long', async (_, reply) => await reply.send(body)))
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  body.write('first, ')
  const [response]: [IncomingMessage] = await once(get({ host: '127.0.0.1', port, path: '/long', agent }), 'response') as [IncomingMessage] // What the event brings.
  t.equal(response.headers.connection, 'keep-alive')
  const { closed } = await stopListening()
  body.end('second')
  t.equal(await text(response), 'first, second')
  await closed
})

t.test('connections are kept while nobody closes the service', async t => {
  const { port } = await start(t)
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const [response]: IncomingMessage[] = await once(get({ host: '127.0.0.1', port, path: '/quick', agent }), 'response')
  t.equal(response?.headers.connection, 'keep-alive')
  response?.resume()
})

t.test('an edit that comes over an open connection when the service no longer listens is refused, a question is answered', async t => {
  const { begin, stopListening } = await start(t)
  const [edit, question] = [await begin('POST /edit'), await begin('GET /quick')]
  const { closed } = await stopListening()
  edit.write('Host: a\r\nContent-Length: 0\r\n\r\n')
  question.write('Host: a\r\n\r\n')
  const refused = await text(edit)
  t.match(refused, /^HTTP\/1\.1 503 .*\r\nconnection: close\r\n/is)
  t.match(refused, /EDIT_ERR_OVERLOADED.*the service is stopping: send the request again/)
  t.match(await text(question), /^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is)
  await closed
})

t.test('until the service no longer listens edits are taken', async t => {
  const { promise: drained, resolve: drain } = Promise.withResolvers<void>()
  const { app, port } = await start(t, app => app.addHook('preClose', async () => await drained))
  const closed = app.close()
  const response = await fetch(`http://127.0.0.1:${port}/edit`, { method: 'POST' })
  t.equal(response.status, 200)
  t.equal(response.headers.get('connection'), 'close')
  await response.text()
  drain()
  await closed
})
