import type { LookupAddress } from 'node:dns'
import { connect, Socket, type LookupFunction } from 'node:net'
import t from 'tap'
import { buildConnector } from 'undici'
import { AddressRefused, callersHosts, checkAddress, exceptionsOf, guardedConnector, guardedLookup, hostOf, type Lookup } from '../../../core/upstream/guard.ts'
import { loopbackHosts, privateHosts } from './private-addresses.ts'
import { serveSocket } from './servers.ts'

const none = exceptionsOf([])
const answers = (addresses: LookupAddress[]): Lookup => (_name, options, callback) => {
  if (options.all !== true) throw new TypeError('not all answers are asked for')
  setImmediate(callback, null, addresses)
}
const look = (lookup: Lookup, options: Parameters<LookupFunction>[1]) => new Promise<unknown>((resolve, reject) => {
  guardedLookup(lookup)('host.example', options, (error, address, family) => error === null ? resolve(family === undefined ? address : [address, family]) : reject(error))
})
const at = (address: string) => ({ address, family: address.includes(':') ? 6 : 4 })

t.test('an exception is a host, at any port or at one', async t => {
  const isException = exceptionsOf(['storage.local', '127.0.0.1:9000', '[::1]:80', 'fd00::1', 'Files.Local:443'])
  const urls = {
    'http://storage.local/': true,
    'https://storage.local:1234/': true,
    'http://xstorage.local/': false,
    'http://127.0.0.1:9000/': true,
    'http://2130706433:9000/': true,
    'http://127.0.0.1/': false,
    'http://127.0.0.1:90000/': undefined,
    'http://127.0.0.1:900/': false,
    'http://[::1]/': true,
    'https://[::1]/': false,
    'http://[fd00:0::1]:5/': true,
    'https://files.local/': true,
    'http://files.local/': false
  }
  for (const [url, expected] of Object.entries(urls)) {
    const parsed = URL.parse(url)
    t.equal(parsed === null ? undefined : isException(parsed), expected, url)
  }
})

t.test('an exception that is no host stops the start', async t => {
  for (const entry of ['', 'http://a', 'a/b', 'user@a', 'a:port', 'a:99999', 'a b', '*.local*:x', 'a?b', 'a#b', 'a\\b']) {
    t.throws(() => exceptionsOf([entry]), { name: 'TypeError', message: `"${entry}"` }, entry)
  }
})

t.test('callers may name no host, any, or those of a list; who is on it is no exception by that alone', async t => {
  const [listed, other] = ['http://127.0.0.1:9000/', 'http://storage.local/'].map(url => new URL(url))
  const isException = exceptionsOf(['127.0.0.1:9000', 'storage.local'])
  const judge = (imageUrls: boolean | string[]) => {
    const hosts = callersHosts(imageUrls, isException)
    return [listed, other].map(url => url !== undefined && [hosts.isAllowed(url), hosts.isException(url)])
  }
  t.same(judge(false), [[false, false], [false, false]])
  t.same(judge(true), [[true, false], [true, false]])
  t.same(judge(['127.0.0.1:9000', 'cdn.example']), [[true, true], [false, false]])
  t.same([callersHosts(['storage.local'], none)].map(hosts => other !== undefined && [hosts.isAllowed(other), hosts.isException(other)]), [[true, false]])
  t.throws(() => callersHosts(['https://cdn.example'], none), { name: 'TypeError', message: 'imageUrls: "https://cdn.example" is neither a host nor host:port' })
})

t.test('an address must be https, on its port, without a user', async t => {
  t.equal(checkAddress('https://cdn.example/a?b#c', none).href, 'https://cdn.example/a?b#c')
  t.equal(checkAddress('https://cdn.example:443/a', none).port, '')
  t.equal(checkAddress('/b', none, new URL('https://cdn.example/a')).href, 'https://cdn.example/b')
  const refused = [
    'http://cdn.example/', 'https://cdn.example:8443/', 'https://user@cdn.example/', 'https://:pass@cdn.example/', 'ftp://cdn.example/',
    'file:///etc/passwd', 'data:image/png;base64,AA', 'javascript:1', 'blob:https://a/1', 'cdn.example/a.png', '//cdn.example', '', 'https://',
    'https://[fe80::1%25eth0]/', 'https://1.2.3.4.5/', 'gopher://127.0.0.1:11211/'
  ]
  for (const address of refused) t.throws(() => checkAddress(address, none), AddressRefused, address)
})

t.test('an exception may be http and on any port, but nothing else', async t => {
  const isException = exceptionsOf(['storage.local'])
  t.equal(checkAddress('http://storage.local:9000/a', isException).port, '9000')
  t.throws(() => checkAddress('http://user@storage.local/', isException), AddressRefused)
  t.throws(() => checkAddress('ftp://storage.local/', isException), AddressRefused)
})

t.test('an error names the host of an address and no more', async t => {
  t.equal(hostOf('https://user:pass@cdn.example:8443/path?signature=1#x'), 'cdn.example:8443')
  t.equal(hostOf('/path', new URL('https://cdn.example/')), 'cdn.example')
  t.equal(hostOf(`https://${'a.'.repeat(1000)}example/`).length, 255)
  t.equal(hostOf('not a URL'), 'an unreadable address')
  t.equal(hostOf('data:image/png;base64,AA'), 'an unreadable address')
})

