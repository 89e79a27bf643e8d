import type { ModelCard, Offer } from '../../core/index.ts'
import { maxResolution, priceRange } from './card-facts.ts'
import type { ModelsQuery } from './schemas.ts'

/** What `GET /edit/models` answers: the keys of the first models that clients knew, in their order, then ours. */
export function listModels (offers: readonly Offer[], { operation, tier }: ModelsQuery) {
  const models = offers.map(modelItem).filter(model =>
    (operation === undefined || model.capabilities.includes(operation)) && (tier === undefined || model.tier === tier))
  return { models, total: models.length }
}

function modelItem ({ provider, vendor, card, unconfigured }: Offer) {
  const { price, inputs, outputs } = card
  return {
    id: card.id,
    name: card.name,
    description: card.description,
    cost: priceRange(card).min,
    cost_8k: price.byResolution?.['8k'] ?? null,
    tier: card.tier,
    max_resolution: maxResolution(card),
    capabilities: capabilitiesOf(card),
    use_cases: card.useCases ?? [],
    features: card.features ?? [],
    supports_multi_image: inputs.maxImages > 1,
    supports_controlnet: false,
    languages: card.languages ?? [],
    provider,
    vendor,
    available: unconfigured === null,
    unavailable_reason: unconfigured,
    price: inSnakeCase(price),
    limits: { inputs: inSnakeCase(inputs), outputs: inSnakeCase(outputs) },
    parameters: inSnakeCase(card.parameters),
    expected_seconds: card.expectedSeconds
  }
}

export function capabilitiesOf ({ operations, capabilities }: ModelCard): string[] {
  return [...new Set([...operations, ...capabilities])]
}

/** A part of a card in this API's names. Names of resolutions (`4k`) and ratios are no such names: they stay. */
function inSnakeCase (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inSnakeCase)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) =>
    [/^[a-z]+(?:[A-Z][a-z]+)+$/.test(name) ? name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`) : name, inSnakeCase(part)]))
}
