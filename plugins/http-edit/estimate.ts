import type { FastifyInstance } from 'fastify'
import type { Offer } from '../../core/index.ts'
import { roundUsd } from '../_http/usd.ts'
import { priceRange } from './card-facts.ts'
import { choose } from './choice.ts'
import type { EstimateBody } from './schemas.ts'

/**
 * What `POST /estimate-cost` answers: the price of the model that would be asked first, and of each one after it. It spends
 * nothing, and knows prices also of models whose provider has no key yet.
 * @throws {EditError} EDIT_ERR_INVALID_REQUEST when the request names who is not known, EDIT_ERR_NO_CAPABLE_PROVIDER with the
 * reason of each model
 */
export function estimate (app: Pick<FastifyInstance, 'edits' | 'EditError'>, request: EstimateBody) {
  const { operation, num_images: count = 1, input_images: inputImages = 1 } = request
  const resolution = resolutionOf(request)
  const fitting = choose(app, {
    operation,
    resolution,
    named: namedOffers(app, request),
    misfit: ({ card: { inputs: { maxImages } } }) =>
      inputImages > maxImages ? `takes ${maxImages} image${maxImages === 1 ? '' : 's'}` : undefined
  })
  const first = fitting.find(({ unconfigured }) => unconfigured === null) ?? fitting[0]
  const price = ({ card }: Offer) => priceRange(card, resolution, inputImages)
  const perImage = price(first).max
  return {
    provider: first.provider,
    model: modelOf(first, request),
    operation,
    num_images: count,
    resolution: resolution === undefined ? null : `${resolution.width}x${resolution.height}`,
    cost_per_image: perImage,
    total_cost: roundUsd(perImage * count),
    currency: 'USD',
    estimated: true,
    estimates: fitting.map(offer => ({
      provider: offer.provider,
      model: modelOf(offer, request),
      cost_min: roundUsd(price(offer).min * count),
      cost_max: roundUsd(price(offer).max * count),
      available: offer.unconfigured === null
    }))
  }
}

function resolutionOf ({ image_resolution: resolution, width, height }: EstimateBody) {
  return resolution ?? (width === undefined || height === undefined ? undefined : { width, height })
}

/** A provider that takes any model is asked for the one that the request names. */
function modelOf ({ card, anyModel }: Offer, { model }: EstimateBody): string {
  return anyModel && model !== undefined ? model : card.id
}

/** As the kernel understands a request: a model that a card lists says more than a provider's name. */
function namedOffers ({ edits, EditError }: Pick<FastifyInstance, 'edits' | 'EditError'>, { provider, model }: EstimateBody) {
  if (provider === undefined && model === undefined) return undefined
  const unknown = (field: string, name: string, known: readonly string[]) =>
    new EditError('EDIT_ERR_INVALID_REQUEST', `${field}: "${name}" is not known here; known: ${[...new Set(known)].join(', ')}`, {
      details: { field, known: [...new Set(known)] }
    })
  const offers = edits.offers()
  const within = provider === undefined ? offers : offers.filter(offer => offer.provider === provider || offer.vendor === provider)
  if (provider !== undefined && within.length === 0) throw unknown('provider', provider, offers.flatMap(offer => [offer.provider, offer.vendor]))
  if (model === undefined) return within
  const listed = [within, offers].map(some => some.filter(({ card }) => card.id === model)).find(some => some.length > 0)
  const found = listed ?? within.filter(({ anyModel }) => anyModel)
  if (found.length === 0) throw unknown('model', model, within.map(({ card }) => card.id))
  return found
}
