import { CallWindow } from './call-window.ts'
import type { ErrorCode } from './errors.ts'

/** Whom a breaker guards: an operation of a model, since one may be ill while the other works. */
export interface HealthKey {
  readonly provider: string
  readonly model: string
  readonly operation: string
}

export interface HealthOptions {
  /** So many failures in a row open the breaker. */
  readonly consecutiveFailures: number
  /** Or this share of failures, 0–1, of at least `minCalls` calls within `windowMs`. */
  readonly failureRate: number
  readonly minCalls: number
  readonly windowMs: number
  /** How long it stays open; doubled each time that the probe fails, up to `maxOpenMs`. */
  readonly openMs: number
  readonly maxOpenMs: number
  /** How long a provider rests whose key or credit was refused: only a person can mend that. */
  readonly refusedMs: number
}

export const defaultHealthOptions: HealthOptions = {
  consecutiveFailures: 5, failureRate: 0.5, minCalls: 10, windowMs: 60_000, openMs: 30_000, maxOpenMs: 300_000, refusedMs: 60_000
}

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface Condition {
  readonly state: BreakerState
  /** Until the next probe, milliseconds; 0 unless open. */
  readonly retryAfterMs: number
  /** What opened it. */
  readonly code: ErrorCode | null
}

/** The outcome of one call. `code` null = success; `retryAfterMs` is the vendor's own wish. */
export interface CallOutcome {
  readonly code: ErrorCode | null
  readonly ms: number
  readonly retryAfterMs?: number | undefined
}

export interface Permit {
  /** Once per permit. Without an outcome the call says nothing of the provider's health (the caller went away). */
  end (outcome?: CallOutcome): void
}

interface Breaker {
  state: BreakerState
  openUntil: number
  openMs: number
  code: ErrorCode | null
  consecutive: number
  calls: CallWindow
  probing: boolean
}

/** Failures of the provider; what else goes wrong (the content, the request) shows that it works. */
const failures = new Set<ErrorCode>([
  'EDIT_ERR_PROVIDER_UNAVAILABLE', 'EDIT_ERR_PROVIDER_TIMEOUT', 'EDIT_ERR_PROVIDER_RESPONSE'
])
const refusals = new Set<ErrorCode>(['EDIT_ERR_PROVIDER_AUTH', 'EDIT_ERR_PROVIDER_QUOTA'])

/**
 * Breakers: one per provider, model and operation, and one per provider for what concerns its key. Open means that nobody
 * asks until the time is up; then one probe decides. `now` is a monotonic clock, milliseconds.
 */
export class Health {
  readonly #options: HealthOptions
  readonly #now: () => number
  readonly #breakers = new Map<string, Breaker>()
  readonly #latencies = new Map<string, number>()

  constructor (options: Partial<HealthOptions> = {}, now: () => number = () => performance.now()) {
    this.#options = { ...defaultHealthOptions, ...options }
    this.#now = now
  }

