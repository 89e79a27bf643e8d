import { EditError } from '../errors.ts'
import { redactCause, type Redact } from './redact.ts'
import type { Phase } from './types.ts'

/** Why an exchange brought no whole answer, and how far it had got. Internal: callers see the EditError made of it. */
export class ExchangeFailure extends Error {
  readonly phase: Phase
  /** `ECONNRESET`, `UND_ERR_BODY_TIMEOUT`, …; the error's name where it has no code. */
  readonly reason: string

  constructor (phase: Phase, cause: Error) {
    super(cause.message, { cause })
    this.phase = phase
    this.reason = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
  }
}

/** What the errors of one call have in common. */
export interface CallContext {
  readonly name: string
  /** The vendor may charge for this call. */
  readonly paid: boolean
  readonly redact: Redact
}

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])

// A certificate, a name that does not resolve or an answer too large will be the same next time.
const passing = new Set([
  ...timeouts, 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'
])

/** May the same free call go well a moment later? */
export function isPassing (failure: ExchangeFailure): boolean {
  return passing.has(failure.reason)
}

/** The error of a call that brought no whole answer, by the phase it had reached. */
export function transportError (failure: ExchangeFailure, { name, paid, redact }: CallContext): EditError {
  const { phase, reason } = failure
  const options = {
    billed: paid && phase !== 'not-sent' ? 'maybe' : 'no',
    details: { phase, reason },
    cause: redactCause(failure.cause, redact)
  } as const
  if (phase === 'not-sent') return new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', `${name} cannot be reached (${reason})`, options)
  if (phase === 'answered') return new EditError('EDIT_ERR_PROVIDER_RESPONSE', `${name} gave no whole answer (${reason})`, options)
  if (timeouts.has(reason)) return new EditError('EDIT_ERR_PROVIDER_TIMEOUT', `${name} did not answer in time (${reason})`, options)
  return new EditError('EDIT_ERR_PROVIDER_RESPONSE', `${name} gave no answer (${reason})`, options)
}
