import type { Gates } from '../../core/gates.ts'
import type { EditProvider, ModelCard } from '../../core/index.ts'
import type { EditImage, EditRequest } from '../../core/request.ts'
import type { Offer } from '../../core/registry.ts'

export function card (changes: Partial<ModelCard> = {}): ModelCard {
  return {
    id: 'paint',
    name: 'Paint',
    description: 'Paints.',
    tier: 'budget',
    operations: ['general_edit'],
    capabilities: [],
    inputs: { formats: ['image/png'], accepts: ['prompt'], mask: 'none', maxImages: 1 },
    outputs: { formats: ['image/png'], size: { rule: 'input' }, alpha: true },
    parameters: {},
    price: { usd: 0.02 },
    expectedSeconds: 2,
    ...changes
  }
}

export function inputs (changes: Partial<ModelCard['inputs']> = {}): ModelCard['inputs'] {
  return { ...card().inputs, ...changes }
}

export function provider (changes: Partial<EditProvider> = {}): EditProvider {
  return {
    specificationVersion: 'v1',
    name: 'acme',
    vendor: 'acme',
    models: [card()],
    async submit () { return { state: 'done', result: { images: [{ bytes: Buffer.from('x') }] } } },
    ...changes
  }
}

export function offer (changes: Partial<Offer> = {}): Offer {
  return { provider: 'acme', vendor: changes.provider ?? 'acme', card: card(), priority: 100, anyModel: false, unconfigured: null, ...changes }
}

export function image (changes: Partial<EditImage> = {}): EditImage {
  return { bytes: Buffer.from('png'), mediaType: 'image/png', width: 640, height: 480, alpha: false, profile: null, ...changes }
}

export function request (changes: Partial<EditRequest> = {}): EditRequest {
  return {
    operation: 'general_edit',
    images: [image()],
    count: 1,
    prompt: 'a hat',
    parameters: {},
    output: { format: 'image/png' },
    route: {},
    warnings: [],
    ...changes
  }
}

/** Where it does not matter what a result shows, as long as it decodes. */
export const noGates: Gates = { damaged: true, blank: false, unchanged: false, size: false, transparency: false, moderated: false }
