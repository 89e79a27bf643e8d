import type { EditError } from './errors.ts'

const firstBackoffMs = 250
const maxBackoffMs = 4000

/** So many calls pay for one retry: at most a tenth of a provider's calls are retries, so that an outage is not amplified. */
const callsPerRetry = 10
const mostSaved = 10 * callsPerRetry

/** One for each provider, counted in calls. */
export class RetryBudget {
  readonly #saved = new Map<string, number>()

  call (provider: string): void {
    this.#saved.set(provider, Math.min(mostSaved, this.#of(provider) + 1))
  }

  /** Takes a retry out of the budget; false = there is none left. */
  take (provider: string): boolean {
    const saved = this.#of(provider)
    if (saved < callsPerRetry) return false
    this.#saved.set(provider, saved - callsPerRetry)
    return true
  }

  // One in advance, for a service that has just started.
  #of (provider: string): number {
    return this.#saved.get(provider) ?? callsPerRetry
  }
}

export interface RetryQuestion {
  readonly error: EditError
  /** Calls made so far, from 1. */
  readonly tries: number
  readonly maxTries: number
  /** Until the candidate's time is up, milliseconds. */
  readonly sliceLeftMs: number
  /** Until the whole chain's time is up, milliseconds. */
  readonly deadlineLeftMs: number
  /** Somebody else could be asked instead. */
  readonly others: boolean
  /** 0–1, for the jitter. */
  readonly random: number
}

/**
 * How long to wait before the same provider is asked again, milliseconds; undefined = it is not. Only a call that was
 * surely not accepted is repeated. Pure.
 */
export function retryDelay ({ error, tries, maxTries, sliceLeftMs, deadlineLeftMs, others, random }: RetryQuestion): number | undefined {
  // Busy with our own calls, or at rest: that is no call, and to wait for it is what a queue is for.
  if (error.billed !== 'no' || tries >= maxTries || error.details.busy === true) return undefined
  const { retryAfterMs } = error
  if (error.code === 'EDIT_ERR_PROVIDER_RATE_LIMITED') {
    return !others && retryAfterMs !== undefined && retryAfterMs < deadlineLeftMs ? retryAfterMs : undefined
  }
  if (error.next !== 'retry') return undefined
  const delay = retryAfterMs ?? random * Math.min(maxBackoffMs, firstBackoffMs * 2 ** (tries - 1))
  return delay < (others ? sliceLeftMs : deadlineLeftMs) ? delay : undefined
}