  /** As it is now; looking changes nothing. */
  condition (key: HealthKey): Condition {
    const conditions = [this.#breakers.get(key.provider), this.#breakers.get(nameOf(key))].map(breaker => this.#conditionOf(breaker))
    return conditions.reduce((worst, condition) => condition.retryAfterMs > worst.retryAfterMs || rank(condition) > rank(worst) ? condition : worst)
  }

  /** Asks to make a call; null = not now. In half-open only the first who asks gets a permit. */
  admit (key: HealthKey): Permit | null {
    const breakers = [this.#breaker(key.provider), this.#breaker(nameOf(key))]
    const conditions = breakers.map(breaker => this.#conditionOf(breaker))
    if (conditions.some(({ state }, index) => state === 'open' || (state === 'half-open' && breakers[index]?.probing))) return null
    const probes = breakers.filter((_, index) => conditions[index]?.state === 'half-open')
    for (const breaker of probes) Object.assign(breaker, { state: 'half-open', probing: true })
    let ended = false
    return {
      end: outcome => {
        if (ended) return
        ended = true
        for (const breaker of probes) breaker.probing = false
        if (outcome !== undefined) this.#record(key, outcome)
      }
    }
  }

  /** Smoothed duration of successful calls, milliseconds; undefined before the first. */
  latencyMs (key: HealthKey): number | undefined {
    return this.#latencies.get(nameOf(key))
  }

  /** All breakers of a provider that are not closed. */
  troubles (provider: string): Array<Condition & { readonly model: string | null, readonly operation: string | null }> {
    return [...this.#breakers].flatMap(([name, breaker]) => {
      const [owner, model = null, operation = null] = name.split('\n')
      const condition = this.#conditionOf(breaker)
      return owner === provider && condition.state !== 'closed' ? [{ model, operation, ...condition }] : []
    })
  }

  #record (key: HealthKey, { code, ms, retryAfterMs }: CallOutcome): void {
    const own = this.#breaker(nameOf(key))
    const whole = this.#breaker(key.provider)
    if (code !== null && refusals.has(code)) return this.#open(whole, code, this.#options.refusedMs)
    this.#close(whole)
    if (code === 'EDIT_ERR_PROVIDER_RATE_LIMITED') return this.#open(own, code, Math.min(retryAfterMs ?? own.openMs, this.#options.maxOpenMs))
    if (code === null) this.#measure(key, ms)
    this.#count(own, code)
  }

  #count (breaker: Breaker, code: ErrorCode | null): void {
    const { consecutiveFailures, failureRate, minCalls, maxOpenMs } = this.#options
    const failed = code !== null && failures.has(code)
    if (breaker.state !== 'closed') {
      if (!failed) return this.#close(breaker)
      return this.#open(breaker, code, Math.min(breaker.openMs * 2, maxOpenMs))
    }
    breaker.consecutive = failed ? breaker.consecutive + 1 : 0
    breaker.calls.add(this.#now(), failed)
    if (!failed) return
    const { calls } = breaker
    const share = calls.failed / calls.total
    if (breaker.consecutive >= consecutiveFailures || (calls.total >= minCalls && share >= failureRate)) {
      this.#open(breaker, code, Math.min(breaker.openMs, maxOpenMs))
    }
  }

  #open (breaker: Breaker, code: ErrorCode, ms: number): void {
    const lasting = code === 'EDIT_ERR_PROVIDER_RATE_LIMITED' ? breaker.openMs : ms
    Object.assign(breaker, { state: 'open', openUntil: this.#now() + ms, openMs: lasting, code, consecutive: 0, calls: new CallWindow(this.#options.windowMs) })
  }

  #close (breaker: Breaker): void {
    Object.assign(breaker, { state: 'closed', openUntil: 0, openMs: this.#options.openMs, code: null, consecutive: 0 })
  }

  #measure (key: HealthKey, ms: number): void {
    const name = nameOf(key)
    const known = this.#latencies.get(name)
    this.#latencies.set(name, known === undefined ? ms : known + (ms - known) * 0.2)
  }

  #breaker (name: string): Breaker {
    let breaker = this.#breakers.get(name)
    if (breaker === undefined) {
      breaker = { state: 'closed', openUntil: 0, openMs: this.#options.openMs, code: null, consecutive: 0, calls: new CallWindow(this.#options.windowMs), probing: false }
      this.#breakers.set(name, breaker)
    }
    return breaker
  }

  #conditionOf (breaker: Breaker | undefined): Condition {
    if (breaker === undefined || breaker.state === 'closed') return { state: 'closed', retryAfterMs: 0, code: null }
    const retryAfterMs = Math.max(0, breaker.openUntil - this.#now())
    return { state: retryAfterMs > 0 ? 'open' : 'half-open', retryAfterMs, code: breaker.code }
  }
}

function nameOf ({ provider, model, operation }: HealthKey): string {
  return `${provider}\n${model}\n${operation}`
}

function rank ({ state }: Condition): number {
  return ['closed', 'half-open', 'open'].indexOf(state)
}
