import { createServer } from 'node:https'
import type { RequestListener } from 'node:http'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import t, { type Test } from 'tap'
import { EditError } from '../../../core/errors.ts'
import type { UpstreamFactoryOptions } from '../../../core/upstream/index.ts'
import { answering, createFactory, failureOf, freePort, listen, pem, serveHttp, serveSocket } from './servers.ts'

const signal = new AbortController().signal
const signature = 'X-Signature=secret'
const code = 'EDIT_ERR_PROVIDER_RESPONSE'

function createDownload (t: Test, allowHosts: string[] = [], options: Partial<UpstreamFactoryOptions> = {}) {
  const { download } = createFactory(t, { allowHosts, ...options })
  return (url: string, maxBytes?: number) => download(url, maxBytes === undefined ? { signal } : { signal, maxBytes })
}

/** A server whose hits must stay at zero. */
const serveCanary = (t: Test) => serveHttp(t, (_request, response) => response.end('the crown jewels'))

t.test('a file is fetched with nothing but its address', async t => {
  const server = await serveHttp(t, (_request, response) => response.setHeader('set-cookie', 'a=b').end('file'))
  const download = createDownload(t, [server.host])
  t.equal((await download(`${server.origin}/a?${signature}#fragment`)).toString(), 'file')
  await download(`${server.origin}/a?${signature}`)
  for (const { method, url, headers } of server.requests) {
    t.same([method, url], ['GET', `/a?${signature}`])
    t.same(Object.keys(headers).sort(), ['accept-encoding', 'connection', 'host', 'user-agent'])
  }
})

t.test('a status other than 200 is an error that names the host only', async t => {
  for (const status of [204, 206, 304, 400, 403, 404, 410, 416]) {
    const server = await serveHttp(t, (_request, response) => response.writeHead(status, { 'retry-after': '7' }).end())
    const error = await failureOf(createDownload(t, [server.host])(`${server.origin}/path?${signature}`))
    t.match(error, { code, message: `the file at ${server.host} was answered by ${status}`, retryAfterMs: 7000 })
    t.same(error.details, { phase: 'answered', status })
    t.notMatch(JSON.stringify([error, error.message, String(error.stack)]), /secret|\/path/)
    t.equal(server.requests.length, 1)
  }
})

t.test('a failure that passes is repeated, three times at most', async t => {
  const statuses = [503, 429, 500, 200]
  const server = await serveHttp(t, (_request, response) => response.writeHead(statuses.shift() ?? 502).end('file'))
  const download = createDownload(t, [server.host])
  t.equal((await download(server.origin)).toString(), 'file')
  t.equal((await failureOf(download(server.origin))).details.status, 502)
  t.equal(server.requests.length, 4 + 4)
})

t.test('what cannot be reached or breaks off is an error that names the host only', async t => {
  const host = `127.0.0.1:${await freePort()}`
  t.match(await failureOf(createDownload(t, [host])(`http://${host}/path?${signature}`)), {
    code, message: `the file at ${host} cannot be fetched (ECONNREFUSED)`, details: { phase: 'not-sent', reason: 'ECONNREFUSED' }, cause: { code: 'ECONNREFUSED' }
  })
  const server = await serveSocket(t, answering('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello', socket => socket.end()))
  t.match(await failureOf(createDownload(t, [server.host])(server.origin)), { code, details: { phase: 'answered', reason: 'UND_ERR_SOCKET' } })
  t.equal(server.connections.length, 4)
})

t.test('a file larger than allowed is refused by its declared length and by its bytes', async t => {
  const server = await serveHttp(t, ({ url }, response) => {
    if (url === '/declared') response.setHeader('content-length', 11).flushHeaders()
    else response.write(Buffer.alloc(5), () => response.end(Buffer.alloc(url === '/fits' ? 5 : 6)))
  })
  const download = createDownload(t, [server.host])
  t.equal((await download(`${server.origin}/fits`, 10)).length, 10)
  for (const path of ['/declared', '/counted']) {
    t.match(await failureOf(download(server.origin + path, 10)), { code, details: { phase: 'answered', reason: 'ANSWER_TOO_LARGE' } })
  }
  t.equal(server.requests.length, 3, 'none is asked for again')
})

t.test('of what comes before the file, redirects and tries that fail, only the largest is held', async t => {
  const answers: Array<[status: number, bytes: number]> = [[302, 30], [503, 200], [302, 300], [200, 500]]
  const server = await serveHttp(t, (_request, response) => {
    const [status, bytes] = answers.shift() ?? [404, 0]
    response.writeHead(status, { location: '/', 'content-length': bytes }).end(Buffer.alloc(bytes))
  })
  const { download } = createFactory(t, { allowHosts: [server.host] })
  const held: number[] = []
  t.equal((await download(server.origin, { signal, hold: bytes => held.push(bytes) })).length, 500)
  t.same(held, [30, 170, 100, 200])
})

