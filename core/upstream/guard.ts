import { isIP, isIPv6, type LookupFunction } from 'node:net'
import type { LookupAddress, LookupAllOptions } from 'node:dns'
import type { buildConnector } from 'undici'
import { isPublicAddress } from './addresses.ts'

/** `dns.lookup`, asked for all addresses of a name. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void
) => void

/** An address out of an answer that is not to be asked. The message is a predicate, and holds no part of the address. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
  readonly code = 'ADDRESS_REFUSED'
}

type Endpoint = Pick<URL, 'protocol' | 'hostname' | 'port'>

/** The operator's exceptions: may this host be asked although it is not public, and without TLS? */
export type IsException = (endpoint: Endpoint) => boolean

/**
 * Reads `allowHosts`: entries `host` (any port) or `host:port`, a host being a name or an IP address as URLs write it.
 * TypeError for anything else, by the name of the setting.
 */
export function exceptionsOf (allowHosts: readonly string[], setting = 'allowHosts'): IsException {
  const hosts = new Set(allowHosts.map(entry => {
    const host = isIPv6(entry) ? `[${entry}]` : entry
    const url = /[/?#@\\\s]/.test(host) ? null : URL.parse(`http://${host}`)
    if (url === null) throw new TypeError(`${setting}: "${entry}" is neither a host nor host:port`)
    // Not url.port, which is empty for :80.
    const port = /:(\d+)$/.exec(host)?.[1]
    return port === undefined ? url.hostname : `${url.hostname}:${Number(port)}`
  }))
  return ({ protocol, hostname, port }) => hosts.has(hostname) || hosts.has(`${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`)
}

/** What the addresses that callers send may name. */
export interface CallersHosts {
  readonly isAllowed: (endpoint: Endpoint) => boolean
  readonly isException: IsException
}

/**
 * Reads `imageUrls`: no host, every public one, or a list as `allowHosts` is one. To be on that list makes no address acceptable
 * that is not public, since it is a stranger's DNS that says where a name leads: only who is an exception besides may be private.
 */
export function callersHosts (imageUrls: boolean | readonly string[], isException: IsException): CallersHosts {
  if (imageUrls === true) return { isAllowed: () => true, isException: () => false }
  const isListed = exceptionsOf(imageUrls === false ? [] : imageUrls, 'imageUrls')
  return { isAllowed: isListed, isException: endpoint => isListed(endpoint) && isException(endpoint) }
}

/**
 * Checks all that can be seen in an address out of an answer, which may be relative to `base`; where its host leads is the
 * connector's to check. Throws AddressRefused.
 */
export function checkAddress (address: string, isException: IsException, base?: URL): URL {
  const url = URL.parse(address, base)
  if (url === null) throw new AddressRefused('is no URL')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new AddressRefused('is neither https nor http')
  if (url.username !== '' || url.password !== '') throw new AddressRefused('carries a user name or password')
  if (isException(url)) return url
  if (url.protocol !== 'https:') throw new AddressRefused('is not https')
  if (url.port !== '') throw new AddressRefused('is not on port 443')
  return url
}

/** The host of an address for an error's text, which must not hold more of it: path and query may be a signature. */
export function hostOf (address: string, base?: URL): string {
  // A name has a longest length, what a stranger sends as one has none.
  return URL.parse(address, base)?.host.slice(0, 255) || 'an unreadable address'
}

/**
 * Connects to public addresses only: a literal address is checked here, since no lookup is made for one; a name's answers are
 * checked inside the very lookup whose result is connected to, so that no second answer can differ; and the address that was
 * reached is checked once more. `guarded` must look names up by `guardedLookup`; `plain` serves the exceptions.
 */
export function guardedConnector (isException: IsException, plain: buildConnector.connector, guarded: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const { protocol, hostname, port } = options
    if (isException({ protocol, port, hostname: isIPv6(hostname) ? `[${hostname}]` : hostname })) return plain(options, callback)
    const refuse = () => callback(new AddressRefused('is not on the public internet'), null)
    if (isIP(hostname) !== 0 && !isPublicAddress(hostname)) return process.nextTick(refuse)
    guarded(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null)
      if (isPublicAddress(socket.remoteAddress ?? '')) return callback(null, socket)
      socket.destroy()
      refuse()
    })
  }
}

/** A lookup that fails when any answer is not public: a mixed one is an attack or a mistake, and trying the rest helps neither. */
export function guardedLookup (lookup: Lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(new AddressRefused('is not on the public internet'), [])
      }
      if (options.all === true) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}
