import type { Billed } from './errors.ts'
import type { Loan } from './loan.ts'
import type { Phase } from './upstream/types.ts'

/**
 * What belongs to an attempt and must reach the HTTP client without passing through a provider's hands. It hangs on the
 * attempt's signal, which goes down every call.
 */
export interface CallScope {
  /** W3C trace context to pass on. */
  readonly traceparent?: string | undefined
  /** Where the memory of large answers comes from. */
  readonly loan?: Loan | undefined
  /** How far a paid request of the attempt has got; undefined = none was begun. */
  phase?: Phase
}

// Not in a WeakMap: V8's young collections keep the values in it, and with them whatever an edit had.
const ofSignal = Symbol('call-scope')

type Scoped = AbortSignal & { [ofSignal]?: CallScope }

export function openScope (signal: Scoped, scope: CallScope): CallScope {
  signal[ofSignal] = scope
  return scope
}

/** undefined for a signal that is not an attempt's own, such as one a provider has made. */
export function scopeOf (signal: Scoped): CallScope | undefined {
  return signal[ofSignal]
}

/**
 * May an attempt that was broken off have been billed? Only a request that is known not to have left is surely free; of a
 * provider that does not use the kernel's client nothing is known.
 */
export function billedSoFar ({ phase }: CallScope, isFree: boolean): Billed {
  return isFree || phase === 'not-sent' ? 'no' : 'maybe'
}

const ofFreeCalls = new WeakSet<Error>()

/** Remembers that a call failed which costs nothing. What it says of money holds for that call alone: the poll of a job says nothing of the job. */
export function markFreeCall<T extends Error> (error: T): T {
  ofFreeCalls.add(error)
  return error
}

/** Only for the very error that was marked: a provider that makes one of its own knows what it says. */
export function isOfFreeCall (error: Error): boolean {
  return ofFreeCalls.has(error)
}
