import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import t, { type Test } from 'tap'
import { EditError } from '../../core/errors.ts'
import { createImageFetch, refuseAddresses, type FetchImages, type ImageFetchOptions } from '../../core/image-urls.ts'
import type { UpstreamFactoryOptions } from '../../core/upstream/index.ts'
import { addressesAt, loopbackHosts, noAddresses, privateHosts } from './upstream/private-addresses.ts'
import { answering, createFactory, failureOf, freePort, serveHttp, serveSocket } from './upstream/servers.ts'

const { signal } = new AbortController()
const limits = { maxBytes: 1000, bodyBytes: 2500 }
const field = 'image_url'

interface Setting extends Partial<Pick<UpstreamFactoryOptions, 'allowHosts' | 'lookup'>>, Partial<Omit<ImageFetchOptions, 'download'>> {}

function createFetch (t: Test, { imageUrls = true, allowHosts = [], lookup, ...options }: Setting = {}) {
  const { downloadForCaller: download } = createFactory(t, { imageUrls, allowHosts, ...lookup && { lookup } })
  return createImageFetch({ imageUrls, download, limits, ...options })
}

function createFetchOne (t: Test, setting?: Setting) {
  const fetchImages = createFetch(t, setting)
  return async (url: string) => (await fetchImages([{ url, field }], { signal }))[0]
}

/** On both addresses of this machine, at one port: nobody may ever connect. */
async function serveCanary (t: Test): Promise<{ port: number, hits: string[] }> {
  const hits: string[] = []
  const open = (host: string, port: number) => {
    const server = createServer((_request, response) => response.end('the crown jewels')).on('connection', ({ localAddress }) => hits.push(String(localAddress))).listen(port, host)
    t.after(() => server.close())
    return server
  }
  const four = open('127.0.0.1', 0)
  await once(four, 'listening')
  const { port } = four.address() as AddressInfo // a TCP server has one
  await once(open('::1', port), 'listening')
  return { port, hits }
}

t.test('pictures that were sent pass, whether addresses are allowed or not', async t => {
  const sent = [Buffer.from('a'), Buffer.from('b')]
  t.same(await refuseAddresses(sent), sent)
  t.same(await createFetch(t)(sent, { signal }), sent)
  t.same(await createFetch(t)([], { signal }), [])
})

t.test('where it is not allowed an address is refused by its field, with the remedy, and nothing is loaded for it', async t => {
  const download = () => { throw new TypeError('asked') }
  const off: FetchImages[] = [refuseAddresses, createImageFetch({ imageUrls: false, download, limits })]
  for (const fetchImages of off) {
    const error = await failureOf(fetchImages([Buffer.from('a'), { url: 'https://cdn.example/secret', field: 'mask_url' }], { signal }))
    t.match(error, { code: 'EDIT_ERR_INVALID_REQUEST', billed: 'no', details: { field: 'mask_url' }, message: /^mask_url: pictures are not fetched .*; send the picture itself\. .* downloads\.imageUrls$/ })
    t.notMatch(error.message, /secret/)
  }
})

t.test('pictures come in their order, at most four at a time, those that were sent between', async t => {
  let [running, most] = [0, 0]
  const server = await serveHttp(t, ({ url = '' }, response) => {
    most = Math.max(most, ++running)
    // The first come last.
    setTimeout(() => {
      running--
      response.end(url.slice(1))
    }, 10 * (10 - Number(url.slice(1))))
  })
  const fetchImages = createFetch(t, { imageUrls: [server.host], allowHosts: [server.host] })
  const pictures = Array.from({ length: 9 }, (_, index) => index === 3 ? Buffer.from('sent') : { url: `${server.origin}/${index}`, field })
  t.same((await fetchImages(pictures, { signal })).map(String), ['0', '1', '2', 'sent', '4', '5', '6', '7', '8'])
  t.equal(most, 4)
})

t.test('only a host that the operator names twice may be private', async t => {
  const server = await serveHttp(t, (_request, response) => response.end('picture'))
  const decimal = `http://2130706433:${server.port}/a`
  for (const imageUrls of [[server.host], ['127.0.0.1']]) {
    const fetchOne = createFetchOne(t, { imageUrls, allowHosts: [server.host] })
    t.same(String(await fetchOne(`${server.origin}/a`)), 'picture')
    t.same(String(await fetchOne(decimal)), 'picture', 'the same host, spelled otherwise')
  }
  const asked = server.requests.length
  for (const [imageUrls, allowHosts] of [[true, [server.host]], [[server.host], []], [['cdn.example'], [server.host]], [[], [server.host]], [['127.0.0.1:1'], [server.host]]] as const) {
    for (const url of [server.origin, decimal]) t.match(await failureOf(createFetchOne(t, { imageUrls, allowHosts })(url)), { code: 'EDIT_ERR_INVALID_REQUEST', details: { field, reason: 'ADDRESS_REFUSED' } })
  }
  t.equal(server.requests.length, asked)
})

