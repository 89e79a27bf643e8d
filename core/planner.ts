import { fit, type Fit } from './fit.ts'
import type { Condition, Health } from './health.ts'
import { rank, type Order, type Ranked } from './order.ts'
import type { Offer } from './registry.ts'
import type { EditRequest, Rejection, RejectionReason, RouteWish } from './request.ts'

/** A model that can honour the request, with everything that will be done to fit it. */
export interface Candidate extends Exclude<Fit, { reason: RejectionReason }> {
  readonly offer: Offer
  /** The id to ask for. */
  readonly model: string
  /** The request asked for it by name. */
  readonly named: boolean
  /** Measured where it has been asked before, else the card's. */
  readonly expectedSeconds: number
}

export interface Plan {
  /** In the order in which they will be asked. */
  readonly candidates: readonly Candidate[]
  readonly rejected: readonly Rejection[]
  /** Sentences about the route for the caller. */
  readonly warnings: readonly string[]
  /** When somebody whose breaker is open may be asked again, milliseconds; undefined = no breaker is open. */
  readonly retryAfterMs: number | undefined
}

/** What the planner wants to know of the providers' health. */
export type HealthView = Pick<Health, 'condition' | 'latencyMs'>

/**
 * Every model of every provider is a candidate or is rejected with a reason. Pure: it spends nothing and asks nobody.
 * What the request names comes first, also emulated, as the caller has chosen it; then candidates that need no emulation; then those
 * that would drop less; then as `prefer` says.
 * @throws {EditError} EDIT_ERR_INVALID_REQUEST when the request names a provider or model that does not exist
 */
export function plan (request: EditRequest, offers: readonly Offer[], order: Order, health?: HealthView): Plan {
  const candidates: Candidate[] = []
  const rejected: Rejection[] = []
  const waits: number[] = []
  for (const ranked of rank(offers, order, request.operation, request.route)) {
    const { offer, model, named } = ranked
    const key = { provider: offer.provider, model, operation: request.operation }
    const fitted = fit(request, offer.card)
    const condition = health?.condition(key) ?? healthy
    const rejection = rejectionOf(ranked, fitted, condition)
    if (rejection?.reason === 'breaker') waits.push(condition.retryAfterMs)
    if (rejection !== undefined) rejected.push({ provider: offer.provider, model, ...rejection })
    if (rejection !== undefined || 'reason' in fitted) continue
    const latencyMs = health?.latencyMs(key)
    candidates.push({ offer, model, named, expectedSeconds: latencyMs === undefined ? offer.card.expectedSeconds : latencyMs / 1000, ...fitted })
  }
  const worth = preference[request.route.prefer ?? 'order']
  candidates.sort((a, b) => Number(b.named) - Number(a.named) || isEmulated(a) - isEmulated(b) || a.dropped.length - b.dropped.length || worth(a) - worth(b))
  const surplus = request.route.fallback === 'none' ? candidates.splice(isNamedOrFree(request, candidates[0]) ? 1 : 0) : []
  rejected.push(...surplus.map(({ offer: { provider }, model }) =>
    ({ provider, model, reason: 'order' as const, message: 'the request wants no fallback' })))
  return {
    candidates,
    rejected,
    warnings: contradictions(request, candidates),
    retryAfterMs: waits.length > 0 ? Math.min(...waits) : undefined
  }
}

function isEmulated ({ emulation }: Candidate): number {
  return emulation === undefined ? 0 : 1
}

/** Without fallback, a request that names somebody gets nobody else. */
function isNamedOrFree ({ route: { provider, model } }: EditRequest, first: Candidate | undefined): boolean {
  return first?.named === true || (provider === undefined && model === undefined)
}

const healthy: Condition = { state: 'closed', retryAfterMs: 0, code: null }

const tiers = { budget: 0, mid: 1, premium: 2 }

/** The smaller, the sooner. */
const preference: Readonly<Record<NonNullable<RouteWish['prefer']>, (candidate: Candidate) => number>> = {
  order: () => 0,
  cost: ({ costUsd }) => costUsd.max,
  speed: ({ expectedSeconds }) => expectedSeconds,
  // Tiers weigh more than any side.
  quality: ({ offer: { card: { tier, outputs } } }) => -(tiers[tier] * 1e6 + (outputs.maxSide ?? 0))
}

/** What the request lacks comes first: it is the reason that stays when the operator adds a key or the vendor recovers. */
function rejectionOf ({ offer, excluded }: Ranked, fitted: Fit, condition: Condition): { reason: RejectionReason, message: string } | undefined {
  if ('reason' in fitted) return fitted
  if (excluded !== null) return { reason: 'order', message: excluded }
  if (offer.unconfigured !== null) return { reason: 'unconfigured', message: offer.unconfigured }
  if (condition.state === 'open') {
    return { reason: 'breaker', message: `rests for ${Math.ceil(condition.retryAfterMs / 1000)} s more after ${condition.code}` }
  }
}

function contradictions ({ route: { provider, model } }: EditRequest, [first]: readonly Candidate[]): string[] {
  if (provider === undefined || model === undefined || first?.model !== model) return []
  const { offer } = first
  if (offer.provider === provider || offer.vendor === provider) return []
  return [`provider "${provider}" does not have the model ${model}: it is asked at ${offer.provider}`]
}
