import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { EditError } from '../errors.ts'

const maxRepeats = 3
const longestPauseMs = 30_000

/** How one try of a call ended. `passing`: the same call may go well a moment later. */
export type Outcome<T> =
  | { readonly value: T }
  | { readonly error: EditError, readonly passing: boolean }

export interface RepeatOptions {
  readonly signal: AbortSignal
  readonly log: FastifyBaseLogger
  /** The longest first pause, milliseconds; each further one is twice as long. */
  readonly backoffMs: number
}

/**
 * Tries a call that costs nothing until it succeeds, fails for good or has been repeated three times; then throws its last
 * error. Between two tries it waits what the vendor asks by Retry-After (longer than 30 s: it gives up instead, the caller
 * knows better what to do meanwhile) plus a random part of a doubling pause. Rejects with the signal's reason when it aborts.
 */
export async function repeat<T> (attempt: () => Promise<Outcome<T>>, { signal, log, backoffMs }: RepeatOptions): Promise<T> {
  for (let repeats = 0; repeats < maxRepeats; repeats++) {
    const outcome = await attempt()
    if ('value' in outcome) return outcome.value
    const { error, passing } = outcome
    const asked = error.retryAfterMs ?? 0
    if (!passing || asked > longestPauseMs) throw error
    // Full jitter: callers that failed together do not come back together.
    const ms = asked + Math.round(Math.random() * backoffMs * 2 ** repeats)
    log.warn({ code: error.code, details: error.details, ms }, 'a free call failed, repeating it')
    await pause(ms, signal)
  }
  return valueOf(await attempt())
}

/** The value of a try that succeeded; throws the error of one that did not. */
export function valueOf<T> (outcome: Outcome<T>): T {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

async function pause (ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch {
    throw signal.reason
  }
}
