import { EditError, type Billed, type ErrorCode } from '../errors.ts'
import { vendorText } from './answer.ts'
import type { CallContext } from './phase.ts'
import type { UpstreamAnswer } from './types.ts'

const longestRetryAfterMs = 24 * 60 * 60 * 1000

const unsupported = { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no' } as const
const auth = { code: 'EDIT_ERR_PROVIDER_AUTH', billed: 'no' } as const
// It was turned away before anything was done.
const unavailable = { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no' } as const
// A proxy lost the vendor's answer, or nobody says what happened.
const unavailableMaybe = { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'maybe' } as const
// A proxy gave up waiting while the vendor works on.
const timeout = { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' } as const
const response = { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' } as const

const rules: Readonly<Record<number, { readonly code: ErrorCode, readonly billed: Billed }>> = {
  400: unsupported, // the kernel has checked the request: what is wrong with it is a rule of this vendor
  401: auth,
  402: { code: 'EDIT_ERR_PROVIDER_QUOTA', billed: 'no' },
  403: auth,
  404: unsupported, // a model that is not there
  405: unsupported,
  408: unavailable,
  409: unavailable,
  410: unsupported,
  413: unsupported,
  414: unsupported,
  415: unsupported,
  422: unsupported,
  425: unavailable,
  429: { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', billed: 'no' },
  500: unavailable,
  501: unsupported,
  502: unavailableMaybe,
  503: unavailable,
  504: timeout,
  520: unavailableMaybe, // Cloudflare: the origin gave an answer it cannot read
  521: unavailable, // Cloudflare: the origin refused the connection
  522: unavailable, // Cloudflare: no connection to the origin in time
  523: unavailable, // Cloudflare: no route to the origin
  524: timeout, // Cloudflare: the origin took longer than 100 s
  525: unavailable, // Cloudflare: no TLS with the origin
  526: unavailable, // Cloudflare: the origin's certificate
  529: unavailable // overloaded
}

/**
 * What a complete answer means by its status alone: undefined for 2xx. Redirects are not followed and thus no answer.
 * `details` are `{ phase: 'answered', status }`; the message holds up to 300 characters of what the vendor said.
 */
export function statusError (answer: UpstreamAnswer, { name, paid, redact }: CallContext): EditError | undefined {
  const { status, headers } = answer
  if (status >= 200 && status < 300) return undefined
  const { code, billed } = rules[status] ?? (status >= 500 ? unavailableMaybe : response)
  const text = vendorText(answer, redact)
  return new EditError(code, `${name} answered ${status}${text === '' ? '' : `: ${text}`}`, {
    billed: paid ? billed : 'no',
    details: { phase: 'answered', status },
    retryAfterMs: retryAfterMs(headers['retry-after'])
  })
}

/** May the same free call be answered well a moment later? */
export function isPassingStatus (status: number): boolean {
  return status === 429 || status === 500 || (status >= 502 && status <= 504)
}

/**
 * Milliseconds of a Retry-After header (RFC 9110, 10.2.3): seconds or an HTTP date, at most a day. undefined for anything
 * else, a date that has passed included: the server's clock may be wrong, and "now" would invite a stampede.
 */
export function retryAfterMs (value: string | undefined, now: number = Date.now()): number | undefined {
  if (value === undefined) return undefined
  // Date.parse alone takes far too much for a date: "-5" is in the year 2001.
  const date = /^[A-Z][a-z]{2,8}, /.test(value) ? Date.parse(value) - now : NaN
  const ms = /^\d+(\.\d+)?$/.test(value) ? Math.ceil(Number(value) * 1000) : date
  return ms >= 0 ? Math.min(ms, longestRetryAfterMs) : undefined
}