t.test('a host that is not on the list is refused, before it is looked up', async t => {
  const fetchOne = createFetchOne(t, { imageUrls: ['cdn.example'], lookup: () => { throw new TypeError('looked up') } })
  for (const host of ['other.example', 'cdn.example.', 'a.cdn.example', 'cdn.example.evil.example', '1.1.1.1', 'cdn.exampl%65.evil']) {
    t.match(await failureOf(fetchOne(`https://${host}/secret`)), {
      code: 'EDIT_ERR_INVALID_REQUEST', billed: 'no', message: /^image_url: the file at [\w.]+ is on no host that may be asked; send the picture itself, or another address$/, details: { field, reason: 'ADDRESS_REFUSED' }
    }, host)
  }
})

t.test('a redirect may not leave the list, nor lead to a private address, and where it leads is not told', async t => {
  const canary = await serveCanary(t)
  let location = ''
  const server = await serveHttp(t, ({ url }, response) => url === '/file' ? response.end('picture') : response.writeHead(302, { location }).end('see there'))
  // On the list alone: that makes none of them acceptable.
  const listed = { imageUrls: [server.host, '127.0.0.1', '[::1]', 'localhost', '169.254.169.254', 'cdn.example'], allowHosts: [server.host] }
  const fetchOne = createFetchOne(t, { ...listed, lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]) })
  location = '/file'
  t.same(String(await fetchOne(`${server.origin}/a`)), 'picture')
  const targets = [...addressesAt(['127.0.0.1', '[::1]', 'localhost', '169.254.169.254', '0x7f.1', '[::ffff:7f00:1]'], canary.port), 'https://cdn.example/secret', 'https://other.example/secret', 'https://1.1.1.1/secret', 'file:///secret']
  for (const target of targets) {
    location = target
    const error = await failureOf(fetchOne(`${server.origin}/a?X-Signature=mine`))
    t.match(error, {
      code: 'EDIT_ERR_INVALID_REQUEST', message: new RegExp(`^image_url: the file to which ${server.host} redirects `), details: { field, host: server.host, reason: 'ADDRESS_REFUSED' }
    }, target)
    t.notMatch(JSON.stringify([error.message, error.details]), /secret|mine|other\.|169|see there/)
  }
  t.equal(canary.hits.length, 0)
})

t.test('what a file\'s host does wrong is told by its status or reason, by the host and no more', async t => {
  const server = await serveHttp(t, ({ url }, response) => {
    if (url === '/moved') response.writeHead(302, { location: '/404' }).end()
    else response.writeHead(url?.startsWith('/404') ? 404 : 403, { 'retry-after': '9' }).end('the host\'s own words')
  })
  const dead = `127.0.0.1:${await freePort()}`
  const hosts = [server.host, dead]
  const fetchOne = createFetchOne(t, { imageUrls: hosts, allowHosts: hosts })
  const cases: Array<[string, RegExp, object]> = [
    [`${server.origin}/404?secret`, /^image_url: the file at 127\.0\.0\.1:\d+ was answered by 404; send/, { field, host: server.host, status: 404 }],
    [`${server.origin}/403?secret`, /was answered by 403/, { field, host: server.host, status: 403 }],
    [`${server.origin}/moved`, /^image_url: the file to which 127\.0\.0\.1:\d+ redirects was answered by 404/, { field, host: server.host, status: 404 }],
    [`http://${dead}/secret`, /^image_url: the file at 127\.0\.0\.1:\d+ cannot be fetched \(ECONNREFUSED\)/, { field, host: dead, reason: 'ECONNREFUSED' }]
  ]
  for (const [url, message, details] of cases) {
    const error = await failureOf(fetchOne(url))
    t.match(error, { code: 'EDIT_ERR_IMAGE_INVALID', billed: 'no', retryAfterMs: undefined, cause: undefined, message })
    t.same(error.details, details)
    t.notMatch(error.message, /secret|words/)
  }
})

