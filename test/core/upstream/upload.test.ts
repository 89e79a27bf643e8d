import t, { type Test } from 'tap'
import { createFactory, failureOf, freePort, serveHttp, serveSocket } from './servers.ts'

const key = 'sk-0123456789abcdef'
const signal = new AbortController().signal
const bytes = Buffer.from('an image')
const code = 'EDIT_ERR_PROVIDER_RESPONSE'

const createUpload = (t: Test, allowHosts: string[] = []) =>
  createFactory(t, { allowHosts }).createUpstream({ name: 'painter', baseUrl: 'https://api.example', headers: { authorization: `Bearer ${key}` } }).upload

t.test('bytes are put with the call\'s headers and without the upstream\'s', async t => {
  const server = await serveHttp(t, (_request, response) => response.setHeader('etag', '"1"').end('{"stored":true}'))
  const answer = await createUpload(t, [server.host])(`${server.origin}/a?signature=1`, bytes, { signal, headers: { 'Content-Type': 'image/png', 'x-amz-acl': 'private' } })
  t.match(answer, { status: 200, headers: { etag: '"1"' }, json: { stored: true } })
  const [request] = server.requests
  t.same([request?.method, request?.url, request?.body], ['PUT', '/a?signature=1', bytes])
  t.same(Object.keys(request?.headers ?? {}).sort(), ['accept-encoding', 'connection', 'content-length', 'content-type', 'host', 'user-agent', 'x-amz-acl'])
})

t.test('no key travels in a header of the call either', async t => {
  const server = await serveHttp(t, (_request, response) => response.end())
  const upload = createUpload(t, [server.host])
  await t.rejects(upload(server.origin, bytes, { signal, headers: { authorization: `Bearer ${key}` } }), { name: 'TypeError', message: /^the header authorization would carry a key/ })
  t.equal(server.requests.length, 0)
})

t.test('any status but 2xx is a bad answer, which was not billed and is not asked for again', async t => {
  for (const status of [302, 400, 403, 429, 500, 503]) {
    const server = await serveHttp(t, (_request, response) => response.writeHead(status, { location: '/elsewhere', 'retry-after': '3' }).end())
    const error = await failureOf(createUpload(t, [server.host])(`${server.origin}/a?signature=1`, bytes, { signal }))
    t.match(error, { code, billed: 'no', message: `the storage at ${server.host} answered ${status}`, retryAfterMs: 3000 })
    t.same(error.details, { phase: 'answered', status })
    t.equal(server.requests.length, 1)
  }
})

t.test('the address is guarded like a download\'s', async t => {
  const canary = await serveHttp(t, (_request, response) => response.end())
  const upload = createUpload(t)
  for (const url of [canary.origin, `https://${canary.host}`, 'https://127.0.0.1/', 'https://[::1]/', 'https://0x7f.1/', 'https://169.254.169.254/', 'http://cdn.example/', 'secret']) {
    const error = await failureOf(upload(url, bytes, { signal }))
    t.match(error, { code, billed: 'no', message: /^the storage at .* is n?o/, details: { phase: 'not-sent', reason: 'ADDRESS_REFUSED' } }, url)
    t.notMatch(error.message, /secret/)
  }
  t.equal(canary.requests.length, 0)
})

t.test('what breaks says how far it got, and was not billed', async t => {
  const host = `127.0.0.1:${await freePort()}`
  t.match(await failureOf(createUpload(t, [host])(`http://${host}`, bytes, { signal })), {
    code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no', message: `the storage at ${host} cannot be reached (ECONNREFUSED)`
  })
  const server = await serveSocket(t, socket => { socket.on('data', () => socket.resetAndDestroy()) })
  const error = await failureOf(createUpload(t, [server.host])(server.origin, bytes, { signal }))
  t.match(error, { code, billed: 'no' })
  t.same(error.details, { phase: 'sent', reason: 'ECONNRESET' })
  t.equal(server.connections.length, 1)
})

t.test('a signal ends an upload by its reason', async t => {
  const server = await serveSocket(t, () => {})
  const reason = new Error('the caller has gone')
  const abort = new AbortController()
  setTimeout(() => abort.abort(reason), 50)
  t.equal(await createUpload(t, [server.host])(server.origin, bytes, { signal: abort.signal }).catch(error => error), reason)
})