t.test('memory that is not there is no failure of the host: it comes out as it is, and nothing is asked for again', async t => {
  const server = await serveHttp(t, (_request, response) => response.end('file'))
  const { download } = createFactory(t, { allowHosts: [server.host] })
  const full = new EditError('EDIT_ERR_OVERLOADED', 'full')
  t.equal(await failureOf(download(server.origin, { signal, hold: () => { throw full } })), full)
  t.equal(server.requests.length, 1)
})

t.test('three redirects are followed, a fourth is not, nor one without a target', async t => {
  const server = await serveHttp(t, ({ url }, response) => {
    const hops = Number(url?.slice(1))
    if (url === '/nowhere') response.writeHead(302).end()
    else if (hops === 0) response.end('file')
    else response.writeHead([301, 302, 303, 307, 308][hops] ?? 302, { location: hops % 2 === 0 ? `./${hops - 1}` : `${server.origin}/${hops - 1}` }).end('moved')
  })
  const download = createDownload(t, [server.host])
  t.equal((await download(`${server.origin}/3`)).toString(), 'file')
  t.equal(server.requests.length, 4)
  t.match(await failureOf(download(`${server.origin}/4`)), { code, message: `the file at ${server.host} is behind more than 3 redirects` })
  t.equal(server.requests.length, 8)
  t.match(await failureOf(download(`${server.origin}/nowhere`)), { code, details: { status: 302 } })
})

t.test('an error tells after how many redirects it came', async t => {
  const server = await serveHttp(t, ({ url }, response) => {
    const location = { '/1': '/404', '/2': '/1', '/3': 'https://127.0.0.1/', '/4': '/endless' }[String(url)]
    if (url === '/endless') response.end(Buffer.alloc(11))
    else response.writeHead(location === undefined ? 404 : 302, location === undefined ? {} : { location }).end()
  })
  const download = createDownload(t, [server.host])
  t.same((await failureOf(download(`${server.origin}/404`))).details, { phase: 'answered', status: 404 })
  t.same((await failureOf(download(`${server.origin}/2`))).details, { phase: 'answered', status: 404, redirects: 2 })
  t.same((await failureOf(download(`${server.origin}/3`))).details, { phase: 'not-sent', reason: 'ADDRESS_REFUSED', redirects: 1 })
  t.same((await failureOf(download(`${server.origin}/4`, 10))).details, { phase: 'answered', reason: 'ANSWER_TOO_LARGE', redirects: 1 })
})

t.test('for callers a host must be opened, at every step; connections to an operator\'s exception are not theirs', async t => {
  const other = await serveCanary(t)
  const server = await serveHttp(t, ({ url }, response) => url === '/file' ? response.end('file') : response.writeHead(302, { location: url === '/on' ? '/file' : other.origin }).end())
  const { download, downloadForCaller } = createFactory(t, { allowHosts: [server.host, other.host], imageUrls: [server.host] })
  t.equal((await downloadForCaller(`${server.origin}/on`, { signal })).toString(), 'file')
  t.match(await failureOf(downloadForCaller(`${server.origin}/off`, { signal })), { message: `the file at ${other.host} is not https`, cause: { name: 'AddressRefused' }, details: { redirects: 1 } })
  t.match(await failureOf(downloadForCaller('https://other.example/', { signal })), { message: 'the file at other.example is on no host that may be asked' })
  t.match(await failureOf(downloadForCaller(other.origin, { signal })), { details: { reason: 'ADDRESS_REFUSED' } })
  t.equal(other.requests.length, 0)
  t.equal((await download(other.origin, { signal })).toString(), 'the crown jewels')
  t.match(await failureOf(downloadForCaller(other.origin, { signal })), { details: { reason: 'ADDRESS_REFUSED' } })
  const closed = createFactory(t, { allowHosts: [server.host] })
  t.match(await failureOf(closed.downloadForCaller(`${server.origin}/file`, { signal })), { details: { reason: 'ADDRESS_REFUSED' } })
})

t.test('every redirect is checked like the first address', async t => {
  const canary = await serveCanary(t)
  const targets = [
    `http://${canary.host}/`, `https://${canary.host}/`, `//${canary.host}/`, 'http://169.254.169.254/latest/meta-data/', 'https://169.254.169.254/', 'https://127.0.0.1/',
    'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://user@127.0.0.1/', 'file:///etc/passwd', 'https://localhost/', 'gopher://127.0.0.1/', 'https://'
  ]
  for (const location of targets) {
    const server = await serveHttp(t, (_request, response) => response.writeHead(302, { location }).end())
    const error = await failureOf(createDownload(t, [server.host])(server.origin))
    t.match(error, { code, details: { phase: 'not-sent', reason: 'ADDRESS_REFUSED' } }, location)
    t.equal(server.requests.length, 1, 'a refused address is not tried again')
  }
  t.equal(canary.requests.length, 0)
})