t.test('a picture may be as large as one that is sent, all together as a body', async t => {
  const server = await serveHttp(t, ({ url = '' }, response) => url === '/endless' ? response.write('begun') : response.end(Buffer.alloc(Number(url.slice(1)))))
  const fetchImages = createFetch(t, { imageUrls: [server.host], allowHosts: [server.host] })
  const fetchAll = (sizes: Array<number | 'endless'>) => fetchImages(sizes.map(size => ({ url: `${server.origin}/${size}`, field })), { signal })
  t.same((await fetchAll([1000, 500, 1000])).map(({ length }) => length), [1000, 500, 1000])
  const code = 'EDIT_ERR_IMAGE_TOO_LARGE'
  t.match(await failureOf(fetchAll([1001])), { code, message: /is larger than 1000 bytes; send/, details: { field, host: server.host } })
  t.match(await failureOf(fetchAll([1000, 1000, 501])), { code, message: /is, with the other pictures, larger than 2500 bytes/ })
  t.match(await failureOf(fetchAll(['endless', 'endless', 'endless', 1000, 1000, 501])), { code, message: /is, with the other pictures, larger than 2500 bytes/ }, 'before they are read')
})

t.test('who counts memory is told what pictures take as soon as they say it, and may refuse them', async t => {
  const server = await serveHttp(t, ({ url = '' }, response) => url === '/begun' ? response.setHeader('content-length', 999).flushHeaders() : response.end(Buffer.alloc(Number(url.slice(1)))))
  const fetchImages = createFetch(t, { imageUrls: [server.host], allowHosts: [server.host] })
  const at = (...paths: string[]) => paths.map(path => ({ url: `${server.origin}/${path}`, field }))
  let held = 0
  await fetchImages([Buffer.alloc(7), ...at('1000', '500')], { signal, hold: bytes => { held += bytes } })
  t.equal(held, 1500)
  const full = new EditError('EDIT_ERR_OVERLOADED', 'full')
  t.equal(await failureOf(fetchImages(at('begun', 'begun'), { signal, hold: () => { throw full } })), full)
  held = 0
  const hold = (bytes: number) => {
    held += bytes
    if (held > limits.bodyBytes) throw full
  }
  t.match(await failureOf(fetchImages(at('begun', 'begun', 'begun'), { signal, hold })), { code: 'EDIT_ERR_IMAGE_TOO_LARGE' }, 'what would never find room is not told to come later')
})

t.test('pictures that do not come in time are the caller\'s to send; a caller who leaves ends everything', async t => {
  const stalling = await serveSocket(t, answering('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello'))
  const setting = { imageUrls: [stalling.host], allowHosts: [stalling.host] }
  t.match(await failureOf(createFetch(t, { ...setting, timeoutMs: 100 })([{ url: stalling.origin, field }], { signal })), {
    code: 'EDIT_ERR_IMAGE_INVALID', billed: 'no', message: `image_url: the file at ${stalling.host} did not come within 0.1 seconds; send the picture itself, or another address`, details: { reason: 'TIMEOUT' }
  })
  const reason = new Error('the caller has gone')
  const caller = new AbortController()
  setTimeout(() => caller.abort(reason), 50)
  t.equal(await createFetch(t, setting)([{ url: stalling.origin, field }], { signal: caller.signal }).catch(error => error), reason)
  t.equal(await createFetch(t, setting)([{ url: stalling.origin, field }], { signal: AbortSignal.abort(reason) }).catch(error => error), reason)
})

t.test('with the first that fails all others end', async t => {
  const closed = Promise.withResolvers<void>()
  const server = await serveHttp(t, ({ url }, response) => {
    if (url === '/404') setTimeout(() => response.writeHead(404).end(), 50)
    else response.on('close', () => closed.resolve()).write('begun')
  })
  const fetchImages = createFetch(t, { imageUrls: [server.host], allowHosts: [server.host] })
  t.match(await failureOf(fetchImages(['/endless', '/404'].map(path => ({ url: server.origin + path, field })), { signal })), { details: { status: 404 } })
  await closed.promise
})

t.test('a mistake of this program is not taken for the caller\'s', async t => {
  for (const failure of [new TypeError('a bug'), new EditError('EDIT_ERR_OVERLOADED', 'full')]) {
    const fetchImages = createImageFetch({ imageUrls: true, download: async () => { throw failure }, limits })
    t.equal(await fetchImages([{ url: 'https://cdn.example/', field }], { signal }).catch(error => error), failure)
  }
})