t.test('a lookup passes public answers on, in the form that was asked for', async t => {
  const both = [at('1.1.1.1'), at('2606:4700:4700::1111')]
  t.same(await look(answers(both), { all: true }), both)
  t.same(await look(answers(both), { all: false }), ['1.1.1.1', 4])
  t.same(await look(answers(both), {}), ['1.1.1.1', 4])
})

t.test('a lookup fails when one answer is not public, or there is none', async t => {
  await t.rejects(look(answers([at('1.1.1.1'), at('10.0.0.1')]), { all: true }), AddressRefused)
  await t.rejects(look(answers([at('2606:4700::1'), at('::ffff:127.0.0.1')]), { all: true }), AddressRefused)
  await t.rejects(look(answers([at('127.0.0.1')]), {}), AddressRefused)
  await t.rejects(look(answers([]), { all: true }), AddressRefused)
  const gone: Lookup = (_name, _options, callback) => callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])
  await t.rejects(look(gone, {}), { code: 'ENOTFOUND' })
})

t.test('a resolver that changes its mind is believed once: what is checked is what is connected to', async t => {
  const changing = [[at('1.1.1.1')], [at('127.0.0.1')]]
  const rebinding: Lookup = (_name, _options, callback) => callback(null, changing.shift() ?? [])
  t.same(await look(rebinding, {}), ['1.1.1.1', 4])
  t.equal(changing.length, 1, 'not asked a second time')
  await t.rejects(look(rebinding, {}), AddressRefused)
})

// What a connector is called with, and what it calls back with, as a promise.
const dial = (connector: buildConnector.connector, hostname: string, port: number) => new Promise<Socket>((resolve, reject) => {
  connector({ protocol: 'http:', hostname, port: String(port) }, (...[error, socket]) => error === null ? resolve(socket) : reject(error))
})
const refuseAll: buildConnector.connector = () => { throw new TypeError('this connector is not to be asked') }

t.test('a literal address that is not public is refused before anything is connected', async t => {
  const connector = guardedConnector(none, refuseAll, refuseAll)
  for (const host of ['127.0.0.1', '169.254.169.254', '::1', '::ffff:7f00:1', '0.0.0.0']) await t.rejects(dial(connector, host, 80), AddressRefused, host)
})

t.test('a canary on this machine is reached as an exception and in no other way', async t => {
  const canary = await serveSocket(t, () => {})
  const lookup = guardedLookup((_name, _options, callback) => callback(null, [at('127.0.0.1')]))
  const connectorFor = (allowHosts: string[]) => guardedConnector(exceptionsOf(allowHosts), buildConnector({}), buildConnector({ lookup }))
  for (const host of ['127.0.0.1', '::ffff:7f00:1', 'rebind.example']) await t.rejects(dial(connectorFor([]), host, canary.port), AddressRefused, host)
  t.equal(canary.connections.length, 0)
  const socket = await dial(connectorFor([canary.host]), '127.0.0.1', canary.port)
  t.after(() => socket.destroy())
  t.equal(socket.remotePort, canary.port)
})

t.test('no spelling of a private address is connected to at the port of a canary', async t => {
  const canary = await serveSocket(t, () => {})
  const lookup = guardedLookup((_name, _options, callback) => callback(null, [at('127.0.0.1')]))
  const connector = guardedConnector(none, refuseAll, buildConnector({ lookup }))
  for (const host of [...loopbackHosts, ...privateHosts]) {
    const { hostname } = new URL(`http://${host}/`)
    await t.rejects(dial(connector, hostname.replace(/^\[|\]$/g, ''), canary.port), AddressRefused, host)
  }
  t.equal(canary.connections.length, 0)
})

t.test('a connection that led elsewhere than the lookup said is cut before a byte is sent', async t => {
  const canary = await serveSocket(t, () => {})
  // As a resolver in between might: the name is never looked up.
  const around: buildConnector.connector = (options, callback) => {
    const socket = connect(Number(options.port), '127.0.0.1', () => callback(null, socket))
  }
  await t.rejects(dial(guardedConnector(none, refuseAll, around), 'cdn.example', canary.port), AddressRefused)
  t.equal(Buffer.concat(canary.connections).length, 0)
  // Nor does a socket pass that has already lost its address.
  const lost: buildConnector.connector = (_options, callback) => callback(null, new Socket())
  await t.rejects(dial(guardedConnector(none, refuseAll, lost), 'cdn.example', canary.port), AddressRefused)
})

t.test('a connection to a public address is handed on, a failed one too', async t => {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '1.1.1.1' })
  t.equal(await dial(guardedConnector(none, refuseAll, (_options, callback) => callback(null, socket)), 'cdn.example', 443), socket)
  const failure = new Error('refused')
  await t.rejects(dial(guardedConnector(none, refuseAll, (_options, callback) => callback(failure, null)), '1.1.1.1', 443), failure)
})

t.test('an exception is connected to unchecked, an IPv6 address included', async t => {
  const socket = new Socket()
  const plain: buildConnector.connector = (_options, callback) => callback(null, socket)
  const connector = guardedConnector(exceptionsOf(['[::1]:8080', '127.0.0.1']), plain, refuseAll)
  t.equal(await dial(connector, '::1', 8080), socket)
  t.equal(await dial(connector, '127.0.0.1', 1), socket)
  await t.rejects(dial(connector, '::1', 8081), AddressRefused)
})
