/** Tasks that a key may create in a minute, and have under way at once. */
export interface RateLimit {
  readonly perMinute: number
  readonly concurrent: number
}

const windowMs = 60_000

/** Keys with their balance in USD; null = never topped up, such a key is not active. */
export class Accounts {
  readonly #balances: Map<string, number | null>
  readonly #rateLimit: RateLimit
  readonly #now: () => number
  readonly #created = new Map<string, number[]>()

  constructor (balances: Readonly<Record<string, number | null>>, rateLimit: RateLimit, now: () => number) {
    this.#balances = new Map(Object.entries(balances))
    this.#rateLimit = rateLimit
    this.#now = now
  }

  /** The active key that a request shows. Only as a Bearer token: `X-API-Key` is ignored. */
  keyOf ({ authorization = '' }: Readonly<Record<string, string>>): string | undefined {
    const key = authorization.startsWith('Bearer ') ? authorization.slice(7) : ''
    return typeof this.#balances.get(key) === 'number' ? key : undefined
  }

  /** Counts a task to be created; false = too many. */
  admit (key: string, running: number): boolean {
    const now = this.#now()
    const recent = (this.#created.get(key) ?? []).filter(at => at > now - windowMs)
    const { perMinute, concurrent } = this.#rateLimit
    if (recent.length >= perMinute || running >= concurrent) return false
    this.#created.set(key, [...recent, now])
    return true
  }

  balance (key: string): number {
    return this.#balances.get(key) ?? 0
  }

  /** A negative amount gives it back. */
  charge (key: string, usd: number): void {
    this.#balances.set(key, Math.round((this.balance(key) - usd) * 1e6) / 1e6)
  }
}
