/** How many requests a key may make, and how long it is locked out when it makes more. Milliseconds. */
export interface RateLimit {
  readonly requests: number
  readonly windowMs: number
  readonly lockMs: number
}

/** Keys with their credits and the pace of their requests. */
export class Accounts {
  readonly #credits: Map<string, number>
  readonly #rateLimit: RateLimit
  readonly #now: () => number
  readonly #recent = new Map<string, number[]>()
  readonly #lockedUntil = new Map<string, number>()

  constructor (credits: Readonly<Record<string, number>>, rateLimit: RateLimit, now: () => number) {
    this.#credits = new Map(Object.entries(credits))
    this.#rateLimit = rateLimit
    this.#now = now
  }

  /** The key that a request shows, if it has an account. The vendor takes it with or without `Bearer`. */
  keyOf (authorization = ''): string | undefined {
    const key = authorization.replace(/^Bearer /, '')
    return this.#credits.has(key) ? key : undefined
  }

  /** Counts a request; false = too many, or still locked out. */
  admit (key: string): boolean {
    const now = this.#now()
    if (now < (this.#lockedUntil.get(key) ?? 0)) return false
    const { requests, windowMs, lockMs } = this.#rateLimit
    const recent = [...this.#recent.get(key) ?? [], now].filter(at => at > now - windowMs)
    this.#recent.set(key, recent)
    if (recent.length <= requests) return true
    this.#lockedUntil.set(key, now + lockMs)
    return false
  }

  balance (key: string): number {
    return this.#credits.get(key) ?? 0
  }

  charge (key: string, credits: number): void {
    this.#credits.set(key, this.balance(key) - credits)
  }
}
