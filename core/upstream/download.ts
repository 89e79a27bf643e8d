import type { FastifyBaseLogger } from 'fastify'
import { EditError } from '../errors.ts'
import type { ExchangeOptions, RawAnswer } from './exchange.ts'
import { AddressRefused, checkAddress, hostOf, type IsException } from './guard.ts'
import { ExchangeFailure, isPassing } from './phase.ts'
import { createRedact, redactCause } from './redact.ts'
import { repeat, type Outcome } from './retry.ts'
import { isPassingStatus, retryAfterMs } from './status.ts'
import type { Download } from './types.ts'

const maxRedirects = 3
const redirectStatuses = new Set([301, 302, 303, 307, 308])
// No key ever travels this way.
const noSecrets = createRedact([])

/** Sends a request to an address out of an answer: over connections that reach public addresses only. */
export type GuardedSend = (options: Omit<ExchangeOptions, 'dispatcher'>) => Promise<RawAnswer>

export interface DownloadOptions {
  readonly send: GuardedSend
  readonly isException: IsException
  readonly log: FastifyBaseLogger
  readonly backoffMs: number
  /** All that is sent beside the address. */
  readonly headers: Readonly<Record<string, string>>
  /** Where the caller sets no limit. */
  readonly maxBytes: number
}

export function createDownload (options: DownloadOptions): Download {
  return (address, { signal, maxBytes = options.maxBytes }) =>
    repeat(() => fetchFile(address, { ...options, maxBytes }, signal), { ...options, signal })
}

async function fetchFile (address: string, { send, isException, headers, maxBytes }: DownloadOptions, signal: AbortSignal): Promise<Outcome<Buffer>> {
  let host = hostOf(address)
  try {
    let url = checkAddress(address, isException)
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const answer = await send({ method: 'GET', url, headers, signal, maxBytes })
      if (answer.status === 200) return { value: answer.body }
      const { location } = answer.headers
      if (!redirectStatuses.has(answer.status) || location === undefined) return refused(host, answer)
      host = hostOf(location, url)
      const next = checkAddress(location, isException, url)
      if (url.protocol === 'https:' && next.protocol === 'http:') throw new AddressRefused('is not https, but was redirected to from there')
      url = next
    }
    throw new AddressRefused(`is behind more than ${maxRedirects} redirects`)
  } catch (error) {
    return failed(host, error)
  }
}

function refused (host: string, { status, headers }: RawAnswer): Outcome<never> {
  const error = new EditError('EDIT_ERR_PROVIDER_RESPONSE', `the file at ${host} was answered by ${status}`, {
    details: { phase: 'answered', status },
    retryAfterMs: retryAfterMs(headers['retry-after'])
  })
  return { error, passing: isPassingStatus(status) }
}

function failed (host: string, caught: unknown): Outcome<never> {
  const error = caught instanceof ExchangeFailure && caught.cause instanceof AddressRefused ? caught.cause : caught
  if (error instanceof AddressRefused) {
    const details = { phase: 'not-sent', reason: error.code }
    return { error: new EditError('EDIT_ERR_PROVIDER_RESPONSE', `the file at ${host} ${error.message}`, { details }), passing: false }
  }
  if (!(error instanceof ExchangeFailure)) throw error
  const { phase, reason } = error
  return {
    error: new EditError('EDIT_ERR_PROVIDER_RESPONSE', `the file at ${host} cannot be fetched (${reason})`, {
      details: { phase, reason },
      cause: redactCause(error.cause, noSecrets)
    }),
    passing: isPassing(error)
  }
}