t.test('no spelling of a private address is connected to', async t => {
  const canary = await serveCanary(t)
  const spellings = [
    '127.0.0.1', '127.1', '2130706433', '0x7f.1', '0x7f000001', '017700000001', '0177.0.0.1', '①②⑦.0.0.1', '127。0。0。1', '%31%32%37.0.0.1', '127.0.0.1.', '0.0.0.0', '0',
    '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[fd00::1]', '[fe80::1]',
    '10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '169.254.169.254', '2852039166', '198.18.0.1', '224.0.0.1', '255.255.255.255'
  ]
  const download = createDownload(t)
  for (const host of spellings) {
    // Without the check this one would be ECONNREFUSED or a success: 443 is nobody's in a test.
    const error = await failureOf(download(`https://${host}/a?${signature}`))
    t.match(error, { code, message: /^the file at [\w.:[\]]+ is not on the public internet$/, details: { phase: 'not-sent', reason: 'ADDRESS_REFUSED' } }, host)
    for (const scheme of ['http', 'https']) t.equal((await failureOf(download(`${scheme}://${host}:${canary.port}/`))).code, code)
  }
  t.equal(canary.requests.length, 0)
})

t.test('an address that is none, or of another scheme, is refused without being shown', async t => {
  const download = createDownload(t)
  for (const url of ['', '/etc/passwd', 'a secret', 'data:image/png;base64,c2VjcmV0', 'file:///secret', 'https://[fe80::1%25eth0]/secret', 'https://me:secret@cdn.example/', 'http://cdn.example/secret']) {
    const error = await failureOf(download(url))
    t.match(error, { code, details: { reason: 'ADDRESS_REFUSED' } }, url)
    t.notMatch(error.message, /secret/)
  }
})

t.test('a name is looked up once per connection, and refused when any answer is private', async t => {
  for (const answers of [['127.0.0.1'], ['1.1.1.1', '127.0.0.1'], ['2606:4700::1111', '::1'], ['169.254.169.254', '1.1.1.1'], []]) {
    let lookups = 0
    const download = createDownload(t, [], {
      lookup (_name, _options, callback) {
        lookups++
        setImmediate(callback, null, answers.map(address => ({ address, family: address.includes(':') ? 6 : 4 })))
      }
    })
    t.match(await failureOf(download('https://rebind.example/')), { code, message: 'the file at rebind.example is not on the public internet' })
    t.equal(lookups, 1)
  }
})

t.test('a name that looks up to nothing is an error like any other', async t => {
  const download = createDownload(t, [], { lookup: (_name, _options, callback) => callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []) })
  t.match(await failureOf(download('https://cdn.example/')), { code, message: 'the file at cdn.example cannot be fetched (ENOTFOUND)' })
})

t.test('https is verified, and does not redirect to http', async t => {
  const plain = await serveCanary(t)
  const answer: RequestListener = ({ url }, response) => url === '/file' ? response.end('file') : response.writeHead(302, { location: plain.origin }).end()
  const server = await listen(t, createServer({ key: pem('key'), cert: pem('localhost') }, answer), 'https')
  const download = createDownload(t, [`localhost:${server.port}`, plain.host])
  const origin = `https://localhost:${server.port}`
  t.match(await failureOf(download(`${origin}/file`)), { code, details: { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' } })
  const before = getCACertificates()
  setDefaultCACertificates([...before, pem('localhost')])
  t.after(() => setDefaultCACertificates(before))
  t.equal((await download(`${origin}/file`)).toString(), 'file')
  t.match(await failureOf(download(`${origin}/away`)), { code, message: `the file at ${plain.host} is not https, but was redirected to from there` })
  t.equal(plain.requests.length, 0)
})

t.test('a signal ends a download by its reason, within the body and between repetitions', async t => {
  const reason = new Error('the caller has gone')
  const stalling = await serveSocket(t, answering('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello'))
  const busy = await serveHttp(t, (_request, response) => response.writeHead(503, { 'retry-after': '20' }).end())
  const { download } = createFactory(t, { allowHosts: ['127.0.0.1'] })
  for (const { origin } of [stalling, busy]) {
    const abort = new AbortController()
    setTimeout(() => abort.abort(reason), 100)
    t.equal(await download(origin, { signal: abort.signal }).catch(error => error), reason)
  }
})
