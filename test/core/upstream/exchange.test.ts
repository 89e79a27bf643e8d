import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { Pool, type Dispatcher } from 'undici'
import { createBlockPool } from '../../../core/block-pool.ts'
import { openLoan } from '../../../core/loan.ts'
import { exchange, mergeHeaders, type ExchangeOptions } from '../../../core/upstream/exchange.ts'
import { createTurns } from '../../../core/upstream/turns.ts'
import { answering, serveHttp, serveSocket } from './servers.ts'

const bodyOf = (...pieces: Buffer[]) => ({ length: Buffer.concat(pieces).length, pieces: () => pieces })
const body = Buffer.from('{}')

function createPool (t: Test, origin: string): Pool {
  const pool = new Pool(origin, { pipelining: 1, allowH2: false })
  t.after(() => pool.destroy())
  return pool
}

function post (dispatcher: Dispatcher, origin: string, options: Partial<ExchangeOptions> = {}) {
  const signal = new AbortController().signal
  return exchange({ dispatcher, url: new URL('/edit?a=1', origin), method: 'POST', headers: { 'x-a': 'b' }, body: bodyOf(body), signal, maxBytes: 1000, ...options })
}

const failure = (call: Promise<unknown>) => call.then(() => t.fail('the call did not fail'), error => error)

t.test('a request goes out as it was given, and asks for no compression', async t => {
  const server = await serveHttp(t, (_request, response) => response.end('done'))
  await post(createPool(t, server.origin), server.origin, { headers: { 'x-a': 'b', 'accept-encoding': 'gzip' } })
  const [request] = server.requests
  t.same([request?.method, request?.url, request?.body], ['POST', '/edit?a=1', body])
  t.match(request?.headers, { 'x-a': 'b', 'accept-encoding': 'identity', 'content-length': '2', host: server.host })
})

t.test('a large body goes out piece by piece, and says how long it is', async t => {
  const server = await serveHttp(t, (_request, response) => response.end('done'))
  const pool = createPool(t, server.origin)
  const pieces = [randomBytes(10), randomBytes(3_000_000), randomBytes(70_000)]
  for (const time of [0, 1]) {
    await post(pool, server.origin, { body: bodyOf(...pieces) })
    t.ok(server.requests[time]?.body.equals(Buffer.concat(pieces)))
    t.match(server.requests[time]?.headers, { 'content-length': '3070010', 'transfer-encoding': undefined })
  }
})

t.test('an answer that comes while a large body is still being written is an answer, and the connection is not used again', async t => {
  const server = await serveSocket(t, answering('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno'))
  const pool = createPool(t, server.origin)
  const large = { body: bodyOf(...Array.from({ length: 64 }, () => randomBytes(1_000_000))) }
  t.match(await post(pool, server.origin, large), { status: 413 })
  t.match(await post(pool, server.origin), { status: 413 })
  t.equal(server.connections.length, 2)
})

t.test('any status is an answer, a redirect too', async t => {
  const server = await serveHttp(t, (_request, response) => response.writeHead(302, { location: '/elsewhere', 'x-list': ['a', 'b'], 'content-length': 5 }).end('moved'))
  const answer = await post(createPool(t, server.origin), server.origin)
  t.match(answer, { status: 302, headers: { location: '/elsewhere', 'x-list': 'a, b', 'content-length': '5' } })
  t.equal(answer.body.toString(), 'moved')
  t.equal(server.requests.length, 1)
})

t.test('early hints are passed over, an empty body is empty, a body of the largest size fits', async t => {
  const hints = await serveSocket(t, answering('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'))
  t.match(await post(createPool(t, hints.origin), hints.origin), { status: 204, body: Buffer.alloc(0) })
  const large = await serveHttp(t, (_request, response) => response.end(Buffer.alloc(1000)))
  t.equal((await post(createPool(t, large.origin), large.origin)).body.length, 1000)
  t.match(await failure(post(createPool(t, large.origin), large.origin, { maxBytes: 999 })), { phase: 'answered', reason: 'ANSWER_TOO_LARGE' })
})

