import type { ProviderOutput } from './contract.ts'
import { fit, type Fit } from './fit.ts'
import { rank, type Order, type Ranked } from './order.ts'
import type { Offer } from './registry.ts'
import type { Adaptation, EditRequest, Rejection, RejectionReason } from './request.ts'

/** A model that can honour the request, with everything that will be done to fit it. */
export interface Candidate {
  readonly offer: Offer
  /** The id to ask for. */
  readonly model: string
  /** The request asked for it by name. */
  readonly named: boolean
  readonly adaptations: readonly Adaptation[]
  /** Parameters that the model does not have and that would not reach it. */
  readonly dropped: readonly string[]
  readonly parameters: EditRequest['parameters']
  readonly output: ProviderOutput
  /** USD. */
  readonly costUsd: { readonly min: number, readonly max: number }
  readonly expectedSeconds: number
}

export interface Plan {
  /** In the order in which they will be asked. */
  readonly candidates: readonly Candidate[]
  readonly rejected: readonly Rejection[]
  /** Sentences about the route for the caller. */
  readonly warnings: readonly string[]
}

/**
 * Every model of every provider is a candidate or is rejected with a reason. Pure: it spends nothing and asks nobody.
 * Candidates that would drop a parameter rank behind those that would drop fewer, unless the request names them.
 * @throws {EditError} EDIT_ERR_INVALID_REQUEST when the request names a provider or model that does not exist
 */
export function plan (request: EditRequest, offers: readonly Offer[], order: Order): Plan {
  const candidates: Candidate[] = []
  const rejected: Rejection[] = []
  for (const ranked of rank(offers, order, request.operation, request.route)) {
    const fitted = fit(request, ranked.offer.card)
    const rejection = rejectionOf(ranked, fitted)
    if (rejection !== undefined) rejected.push({ provider: ranked.offer.provider, model: ranked.model, ...rejection })
    if (rejection === undefined && !('reason' in fitted)) {
      candidates.push({
        offer: ranked.offer,
        model: ranked.model,
        named: ranked.place === 'named',
        expectedSeconds: ranked.offer.card.expectedSeconds,
        ...fitted
      })
    }
  }
  candidates.sort((a, b) => Number(b.named) - Number(a.named) || a.dropped.length - b.dropped.length)
  return { candidates, rejected, warnings: contradictions(request, candidates) }
}

/** What the request lacks comes first: it is the reason that stays when the operator adds a key. */
function rejectionOf ({ offer, place }: Ranked, fitted: Fit): { reason: RejectionReason, message: string } | undefined {
  if ('reason' in fitted) return fitted
  if (place === 'excluded') return { reason: 'order', message: 'the operator\'s order for this operation leaves it out' }
  if (offer.unconfigured !== null) return { reason: 'unconfigured', message: offer.unconfigured }
}

function contradictions ({ route: { provider, model } }: EditRequest, [first]: readonly Candidate[]): string[] {
  if (provider === undefined || model === undefined || first?.model !== model) return []
  const { offer } = first
  if (offer.provider === provider || offer.vendor === provider) return []
  return [`provider "${provider}" does not have the model ${model}: it is asked at ${offer.provider}`]
}
