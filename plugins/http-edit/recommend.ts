import type { FastifyInstance } from 'fastify'
import type { ModelCard, Offer } from '../../core/index.ts'
import { largestSquare, priceRange } from './card-facts.ts'
import { choose } from './choice.ts'
import type { RecommendBody } from './schemas.ts'

const mostAlternatives = 3

/** Tiers from the cheapest to the best, and how many of them a user may use. */
const tiers: ReadonlyArray<ModelCard['tier']> = ['budget', 'mid', 'premium']
const tiersOf = { free: 1, pro: 2, enterprise: 3 } as const

/**
 * What `POST /edit/recommend` answers: of the models that do the operation at that resolution, can be asked now and are
 * within the user's tiers, the first by the preference. Cost decides when both preferences are named.
 * @throws {EditError} EDIT_ERR_NO_CAPABLE_PROVIDER with the reason of each model
 */
export function recommend (app: Pick<FastifyInstance, 'edits' | 'EditError'>, request: RecommendBody) {
  const { operation, image_resolution: resolution, user_tier: userTier = 'enterprise', preferences = {} } = request
  const allowed = tiers.slice(0, tiersOf[userTier])
  const fitting = choose(app, {
    operation,
    resolution,
    misfit: ({ card, unconfigured }) => {
      if (unconfigured !== null) return unconfigured
      if (!allowed.includes(card.tier)) return `is of the tier ${card.tier}; users of ${userTier} have ${allowed.join(' and ')}`
    }
  })
  const byQuality = preferences.prioritize_quality === true && preferences.prioritize_cost !== true
  const costOf = ({ card }: Offer) => priceRange(card, resolution).max
  // Sorting forgets in its type that there is at least one.
  const [first = fitting[0], ...others] = fitting.toSorted((a, b) => byQuality
    ? compareQuality(a, b) || costOf(a) - costOf(b)
    : costOf(a) - costOf(b) || compareQuality(a, b))

  const facts = (offer: Offer) => factsOf(offer, costOf(offer))
  const size = resolution === undefined ? '' : ` at ${resolution.width}×${resolution.height}`
  const among = fitting.length === 1 ? 'The only model that does' : `${byQuality ? 'Best' : 'Cheapest'} of ${fitting.length} models that do`
  const bound = request.user_tier === undefined ? '' : ` for users of ${userTier}`
  return {
    recommended_model: first.card.id,
    reason: `${among} ${operation}${size} and can be asked now${bound}: ${facts(first)}.`,
    alternatives: others.slice(0, mostAlternatives).map(offer => ({
      model_id: offer.card.id,
      name: offer.card.name,
      cost: costOf(offer),
      reason: `Also does ${operation}${size}: ${facts(offer)}.`,
      provider: offer.provider
    })),
    provider: first.provider,
    cost: costOf(first)
  }
}

/** Negative: a is better. */
function compareQuality (a: Offer, b: Offer): number {
  const tierOf = ({ card }: Offer) => tiers.indexOf(card.tier)
  // No limit told is no promise.
  const sideOf = ({ card }: Offer) => largestSquare(card) ?? 0
  return tierOf(b) - tierOf(a) || sideOf(b) - sideOf(a)
}

function factsOf ({ card }: Offer, cost: number): string {
  const side = largestSquare(card)
  return [
    cost === 0 ? 'free of charge' : `$${cost} an image`,
    `tier ${card.tier}`,
    ...side === undefined ? [] : [`up to ${side}×${side}`]
  ].join(', ')
}
