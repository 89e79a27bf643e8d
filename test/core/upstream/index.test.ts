import { execFile } from 'node:child_process'
import { createSecureServer } from 'node:http2'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import t from 'tap'
import { createUpstreamFactory } from '../../../core/upstream/index.ts'
import { createFactory, failureOf, listen, pem, serveHttp, serveSocket, silent } from './servers.ts'

const signal = new AbortController().signal
const body = { json: { prompt: 'a lake' } }

t.test('fifty calls at once are fifty requests, each with its own answer', async t => {
  const server = await serveHttp(t, ({ url }, response) => { setTimeout(() => response.end(url), 20) })
  const upstream = createFactory(t).createUpstream({ name: 'painter', baseUrl: server.origin })
  const paths = Array.from({ length: 50 }, (_, index) => `/${index}`)
  const answers = await Promise.all(paths.map(path => upstream.post(path, body, { signal })))
  t.same(answers.map(answer => answer.body.toString()), paths)
  t.same(server.requests.map(request => request.url).sort(), paths.toSorted())
})

t.test('fifty broken calls at once are fifty requests too', async t => {
  const server = await serveSocket(t, socket => { socket.on('data', () => socket.resetAndDestroy()) })
  const upstream = createFactory(t).createUpstream({ name: 'painter', baseUrl: server.origin })
  const errors = await Promise.all(Array.from({ length: 50 }, () => failureOf(upstream.post('/', body, { signal }))))
  t.same(new Set(errors.map(error => error.details.phase)), new Set(['sent']))
  t.equal(server.connections.length, 50)
})

t.test('a connection is kept for the next call, and one that died idle does not fail it', async t => {
  const sockets = new Set<Socket>()
  const server = await serveHttp(t, ({ socket }, response) => {
    sockets.add(socket)
    // The end of the connection after its second answer is not announced.
    response.end('ok', () => { if (server.requests.length === 2) socket.end() })
  })
  const upstream = createFactory(t).createUpstream({ name: 'painter', baseUrl: server.origin })
  await upstream.post('/', body, { signal })
  // undici frees a connection one turn of the event loop after its answer.
  await delay(20)
  await upstream.post('/', body, { signal })
  t.equal(sockets.size, 1)
  await delay(50)
  await upstream.post('/', body, { signal })
  t.equal(sockets.size, 2)
  t.equal(server.requests.length, 3)
})

t.test('a call that dies on a kept connection is not sent again', async t => {
  const sockets = new Set<Socket>()
  const server = await serveHttp(t, ({ socket }, response) => {
    sockets.add(socket)
    if (server.requests.length === 2) socket.resetAndDestroy()
    else response.end('ok')
  })
  const upstream = createFactory(t).createUpstream({ name: 'painter', baseUrl: server.origin })
  await upstream.post('/', body, { signal })
  await delay(20)
  const error = await failureOf(upstream.post('/', body, { signal }))
  t.same([error.code, error.billed, error.details], ['EDIT_ERR_PROVIDER_RESPONSE', 'maybe', { phase: 'sent', reason: 'ECONNRESET' }])
  await delay(50)
  t.equal(sockets.size, 1, 'it went over the kept connection')
  t.equal(server.requests.length, 2)
})

t.test('a timeout that is undefined is the default one', async t => {
  const server = await serveHttp(t, (_request, response) => response.end('ok'))
  const options = { connectTimeoutMs: undefined, headersTimeoutMs: undefined, bodyTimeoutMs: undefined, maxResponseBytes: undefined, headers: undefined, secrets: undefined }
  const upstream = createFactory(t).createUpstream({ name: 'painter', baseUrl: server.origin, ...options })
  t.equal((await upstream.get('/', { signal })).status, 200)
})

t.test('closing refuses new calls, waits for running ones and leaves no connection open', async t => {
  const answer = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  const server = await serveHttp(t, async (_request, response) => {
    arrived.resolve()
    await answer.promise
    response.end('done')
  })
  const factory = createFactory(t, { allowHosts: [server.host] })
  const upstream = factory.createUpstream({ name: 'painter', baseUrl: server.origin })
  const running = upstream.post('/', body, { signal })
  await arrived.promise
  const closing = factory.close()
  t.match(await failureOf(upstream.post('/', body, { signal })), { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no', details: { reason: 'CLOSED' } })
  t.equal((await failureOf(upstream.get('/', { signal }))).details.reason, 'CLOSED')
  t.equal((await failureOf(factory.download(server.origin, { signal }))).details.reason, 'CLOSED')
  answer.resolve()
  t.equal((await running).body.toString(), 'done')
  await closing
  await factory.close()
  t.equal(server.requests.length, 1)
})

t.test('closing does not wait for a connection that an aborted call was waiting for', async t => {
  const server = await serveSocket(t, () => {})
  const factory = createFactory(t, { allowHosts: ['localhost'] })
  const abort = new AbortController()
  // The TLS handshake never ends, and its timeout is ten seconds.
  const upstream = factory.createUpstream({ name: 'painter', baseUrl: `https://localhost:${server.port}`, connectTimeoutMs: 600_000 })
  const calls: Promise<unknown>[] = [upstream.post('/', body, { signal: abort.signal }), factory.download(`https://localhost:${server.port}/`, { signal: abort.signal })]
  setTimeout(() => abort.abort(new Error('gone')), 50)
  for (const call of calls) await t.rejects(call, { message: 'gone' })
  await factory.close()
})

t.test('HTTP/1.1 is spoken even where HTTP/2 is offered', async t => {
  const versions: string[] = []
  const answer = (request: { httpVersion: string }, response: { end (text: string): void }) => {
    versions.push(request.httpVersion)
    response.end('ok')
  }
  const server = await listen(t, createSecureServer({ key: pem('key'), cert: pem('localhost'), allowHTTP1: true }, answer), 'https')
  const before = getCACertificates()
  setDefaultCACertificates([...before, pem('localhost')])
  t.after(() => setDefaultCACertificates(before))
  const factory = createFactory(t, { allowHosts: [server.host] })
  await factory.createUpstream({ name: 'painter', baseUrl: server.origin }).post('/', body, { signal })
  await factory.download(server.origin, { signal })
  t.same(versions, ['1.1', '1.1'])
})

t.test('an exception that is no host stops the start', async t => {
  t.throws(() => createUpstreamFactory({ log: silent, allowHosts: ['http://a'] }), TypeError)
})

t.test('a proxy that the environment names is not used', async t => {
  const proxy = await serveSocket(t, () => {})
  const server = await serveHttp(t, (_request, response) => response.end('direct'))
  const script = `
    import pino from 'pino'
    import { createUpstreamFactory } from './core/upstream/index.ts'
    const factory = createUpstreamFactory({ log: pino({ level: 'silent' }), allowHosts: ['${server.host}'] })
    const signal = AbortSignal.timeout(10_000)
    const answer = await factory.createUpstream({ name: 'painter', baseUrl: '${server.origin}' }).get('/', { signal })
    console.log(answer.body.toString(), (await factory.download('${server.origin}', { signal })).toString())
    await factory.close()`
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('../../..', import.meta.url),
    env: { ...process.env, NODE_USE_ENV_PROXY: '1', NO_PROXY: '', no_proxy: '', ...Object.fromEntries(names.map(name => [name, proxy.origin])) }
  })
  t.equal(stdout, 'direct direct\n')
  t.equal(proxy.connections.length, 0)
})
