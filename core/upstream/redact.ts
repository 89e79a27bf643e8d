import { EditError } from '../errors.ts'
import type { UpstreamOptions } from './types.ts'

/** Replaces every secret in a text by `[redacted]`. */
export type Redact = (text: string) => string

/** Makes a `Redact` for these values as they stand and URL-, JSON- or base64-encoded, upper and lower case alike. */
export function createRedact (secrets: Iterable<string>): Redact {
  const forms = [...new Set([...secrets].filter(secret => secret !== '').flatMap(formsOf))]
  if (forms.length === 0) return text => text
  // The longest first: an alternation takes the first that fits, and one form may begin another.
  const pattern = new RegExp(forms.sort((a, b) => b.length - a.length).map(form => RegExp.escape(form)).join('|'), 'gi')
  return text => text.replace(pattern, '[redacted]')
}

/** The secrets of an upstream: those it names, and the keys in its headers in case it forgot to. */
export function secretsOf ({ secrets = [], headers = {} }: UpstreamOptions): Set<string> {
  const keys = Object.entries(headers)
    .filter(([name]) => /auth|key|token|secret|cookie/i.test(name))
    // Of "Bearer <key>" the key alone, which also stands in the whole.
    .map(([, value]) => value.slice(value.lastIndexOf(' ') + 1))
    // A header like `x-key-version: 1` is no secret, and to redact every 1 would help nobody.
    .filter(value => value.length >= 8)
  return new Set([...secrets, ...keys])
}

/** A copy of an error in which no secret is left: message, details and causes. */
export function redactError (error: EditError, redact: Redact, details: Readonly<Record<string, unknown>>): EditError {
  const options = {
    billed: error.billed,
    details: Object.fromEntries(Object.entries({ ...details, ...error.details }).map(([key, value]) => [key, redactJson(value, redact)])),
    retryAfterMs: error.retryAfterMs
  }
  const cause = redactCause(error.cause, redact)
  return new EditError(error.code, redact(error.message), cause === undefined ? options : { ...options, cause })
}

/**
 * An error with the name, code, message and causes of another and nothing else: undici's carry requests, headers and parts
 * of bodies. undefined for what is no error.
 */
export function redactCause (cause: unknown, redact: Redact, depth = 0): Error | undefined {
  // A chain may be a ring.
  if (!(cause instanceof Error) || depth === 5) return undefined
  const inner = redactCause(cause.cause, redact, depth + 1)
  const copy = new Error(redact(cause.message), inner === undefined ? {} : { cause: inner })
  copy.name = cause.name
  return 'code' in cause && typeof cause.code === 'string' ? Object.assign(copy, { code: cause.code }) : copy
}

function redactJson (value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(item => redactJson(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactJson(item, redact)]))
}

function formsOf (secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    // Not encodeURIComponent, which throws on half a surrogate pair.
    new URLSearchParams({ '': secret }).toString().slice(1),
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
    ...[0, 1, 2].flatMap(shift => base64At(bytes, shift))
  ]
}

// In the base64 of a longer text ("Bearer <key>", "user:<key>") the key looks different by its offset modulo three. What is
// left of each look is what depends on the key alone; of a short key that is too little to search for.
function base64At (bytes: Buffer, shift: number): string[] {
  const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
  const [start, end] = [Math.ceil(shift * 8 / 6), Math.floor(shifted.length * 8 / 6)]
  if (end - start < 8) return []
  return (['base64', 'base64url'] as const).map(encoding => shifted.toString(encoding).slice(start, end))
}