t.test('what an answer takes is told before it is there: by its announced length, or as it comes; who has no room ends it', async t => {
  const server = await serveHttp(t, ({ url }, response) => {
    if (url === '/announced') response.setHeader('content-length', 300).end(Buffer.alloc(300))
    else if (url === '/chunked') response.write(Buffer.alloc(100), () => response.end(Buffer.alloc(200)))
    else response.setHeader('content-length', 300).flushHeaders()
  })
  const pool = createPool(t, server.origin)
  const held: number[] = []
  const get = async (path: string, hold = (bytes: number) => { held.push(bytes) }) => await post(pool, server.origin, { url: new URL(path, server.origin), hold })
  await get('/announced')
  t.same(held.splice(0), [300])
  await get('/chunked')
  t.equal(held.splice(0).reduce((sum, bytes) => sum + bytes), 300)
  const full = new Error('full')
  t.match(await failure(get('/begun', () => { throw full })), { phase: 'answered', cause: full })
  t.match(await failure(get('/chunked', bytes => { if (bytes > 0) throw full })), { phase: 'answered', cause: full })
})

t.test('what HTTP cannot carry is a TypeError, and nothing is sent', async t => {
  const server = await serveHttp(t, (_request, response) => response.end())
  await t.rejects(post(createPool(t, server.origin), server.origin, { headers: { authorization: 'a\r\nx-evil: 1' } }), { name: 'TypeError', message: 'invalid authorization header' })
  t.equal(server.requests.length, 0)
})

t.test('a request that undici would send a second time is stopped', async t => {
  const server = await serveHttp(t, () => {})
  const twice = createPool(t, server.origin).compose(dispatch => (options, handler) => {
    dispatch(options, handler)
    return dispatch(options, handler)
  })
  t.match(await failure(post(twice, server.origin)), { phase: /^sent$/, reason: 'SENT_TWICE' })
  await new Promise(resolve => setTimeout(resolve, 50))
  t.equal(server.requests.length, 1)
})

t.test('of two sets of headers the later counts, whatever the case of the names', async t => {
  t.same(mergeHeaders({ Accept: 'a', B: 'b' }, undefined, { ACCEPT: 'c' }), { accept: 'c', b: 'b' })
})

// In each of these undici itself would wait for minutes: only the abort can end the call.
const reason = new Error('the caller has gone')

t.test('a signal that has aborted lets nothing out', async t => {
  const server = await serveHttp(t, (_request, response) => response.end())
  t.equal(await post(createPool(t, server.origin), server.origin, { signal: AbortSignal.abort(reason) }).catch(error => error), reason)
  t.equal(server.requests.length, 0)
})

t.test('an abort while connecting ends the call, and it is not sent when the connection opens', async t => {
  const server = await serveHttp(t, (_request, response) => response.end())
  const abort = new AbortController()
  const connected = Promise.withResolvers<void>()
  const pool = createPool(t, server.origin)
  pool.on('connect', () => setImmediate(connected.resolve))
  const call = post(pool, server.origin, { signal: abort.signal })
  // The connection is under way and cannot have opened within the same turn of the event loop.
  abort.abort(reason)
  t.equal(await call.catch(error => error), reason)
  await connected.promise
  await post(pool, server.origin, { method: 'GET' })
  t.same(server.requests.map(request => request.method), ['GET'])
})

t.test('an abort before the answer, amid hints without end or within the body ends the call and the connection', async t => {
  const hint = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'
  const servers = {
    silent: await serveSocket(t, () => {}),
    hinting: await serveSocket(t, answering(hint, socket => every10ms(socket, () => socket.write(hint)))),
    dripping: await serveSocket(t, answering('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n', socket => every10ms(socket, () => socket.write('x'))))
  }
  for (const [title, server] of Object.entries(servers)) {
    const abort = new AbortController()
    const pool = createPool(t, server.origin)
    const disconnected = new Promise(resolve => pool.once('disconnect', resolve))
    const call = post(pool, server.origin, { signal: abort.signal })
    setTimeout(() => abort.abort(reason), 100)
    t.equal(await call.catch(error => error), reason, title)
    await disconnected
    t.equal(server.connections.length, 1, title)
  }
})

