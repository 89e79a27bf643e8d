import { EditError } from './errors.ts'
import type { Operation } from './operations.ts'
import type { Offer } from './registry.ts'
import type { RouteWish } from './request.ts'

/** The operator's order: by operation, `*` for those without their own. Entries are a provider or `provider/model`. */
export type Order = Readonly<Partial<Record<string, readonly string[]>>>

/** An offer at its place in line; `model` is the id to ask for. */
export interface Ranked {
  readonly offer: Offer
  readonly model: string
  /** The caller asked for it by name. */
  readonly named: boolean
  /** Why it is not to be asked; null = it may be. */
  readonly excluded: string | null
}

/** @throws {TypeError} when an entry names nobody that is known, with the list of those who are */
export function checkOrder (order: Order, offers: readonly Offer[], alsoKnown: readonly string[] = []): void {
  const known = new Set([...offers.flatMap(({ provider, card }) => [provider, `${provider}/${card.id}`]), ...alsoKnown])
  const takesAnyModel = offers.filter(offer => offer.anyModel).map(offer => `${offer.provider}/`)
  for (const [operation, entries = []] of Object.entries(order)) {
    for (const entry of entries) {
      if (known.has(entry) || takesAnyModel.some(prefix => entry.startsWith(prefix))) continue
      throw new TypeError(`order.${operation}: "${entry}" is no provider; known: ${[...known].join(', ')}`)
    }
  }
}

/**
 * Puts all offers in line: what the request names first, then its own fallback list, or the operator's order for the
 * operation, else the providers' own priority (in which the offers come).
 * @throws {EditError} EDIT_ERR_INVALID_REQUEST when the request names what does not exist or is not allowed
 */
export function rank (offers: readonly Offer[], order: Order, operation: Operation, route: RouteWish): Ranked[] {
  const first = namedOffers(offers, route)
  const isNamed = new Set(first.map(({ offer }) => offer))
  const rest = offers.filter(offer => !isNamed.has(offer))
  const configured = order[operation] ?? order['*']
  const entries = Array.isArray(route.fallback) ? allowed(route.fallback, configured, offers) : configured
  const all = entries === undefined
    ? rest.map(offer => listed(offer))
    : unique(entries.flatMap(entry => rest.filter(offer => isMeant(entry, offer)).map(offer => listed(offer, modelOf(entry, offer)))))
  const inLine = new Set(all.map(({ offer }) => offer))
  const reason = entries === configured ? 'the operator\'s order for this operation leaves it out' : 'the request\'s fallback leaves it out'
  return [...first, ...all, ...rest.filter(offer => !inLine.has(offer)).map(offer => ({ ...listed(offer), excluded: reason }))]
}

function allowed (wanted: readonly string[], configured: readonly string[] | undefined, offers: readonly Offer[]): readonly string[] {
  const legal = configured === undefined ? offers : offers.filter(offer => configured.some(entry => isMeant(entry, offer)))
  for (const entry of wanted) {
    if (!legal.some(offer => isMeant(entry, offer))) {
      throw unknownName('fallback', entry, [...new Set(legal.flatMap(({ provider, card }) => [provider, `${provider}/${card.id}`]))])
    }
  }
  return wanted
}

function isMeant (entry: string, offer: Offer): boolean {
  return offer.provider === entry || modelOf(entry, offer) !== undefined
}

function listed (offer: Offer, model = offer.card.id): Ranked {
  return { offer, model, named: false, excluded: null }
}

function named (offer: Offer, model = offer.card.id): Ranked {
  return { offer, model, named: true, excluded: null }
}

/** The model of an entry `provider/model` when it is one that the offer serves. */
function modelOf (entry: string, { provider, card, anyModel }: Offer): string | undefined {
  if (!entry.startsWith(`${provider}/`)) return undefined
  const model = entry.slice(provider.length + 1)
  return model === card.id || anyModel ? model : undefined
}

function unique (ranked: readonly Ranked[]): Ranked[] {
  const seen = new Set<string>()
  return ranked.filter(({ offer, model }) => {
    const key = `${offer.provider} ${model}`
    return !seen.has(key) && seen.add(key)
  })
}

function namedOffers (offers: readonly Offer[], { provider, model }: RouteWish): Ranked[] {
  const within = provider === undefined ? offers : offers.filter(offer => offer.provider === provider || offer.vendor === provider)
  if (within.length === 0 && offers.length > 0) {
    const known = [...new Set(offers.flatMap(offer => [offer.provider, offer.vendor]))]
    throw unknownName('provider', provider, known)
  }
  if (model === undefined) return provider === undefined ? [] : within.map(offer => named(offer))

  // A model that a card lists says more than a provider's name: it is where the caller's choice is kept in full.
  const listed = within.filter(offer => offer.card.id === model)
  const matches = listed.length > 0 ? listed : offers.filter(offer => offer.card.id === model)
  if (matches.length > 0) return matches.map(offer => named(offer))
  const open = within.filter(offer => offer.anyModel)
  if (open.length > 0) return open.map(offer => named(offer, model))
  throw unknownName('model', model, within.map(offer => offer.card.id))
}

function unknownName (field: string, name: string | undefined, known: readonly string[]): EditError {
  return new EditError('EDIT_ERR_INVALID_REQUEST', `${field}: "${name}" is not known here; known: ${known.join(', ')}`, {
    details: { field, known }
  })
}
