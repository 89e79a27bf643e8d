import type { ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import { openScope } from '../../../core/call-scope.ts'
import { EditError } from '../../../core/errors.ts'
import type { UpstreamOptions } from '../../../core/upstream/types.ts'
import { createFactory, failureOf, serveHttp, serveSocket } from './servers.ts'

const key = 'sk-0123456789abcdef'
const signal = new AbortController().signal
const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

function createUpstream (t: Test, baseUrl: string, options: Partial<UpstreamOptions> = {}) {
  return createFactory(t).createUpstream({ name: 'painter', baseUrl, headers: { Authorization: `Bearer ${key}` }, secrets: [key], ...options })
}

/** Answers with these statuses one after another, then with the last one. */
const serveStatuses = (t: Test, statuses: number[], headers = {}) => {
  let next = 0
  return serveHttp(t, (_request, response) => {
    const status = statuses[Math.min(next++, statuses.length - 1)] ?? 200
    json(response, status, status === 200 ? { id: '1' } : { error: 'no' }, headers)
  })
}

t.test('calls carry the upstream\'s headers, the path behind the base URL\'s, and the query', async t => {
  const server = await serveHttp(t, (_request, response) => json(response, 200, { id: '1' }, { 'X-Request-Id': 'r1' }))
  const upstream = createUpstream(t, `${server.origin}/v2/`, { headers: { Authorization: `Bearer ${key}`, accept: 'image/*' } })
  const answer = await upstream.get('/results/1?full=1', { signal, headers: { Accept: 'application/json' }, query: { q: 'a b&c', page: '2' } })
  t.match(answer, { status: 200, headers: { 'x-request-id': 'r1' }, json: { id: '1' } })
  t.match(server.requests[0], {
    method: 'GET',
    url: '/v2/results/1?full=1&q=a+b%26c&page=2',
    headers: { authorization: `Bearer ${key}`, accept: 'application/json', 'user-agent': 'retouch', 'accept-encoding': 'identity' }
  })
  t.equal(server.requests[0]?.headers['content-type'], undefined)
})

t.test('post and put carry JSON, forms and bytes', async t => {
  const server = await serveHttp(t, (_request, response) => response.end())
  const upstream = createUpstream(t, server.origin)
  await upstream.post('/json', { json: { image: { base64: Buffer.from('abc') } } }, { signal })
  await upstream.post('/form', { form: [{ name: 'prompt', value: 'a lake' }] }, { signal })
  await upstream.put('/bytes', { bytes: Buffer.from('abc'), contentType: 'image/png' }, { signal })
  const [first, second, third] = server.requests
  t.match(first, { method: 'POST', url: '/json', headers: { 'content-type': 'application/json', 'content-length': '16' } })
  t.equal(first?.body.toString(), '{"image":"YWJj"}')
  t.match(second?.headers['content-type'], /^multipart\/form-data; boundary=/)
  t.match(third, { method: 'PUT', headers: { 'content-type': 'image/png' } })
  t.equal(third?.body.toString(), 'abc')
})

t.test('no path leads away from the base URL\'s origin', async t => {
  const [vendor, canary] = [await serveHttp(t, (_request, response) => response.end()), await serveHttp(t, (_request, response) => response.end())]
  const upstream = createUpstream(t, vendor.origin)
  for (const path of [`@${canary.host}/`, `.${canary.host}/`, `http://${canary.host}/`, '', '?a']) await t.rejects(upstream.get(path, { signal }), TypeError, path)
  await upstream.get(`//${canary.host}/`, { signal })
  await upstream.get(`/\\${canary.host}/`, { signal })
  t.equal(canary.requests.length, 0)
  t.equal(vendor.requests.length, 2)
})

t.test('what is wrong with an upstream is said when it is made', async t => {
  for (const baseUrl of ['', 'api.example', 'ftp://api.example', 'https://user@api.example', 'https://:p@api.example', 'https://api.example?a', 'https://api.example#a']) {
    t.throws(() => createUpstream(t, baseUrl), { name: 'TypeError', message: /^painter: / }, baseUrl)
  }
  t.throws(() => createUpstream(t, 'https://api.example', { headers: { authorization: `${key}\n` } }), TypeError)
  t.throws(() => createUpstream(t, 'https://api.example', { headers: { 'a b': '' } }), TypeError)
})

t.test('a get is repeated while its failure passes', async t => {
  for (const status of [429, 500, 502, 503, 504]) {
    const server = await serveStatuses(t, [status, status, 200])
    t.match(await createUpstream(t, server.origin).get('/', { signal }), { json: { id: '1' } })
    t.equal(server.requests.length, 3, String(status))
  }
})

t.test('a get is repeated over broken connections and answers', async t => {
  const server = await serveSocket(t, (socket, index) => {
    socket.on('data', () => {
      if (index === 0) socket.resetAndDestroy()
      if (index === 1) socket.end()
      if (index === 2) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel')
      if (index === 3) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello')
    })
  })
  t.equal((await createUpstream(t, server.origin).get('/', { signal })).body.toString(), 'hello')
  t.equal(server.connections.length, 4)
})

t.test('a get ends after three repetitions, or at once when its failure will not pass; it is never billed', async t => {
  const down = await serveStatuses(t, [502])
  t.match(await failureOf(createUpstream(t, down.origin).get('/', { signal })), { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no' })
  t.equal(down.requests.length, 4)
  const gone = await serveStatuses(t, [404])
  t.match(await failureOf(createUpstream(t, gone.origin).get('/', { signal })), { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no' })
  t.equal(gone.requests.length, 1)
  const busy = await serveStatuses(t, [429], { 'retry-after': '86400' })
  t.match(await failureOf(createUpstream(t, busy.origin).get('/', { signal })), { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', retryAfterMs: 86_400_000 })
  t.equal(busy.requests.length, 1)
})

t.test('a get waits as long as Retry-After asks, and no longer than the signal lives', async t => {
  const server = await serveStatuses(t, [503], { 'retry-after': '20' })
  const abort = new AbortController()
  const reason = new Error('the caller has gone')
  const call = createUpstream(t, server.origin).get('/', { signal: abort.signal })
  setTimeout(() => abort.abort(reason), 100)
  t.equal(await call.catch(error => error), reason)
  t.equal(server.requests.length, 1)
})

t.test('a post and a put are never repeated', async t => {
  for (const status of [408, 429, 500, 502, 503, 504]) {
    const server = await serveStatuses(t, [status, 200])
    const upstream = createUpstream(t, server.origin)
    await t.rejects(upstream.post('/', { json: {} }, { signal }), EditError)
    t.equal(server.requests.length, 1, String(status))
  }
  const server = await serveStatuses(t, [503, 200])
  await t.rejects(createUpstream(t, server.origin).put('/', { json: {} }, { signal }), EditError)
  t.equal(server.requests.length, 1)
})

t.test('only a post that is not free may have been billed', async t => {
  const server = await serveSocket(t, socket => { socket.on('data', () => socket.resetAndDestroy()) })
  const upstream = createUpstream(t, server.origin)
  t.equal((await failureOf(upstream.post('/', { json: {} }, { signal }))).billed, 'maybe')
  t.equal((await failureOf(upstream.post('/', { json: {} }, { signal, free: true }))).billed, 'no')
  t.equal((await failureOf(upstream.put('/', { json: {} }, { signal }))).billed, 'no')
  t.equal((await failureOf(upstream.get('/', { signal }))).billed, 'no')
})

t.test('the vendor\'s own table is asked about every answer, and decides before the status does', async t => {
  const server = await serveHttp(t, ({ url }, response) => {
    if (url === '/filtered') json(response, 200, { finish_reason: 'CONTENT_FILTERED' })
    else if (url === '/moderated') json(response, 403, { name: 'content_moderation' })
    else if (url === '/busy') json(response, 503, { name: 'busy' })
    else json(response, 403, { name: 'forbidden', errors: ['no such key'] })
  })
  const upstream = createUpstream(t, server.origin, {
    classify ({ status, json }) {
      const text = JSON.stringify(json)
      if (/FILTERED|moderation/.test(text)) return new EditError('EDIT_ERR_CONTENT_REJECTED', 'the content is refused', { billed: 'yes', details: { status: 1 } })
      if (status === 503) return new EditError('EDIT_ERR_CONTENT_REJECTED', 'never', { retryAfterMs: 1 })
    }
  })
  const failure = (path: string) => failureOf(upstream.get(path, { signal }))
  t.match(await failure('/filtered'), { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'yes', details: { phase: 'answered', status: 1 } })
  t.match(await failure('/moderated'), { code: 'EDIT_ERR_CONTENT_REJECTED' })
  t.match(await failure('/busy'), { code: 'EDIT_ERR_CONTENT_REJECTED' })
  t.match(await failure('/other'), { code: 'EDIT_ERR_PROVIDER_AUTH', message: 'painter answered 403: no such key' })
  t.equal(server.requests.length, 4, 'what the table calls final is not repeated, whatever the status')
})

t.test('no key comes back in an error, whatever the vendor answers', async t => {
  const encoded = Buffer.from(`Bearer ${key}`).toString('base64')
  const server = await serveHttp(t, ({ url, headers }, response) => {
    if (url === '/echo') json(response, 401, { error: `bad ${headers.authorization}, ${key.toUpperCase()}, ${encoded}` })
    else json(response, 200, { key })
  })
  const garbage = await serveSocket(t, socket => { socket.on('data', chunk => socket.end(chunk)) })
  const options = { secrets: [], classify: ({ status }: { status: number }) => status === 200 ? new EditError('EDIT_ERR_PROVIDER_RESPONSE', key, { details: { key }, cause: new Error(key) }) : undefined }
  const errors = await Promise.all([
    failureOf(createUpstream(t, server.origin, options).get('/echo', { signal })),
    failureOf(createUpstream(t, server.origin, options).get('/classified', { signal })),
    failureOf(createUpstream(t, garbage.origin, options).post('/echoes the request', { json: { key } }, { signal })),
    failureOf(createUpstream(t, `http://${'x'.repeat(64)}.${key}.invalid`, options).post('/', { json: {} }, { signal }))
  ])
  for (const error of errors) {
    const texts: string[] = []
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
      texts.push(String(cause.stack), JSON.stringify(cause), ...Object.getOwnPropertyNames(cause).map(name => JSON.stringify(Reflect.get(cause, name)) ?? ''))
    }
    const all = texts.join('\n')
    for (const secret of [key, key.toUpperCase(), encoded, encoded.slice(10, 30)]) t.notOk(all.includes(secret), error.message)
    t.match(error.message, /painter|redacted/)
  }
})

t.test('a mistake in the vendor\'s table is thrown as it is', async t => {
  const server = await serveStatuses(t, [200])
  const mistake = new TypeError('undefined is not a function')
  const upstream = createUpstream(t, server.origin, { classify () { throw mistake } })
  t.equal(await upstream.post('/', { json: {} }, { signal }).catch(error => error), mistake)
})

t.test('an attempt\'s scope learns how far its paid request got, and its trace context is passed on', async t => {
  const server = await serveHttp(t, (_request, response) => response.end())
  const upstream = createUpstream(t, server.origin)
  const { signal } = new AbortController()
  const scope = openScope(signal, { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' })
  await upstream.get('/free', { signal })
  await upstream.post('/free', { json: {} }, { signal, free: true })
  t.equal(scope.phase, undefined)
  await upstream.post('/paid', { json: {} }, { signal })
  t.equal(scope.phase, 'answered')
  t.same(server.requests.map(({ headers }) => headers.traceparent), Array(3).fill(scope.traceparent))
})

t.test('a large answer to an attempt lies in the memory of its request', async t => {
  const large = Buffer.alloc(300_000, 'x')
  const server = await serveHttp(t, (_request, response) => response.writeHead(200, { 'content-length': large.length }).end(large))
  const { signal } = new AbortController()
  const taken: number[] = []
  openScope(signal, { loan: { take: bytes => { taken.push(bytes); return Buffer.alloc(bytes) }, vouch: () => {}, end: () => {} } })
  t.ok((await createUpstream(t, server.origin).get('/', { signal })).body.equals(large))
  t.same(taken, [300_000])
})