t.test('no spelling of a private address reaches a canary on this machine', async t => {
  const canary = await serveCanary(t)
  const vectors = [...addressesAt([...loopbackHosts, ...privateHosts, hostname(), 'localhost.'], canary.port), ...noAddresses.map(text => text.replaceAll('PORT', String(canary.port)))]
  t.ok(vectors.length >= 300, `${vectors.length} vectors`)
  const settings: Setting[] = [
    { imageUrls: true },
    // Excepted for results alone, and on the list alone.
    { imageUrls: true, allowHosts: ['127.0.0.1', '[::1]', 'localhost', '0.0.0.0'] },
    { imageUrls: ['127.0.0.1', '[::1]', 'localhost', '0.0.0.0', 'cdn.example'] }
  ]
  // Whatever is looked up is private, this machine's own names included.
  const lookup: UpstreamFactoryOptions['lookup'] = (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }])
  for (const setting of settings) {
    const fetchOne = createFetchOne(t, { ...setting, lookup })
    const wrong: string[] = []
    for (const url of vectors) {
      const { code, message } = await failureOf(fetchOne(url))
      if (code !== 'EDIT_ERR_INVALID_REQUEST' || /secret/.test(message)) wrong.push(`${url}: ${code} ${message}`)
    }
    t.same(wrong, [], JSON.stringify(setting))
  }
  t.equal(canary.hits.length, 0)
})

t.test('the same spellings do reach it where nothing guards', async t => {
  const canary = await serveCanary(t)
  const hosts = [...new Set(loopbackHosts.map(host => new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '')))]
  for (const host of hosts) {
    const socket = connect(canary.port, host)
    t.after(() => socket.destroy())
    await Promise.race([once(socket, 'connect'), once(socket, 'error')]).catch(() => {})
  }
  t.ok(canary.hits.length >= hosts.length / 2, `${canary.hits.length} of ${hosts.length}`)
})

t.test('a name is trusted no further than the answer that is connected to: mixed and changing answers are refused', async t => {
  const canary = await serveCanary(t)
  const answers = [['127.0.0.1'], ['::1'], ['1.1.1.1', '127.0.0.1'], ['127.0.0.1', '1.1.1.1'], ['2606:4700::1111', '::1'], ['2606:4700::1111', '169.254.169.254'], ['::ffff:127.0.0.1'], ['64:ff9b::7f00:1'], []]
  for (const addresses of answers) {
    let lookups = 0
    const lookup: UpstreamFactoryOptions['lookup'] = (_name, _options, callback) => {
      lookups++
      setImmediate(callback, null, addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })))
    }
    for (const imageUrls of [true, ['rebind.example']]) {
      t.match(await failureOf(createFetchOne(t, { imageUrls, lookup })('https://rebind.example/')), { code: 'EDIT_ERR_INVALID_REQUEST', message: /the file at rebind\.example is not on the public internet/ })
    }
    t.equal(lookups, 2, 'once for each')
  }
  t.equal(canary.hits.length, 0)
})

t.test('a name that is not known is told as one that is private: a network\'s inner names stay its own', async t => {
  const lookup: UpstreamFactoryOptions['lookup'] = (_name, _options, callback) => callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])
  const inner: UpstreamFactoryOptions['lookup'] = (_name, _options, callback) => callback(null, [{ address: '10.0.0.1', family: 4 }])
  const [unknown, known] = [await failureOf(createFetchOne(t, { lookup })('https://db.example/')), await failureOf(createFetchOne(t, { lookup: inner })('https://db.example/'))]
  t.equal(unknown.message, known.message)
  t.same(unknown.details, known.details)
})

t.test('a proxy that the environment names is not asked', async t => {
  const canary = await serveCanary(t)
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'NODE_USE_ENV_PROXY']
  const before = names.map(name => [name, process.env[name]] as const)
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${canary.port}`
  const server = await serveHttp(t, (_request, response) => response.end('picture'))
  t.same(String(await createFetchOne(t, { imageUrls: [server.host], allowHosts: [server.host] })(server.origin)), 'picture')
  const lookup: UpstreamFactoryOptions['lookup'] = (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])
  for (const url of ['https://cdn.example/', `https://127.0.0.1:${canary.port}/`, 'https://169.254.169.254/', 'http://169.254.169.254/']) t.equal((await failureOf(createFetchOne(t, { lookup })(url))).code, 'EDIT_ERR_INVALID_REQUEST')
  t.equal(canary.hits.length, 0)
})
