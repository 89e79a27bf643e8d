import type { FastifyBaseLogger } from 'fastify'
import { EditError } from '../errors.ts'
import type { ExchangeOptions, RawAnswer } from './exchange.ts'
import { AddressRefused, checkAddress, hostOf, type CallersHosts, type IsException } from './guard.ts'
import { ExchangeFailure, isPassing } from './phase.ts'
import { createRedact, redactCause } from './redact.ts'
import { repeat, type Outcome } from './retry.ts'
import { isPassingStatus, retryAfterMs } from './status.ts'
import type { Download, Hold } from './types.ts'

const maxRedirects = 3
const redirectStatuses = new Set([301, 302, 303, 307, 308])
// No key ever travels this way.
const noSecrets = createRedact([])

/** Sends a request to an address out of an answer: over connections that reach public addresses only. */
export type GuardedSend = (options: Omit<ExchangeOptions, 'dispatcher'>) => Promise<RawAnswer>

export interface DownloadOptions {
  readonly send: GuardedSend
  readonly isException: IsException
  /** May this host be asked at all? Default: any, since a vendor keeps its results where it likes; the guard alone decides then. */
  readonly isAllowed?: CallersHosts['isAllowed']
  readonly log: FastifyBaseLogger
  readonly backoffMs: number
  /** All that is sent beside the address. */
  readonly headers: Readonly<Record<string, string>>
  /** Where the caller sets no limit. */
  readonly maxBytes: number
}

export function createDownload (options: DownloadOptions): Download {
  return (address, { signal, maxBytes = options.maxBytes, hold }) => {
    const begin = hold && holdMost(hold)
    return repeat(() => fetchFile(address, { ...options, maxBytes, begin }, signal), { ...options, signal })
  }
}

/** Of answers that come one after the other, only what one takes beyond all those before: their memory is gone. */
function holdMost (hold: Hold): () => Hold {
  let most = 0
  return () => {
    let taken = 0
    return bytes => {
      taken += bytes
      const more = taken - most
      if (more <= 0) return
      hold(more)
      most = taken
    }
  }
}

interface Fetch extends DownloadOptions {
  /** Of each answer anew, what it takes. */
  readonly begin: (() => Hold) | undefined
}

async function fetchFile (address: string, { send, isException, isAllowed = () => true, headers, maxBytes, begin }: Fetch, signal: AbortSignal): Promise<Outcome<Buffer>> {
  const check = (target: string, base?: URL) => {
    const url = checkAddress(target, isException, base)
    if (!isAllowed(url)) throw new AddressRefused('is on no host that may be asked')
    return url
  }
  let place: Place = { host: hostOf(address), redirects: 0 }
  try {
    let url = check(address)
    while (place.redirects <= maxRedirects) {
      const answer = await send({ method: 'GET', url, headers, signal, maxBytes, hold: begin?.() })
      if (answer.status === 200) return { value: answer.body }
      const { location } = answer.headers
      if (!redirectStatuses.has(answer.status) || location === undefined) return refused(place, answer)
      place = { host: hostOf(location, url), redirects: place.redirects + 1 }
      const next = check(location, url)
      if (url.protocol === 'https:' && next.protocol === 'http:') throw new AddressRefused('is not https, but was redirected to from there')
      url = next
    }
    throw new AddressRefused(`is behind more than ${maxRedirects} redirects`)
  } catch (error) {
    return failed(place, error)
  }
}

/** Where a download has come to. */
interface Place {
  readonly host: string
  readonly redirects: number
}

/** Of a file that is not where its address says. */
const moved = ({ redirects }: Place) => redirects === 0 ? {} : { redirects }

function refused (place: Place, { status, headers }: RawAnswer): Outcome<never> {
  const error = new EditError('EDIT_ERR_PROVIDER_RESPONSE', `the file at ${place.host} was answered by ${status}`, {
    details: { phase: 'answered', status, ...moved(place) },
    retryAfterMs: retryAfterMs(headers['retry-after'])
  })
  return { error, passing: isPassingStatus(status) }
}

function failed (place: Place, caught: unknown): Outcome<never> {
  const { host } = place
  // Neither a refused address nor memory that is not there is the host's failure.
  const error = caught instanceof ExchangeFailure && (caught.cause instanceof AddressRefused || caught.cause instanceof EditError) ? caught.cause : caught
  if (error instanceof AddressRefused) {
    const details = { phase: 'not-sent', reason: error.code, ...moved(place) }
    return { error: new EditError('EDIT_ERR_PROVIDER_RESPONSE', `the file at ${host} ${error.message}`, { details, cause: error }), passing: false }
  }
  if (!(error instanceof ExchangeFailure)) throw error
  const { phase, reason } = error
  return {
    error: new EditError('EDIT_ERR_PROVIDER_RESPONSE', `the file at ${host} cannot be fetched (${reason})`, {
      details: { phase, reason, ...moved(place) },
      cause: redactCause(error.cause, noSecrets)
    }),
    passing: isPassing(error)
  }
}
