import type { Attempt, Leftover, Rejection } from './request.ts'

/**
 * The one table of errors. Codes are API and never change; messages may.
 *
 * - `status`: the HTTP status of an answer that ends with this code;
 * - `next`: what the router does with a failed attempt: `stop` ends the chain, `next` asks the next candidate,
 *   `retry` may ask the same provider again if the call was surely not accepted, then goes on as `next`;
 * - `billed`: may the vendor have charged for the attempt, unless the error itself knows better.
 */
export const errorTable = {
  EDIT_ERR_INVALID_REQUEST: { status: 422, next: 'stop', billed: 'no' },
  EDIT_ERR_IMAGE_INVALID: { status: 400, next: 'stop', billed: 'no' },
  EDIT_ERR_IMAGE_TOO_LARGE: { status: 413, next: 'stop', billed: 'no' },
  EDIT_ERR_IMAGE_UNSUPPORTED: { status: 415, next: 'stop', billed: 'no' },
  EDIT_ERR_NO_CAPABLE_PROVIDER: { status: 422, next: 'stop', billed: 'no' },
  EDIT_ERR_NO_PROVIDER_AVAILABLE: { status: 503, next: 'stop', billed: 'no' },
  EDIT_ERR_CONTENT_REJECTED: { status: 422, next: 'stop', billed: 'maybe' },
  EDIT_ERR_PROVIDER_UNSUPPORTED: { status: 422, next: 'next', billed: 'no' },
  EDIT_ERR_PROVIDER_AUTH: { status: 502, next: 'next', billed: 'no' },
  EDIT_ERR_PROVIDER_QUOTA: { status: 502, next: 'next', billed: 'no' },
  EDIT_ERR_PROVIDER_RATE_LIMITED: { status: 503, next: 'next', billed: 'no' },
  EDIT_ERR_PROVIDER_UNAVAILABLE: { status: 502, next: 'retry', billed: 'no' },
  EDIT_ERR_PROVIDER_TIMEOUT: { status: 504, next: 'next', billed: 'maybe' },
  EDIT_ERR_PROVIDER_RESPONSE: { status: 502, next: 'next', billed: 'maybe' },
  EDIT_ERR_OUTPUT_REJECTED: { status: 502, next: 'next', billed: 'yes' },
  EDIT_ERR_ALL_PROVIDERS_FAILED: { status: 502, next: 'stop', billed: 'maybe' },
  EDIT_ERR_DEADLINE: { status: 504, next: 'stop', billed: 'maybe' },
  EDIT_ERR_OVERLOADED: { status: 503, next: 'stop', billed: 'no' }
} as const satisfies Record<string, ErrorRule>

export type ErrorCode = keyof typeof errorTable

/** Has the vendor charged for this attempt? `maybe` means that nobody on this side can know. */
export type Billed = 'no' | 'maybe' | 'yes'

export interface ErrorRule {
  readonly status: number
  readonly next: 'stop' | 'next' | 'retry'
  readonly billed: Billed
}

/** Everything that happened to a request on its way through the candidates. */
export interface Trail {
  readonly attempts: readonly Attempt[]
  readonly skipped: readonly Rejection[]
  /** Jobs that run on at their vendors, to be resumed by the same idempotency key. */
  readonly leftovers?: readonly Leftover[]
}

export interface EditErrorOptions {
  /** What was caught, for the log. Its text never reaches a caller. */
  cause?: unknown
  /** Overrides the table where the vendor's answer tells more. */
  billed?: Billed
  /** Earliest sensible time to try again, in milliseconds from now. */
  retryAfterMs?: number
  /** Facts for the caller beside the message, e.g. `{ field: 'mask_base64' }` or `{ known: ['a', 'b'] }`. Plain JSON. */
  details?: Readonly<Record<string, unknown>>
}

/**
 * A failure with a code of the table. Messages are read by callers: they name the field and the remedy, and hold no
 * key, no prompt and no image bytes.
 */
export class EditError extends Error {
  override readonly name = 'EditError'
  readonly code: ErrorCode
  readonly statusCode: number
  readonly next: ErrorRule['next']
  readonly billed: Billed
  readonly retryAfterMs: number | undefined
  readonly details: Readonly<Record<string, unknown>>
  /** Set by the router on the error that ends a request: what was tried and what was not. */
  trail: Trail | undefined

  constructor (code: ErrorCode, message: string, options: EditErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    const rule = errorTable[code]
    if (rule === undefined) throw new TypeError(`unknown error code ${String(code)}`)
    this.code = code
    this.statusCode = rule.status
    this.next = rule.next
    this.billed = options.billed ?? rule.billed
    this.retryAfterMs = options.retryAfterMs
    this.details = options.details ?? {}
  }
}