t.test('an abort after the answer changes nothing', async t => {
  const server = await serveHttp(t, (_request, response) => response.end('done'))
  const abort = new AbortController()
  const pool = createPool(t, server.origin)
  const answer = await post(pool, server.origin, { signal: abort.signal })
  abort.abort(reason)
  t.equal(answer.body.toString(), 'done')
  t.equal((await post(pool, server.origin)).status, 200)
})

function every10ms (socket: { once (event: 'close', then: () => void): unknown }, act: () => void): void {
  const timer = setInterval(act, 10)
  socket.once('close', () => clearInterval(timer))
}

t.test('an answer whose length is known lies in the memory of its request, and what was sent from there is let go once it has left', async t => {
  const large = randomBytes(1_000_000)
  const server = await serveHttp(t, (request, response) => response.writeHead(200, request.url === '/edit?a=1' ? { 'content-length': large.length } : {}).end(large))
  const pool = createBlockPool({ maxBytes: 16_000_000 })
  const loan = openLoan(pool)
  const image = loan.take(1_200_000)
  randomBytes(image.length).copy(image)
  const sent = Buffer.from(image)
  const { body: answer } = await post(createPool(t, server.origin), server.origin, { body: bodyOf(Buffer.from('head'), image), maxBytes: 2_000_000, loan })
  t.ok(answer.equals(large))
  t.ok(server.requests[0]?.body.subarray(4).equals(sent))
  loan.vouch([])
  loan.end()
  t.same([answer.length, image.length], [0, 0])
  t.ok(pool.idleBytes() >= 2_200_000)
})

t.test('what an answer overtook is not let go', async t => {
  const server = await serveSocket(t, answering('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', socket => socket.pause()))
  const pool = createBlockPool({ maxBytes: 64_000_000 })
  const loan = openLoan(pool)
  const image = loan.take(30_000_000)
  t.match(await post(createPool(t, server.origin), server.origin, { body: { length: image.length, pieces: () => [image] }, loan }), { status: 200 })
  loan.vouch([])
  loan.end()
  t.equal(pool.idleBytes(), 0)
})

t.test('large answers are read in turns: one that waits is read once the one before it is there, and has its own bytes', async t => {
  const turns = createTurns({ limit: 1, patienceMs: 60_000 })
  const pictures = [randomBytes(3_000_000), randomBytes(3_000_000), randomBytes(3_000_000)]
  const finish: Array<() => void> = []
  const server = await serveHttp(t, ({ url = '' }, response) => {
    const picture = pictures[Number(url.at(-1))] ?? Buffer.alloc(0)
    response.writeHead(200, { 'content-length': picture.length }).write(picture.subarray(0, 2_000_000))
    finish.push(() => response.end(picture.subarray(2_000_000)))
  })
  const pool = createPool(t, server.origin)
  const leave = new AbortController()
  const ask = (index: number, signal?: AbortSignal) => {
    const { promise: answered, resolve } = Promise.withResolvers<void>()
    const call = post(pool, server.origin, {
      url: new URL(`/?a=${index}`, server.origin), maxBytes: 10_000_000, turns, onPhase: phase => { if (phase === 'answered') resolve() }, ...signal && { signal }
    })
    return { call, answered }
  }
  const first = ask(0)
  await first.answered
  const second = ask(1, leave.signal)
  const third = ask(2)
  await Promise.all([second.answered, third.answered])
  finish[1]?.()
  finish[2]?.()
  t.equal(await Promise.race([third.call, delay(100, 'waits')]), 'waits')
  leave.abort(new Error('gone'))
  t.equal((await failure(second.call)).message, 'gone')
  finish[0]?.()
  t.ok((await first.call).body.equals(pictures[0] ?? body))
  t.ok((await third.call).body.equals(pictures[2] ?? body))
})

t.test('small answers wait for nobody', async t => {
  const turns = createTurns({ limit: 1, patienceMs: 60_000 })
  turns.take(() => {})
  const server = await serveHttp(t, (_request, response) => response.end('done'))
  t.equal((await post(createPool(t, server.origin), server.origin, { turns })).body.toString(), 'done')
})
