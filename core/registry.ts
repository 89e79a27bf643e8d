import { checkProvider, freezeDeep } from './check-provider.ts'
import type { EditProvider } from './contract.ts'
import type { Condition } from './health.ts'
import type { ModelCard } from './model-card.ts'

export type ProviderStatus = 'ready' | 'unconfigured' | 'quarantined'

/** What `GET /api/image-studio/providers` shows of one provider. */
export interface ProviderListing {
  readonly name: string
  readonly vendor: string
  readonly status: ProviderStatus
  /** Why it is not ready; null = it is. */
  readonly reason: string | null
  readonly models: readonly ModelCard[]
  /** Breakers that are not closed; `model` null = the whole provider. */
  readonly troubles?: ReadonlyArray<Condition & { readonly model: string | null, readonly operation: string | null }>
}

/** One model of one provider, as the planner sees it. */
export interface Offer {
  readonly provider: string
  readonly vendor: string
  readonly card: ModelCard
  readonly priority: number
  readonly anyModel: boolean
  /** Why it cannot be asked (the provider lacks its key); null = it can. */
  readonly unconfigured: string | null
}

/** A provider that is known but cannot work as the service is configured. */
export type UnconfiguredProvider = Pick<EditProvider, 'name' | 'vendor' | 'models' | 'priority' | 'anyModel'>

interface Entry extends ProviderListing {
  readonly provider: EditProvider | null
  readonly offers: readonly Offer[]
}

/** Checks providers against the contract and keeps them with their cards. */
export class ProviderRegistry {
  readonly #entries = new Map<string, Entry>()
  readonly #quarantined: ProviderListing[] = []
  #offers: readonly Offer[] | undefined

  /** Throws a TypeError that lists every breach of the contract, or names the provider that has the name already. */
  register (provider: EditProvider): void {
    checkProvider(provider)
    this.#add(provider, provider, null)
  }

  /** For a plugin whose key is missing: its models stay listed and are planned as unconfigured. `reason` names the remedy. */
  unconfigured (provider: UnconfiguredProvider, reason: string): void {
    checkProvider({ specificationVersion: 'v1', ...provider }, { described: true })
    this.#add(provider, null, reason)
  }

  /** Takes a provider out again, because its plugin failed after it had registered it. */
  withdraw (name: string): void {
    this.#entries.delete(name)
    this.#offers = undefined
  }

  quarantine (name: string, reason: string): void {
    this.#quarantined.push({ name, vendor: '', status: 'quarantined', reason, models: [] })
  }

  get (name: string): EditProvider | undefined {
    return this.#entries.get(name)?.provider ?? undefined
  }

  list (): ProviderListing[] {
    return [...this.#entries.values(), ...this.#quarantined]
      .map(({ name, vendor, status, reason, models }) => ({ name, vendor, status, reason, models }))
  }

  /** Every model of every registered provider, in the providers' own priority. */
  offers (): readonly Offer[] {
    this.#offers ??= [...this.#entries.values()]
      .flatMap(entry => entry.offers)
      .toSorted((a, b) => a.priority - b.priority)
    return this.#offers
  }

  #add (described: UnconfiguredProvider, provider: EditProvider | null, reason: string | null): void {
    const { name, vendor, priority = 100, anyModel = false } = described
    if (this.#entries.has(name)) throw new TypeError(`a provider named "${name}" is registered already`)
    const models: readonly ModelCard[] = freezeDeep(structuredClone(described.models))
    this.#entries.set(name, {
      name,
      vendor,
      status: provider === null ? 'unconfigured' : 'ready',
      reason,
      models,
      provider,
      offers: models.map((card, index) => ({
        provider: name, vendor, card, priority, anyModel: anyModel && index === 0, unconfigured: reason
      }))
    })
    this.#offers = undefined
  }
}
