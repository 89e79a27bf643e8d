import type { FastifyInstance } from 'fastify'
import type { Offer, Operation } from '../../core/index.ts'
import { sizeMisfit } from './card-facts.ts'
import type { Resolution } from './schemas.ts'

export interface Wish {
  readonly operation: Operation
  readonly resolution: Resolution | undefined
  /** What the request names; absent: every model, as the operator has put them in order. */
  readonly named?: readonly Offer[] | undefined
  /** A further reason to leave a model out, for people. */
  readonly misfit: (offer: Offer) => string | undefined
}

/**
 * The models that fit, in the order in which the service asks them.
 * @throws {EditError} EDIT_ERR_NO_CAPABLE_PROVIDER with the reason of each model
 */
export function choose ({ edits, EditError }: Pick<FastifyInstance, 'edits' | 'EditError'>, wish: Wish): readonly [Offer, ...Offer[]] {
  const { operation, named } = wish
  const inLine = named ?? edits.offers(operation)
  const judged = (named ?? edits.offers()).map(offer => ({ offer, reason: reasonAgainst(offer, wish, inLine) }))
  const [first, ...rest] = inLine.filter(offer => judged.some(entry => entry.offer === offer && entry.reason === undefined))
  if (first !== undefined) return [first, ...rest]
  const models = judged.map(({ offer: { provider, card }, reason }) => ({ provider, model: card.id, reason }))
  const able = judged.filter(({ offer: { card } }) => card.operations.includes(operation))
  throw new EditError('EDIT_ERR_NO_CAPABLE_PROVIDER', able.length === 0
    ? `no model does ${operation}`
    : `no model fits: ${able.map(({ offer: { card }, reason }) => `${card.id} ${reason}`).join('; ')}`, { details: { models } })
}

function reasonAgainst (offer: Offer, { operation, resolution, misfit }: Wish, inLine: readonly Offer[]): string | undefined {
  if (!offer.card.operations.includes(operation)) return `does not do ${operation}`
  if (!inLine.includes(offer)) return 'is left out by the operator\'s order for this operation'
  return (resolution && sizeMisfit(offer.card, resolution)) ?? misfit(offer)
}
