export interface Account {
  /** USD: what is left of the month's included credits and what was bought. */
  readonly credits: number
  /** The token may make calls to Inference Providers. Default true. */
  readonly permitted?: boolean
  /** Organisations whose bill the calls may go on. Default none. */
  readonly organizations?: readonly string[]
}

/** Tokens with their rights and what is left on them. */
export class Accounts {
  readonly #accounts: Readonly<Record<string, Account>>
  readonly #spent = new Map<string, number>()

  constructor (accounts: Readonly<Record<string, Account>>) {
    this.#accounts = accounts
  }

  /** The token of a header, if it is known: only `Bearer` is understood. */
  tokenOf (authorization = ''): string | undefined {
    const [, token = ''] = /^Bearer (hf_[A-Za-z0-9._-]+)$/.exec(authorization) ?? []
    return Object.hasOwn(this.#accounts, token) ? token : undefined
  }

  mayCall (token: string): boolean {
    return this.#accounts[token]?.permitted !== false
  }

  mayBill (token: string, organization: string): boolean {
    return this.#accounts[token]?.organizations?.includes(organization) ?? false
  }

  /** USD. */
  balance (token: string): number {
    return (this.#accounts[token]?.credits ?? 0) - (this.#spent.get(token) ?? 0)
  }

  charge (token: string, usd: number): void {
    this.#spent.set(token, (this.#spent.get(token) ?? 0) + usd)
  }
}
