import { EditError } from '../errors.ts'
import { toAnswer } from './answer.ts'
import type { GuardedSend } from './download.ts'
import { mergeHeaders } from './exchange.ts'
import { AddressRefused, checkAddress, hostOf, type IsException } from './guard.ts'
import { ExchangeFailure, transportError } from './phase.ts'
import type { Redact } from './redact.ts'
import { retryAfterMs } from './status.ts'
import type { Upstream } from './types.ts'

export interface UploadOptions {
  readonly send: GuardedSend
  readonly isException: IsException
  readonly redact: Redact
  /** Sent unless the call says otherwise. */
  readonly headers: Readonly<Record<string, string>>
  readonly maxBytes: number
}

/** Makes `Upstream.upload`. A TypeError when a header of the call would carry one of the upstream's secrets away. */
export function createUpload ({ send, isException, redact, headers, maxBytes }: UploadOptions): Upstream['upload'] {
  return async (address, bytes, call) => {
    const name = `the storage at ${hostOf(address)}`
    for (const [header, value] of Object.entries(call.headers ?? {})) {
      if (redact(value) !== value) throw new TypeError(`the header ${header} would carry a key to ${name}`)
    }
    try {
      const url = checkAddress(address, isException)
      const answer = await send({ method: 'PUT', url, headers: mergeHeaders(headers, call.headers), body: { length: bytes.length, pieces: () => [bytes] }, signal: call.signal, maxBytes })
      const { status } = answer
      if (status >= 200 && status < 300) return toAnswer(answer)
      throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', `${name} answered ${status}`, {
        billed: 'no',
        details: { phase: 'answered', status },
        retryAfterMs: retryAfterMs(answer.headers['retry-after'])
      })
    } catch (caught) {
      const error = caught instanceof ExchangeFailure && caught.cause instanceof AddressRefused ? caught.cause : caught
      if (error instanceof AddressRefused) {
        throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', `${name} ${error.message}`, {
          billed: 'no',
          details: { phase: 'not-sent', reason: error.code }
        })
      }
      throw error instanceof ExchangeFailure ? transportError(error, { name, paid: false, redact }) : error
    }
  }
}
