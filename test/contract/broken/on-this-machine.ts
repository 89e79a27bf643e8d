import type { FastifyPluginAsync } from 'fastify'
import sharp from 'sharp'
import type { EditProvider, ModelCard } from '../../../core/index.ts'

export const card: ModelCard = {
  id: 'invert',
  name: 'Invert',
  description: 'Makes a negative.',
  tier: 'budget',
  operations: ['general_edit'],
  capabilities: [],
  inputs: { formats: ['image/png', 'image/jpeg'], accepts: ['prompt'], mask: 'none', maxImages: 1 },
  outputs: { formats: ['image/jpeg'], size: { rule: 'input' }, alpha: false },
  parameters: { rounds: { type: 'integer', description: 'How often it looks at the image.', minimum: 1, maximum: 1000 } },
  price: { usd: 0 },
  expectedSeconds: 0.1
}

/** A provider without a vendor, which keeps the contract: it works in pieces, and looks at its signal between them. */
export function onThisMachine (name: string, change: (provider: EditProvider) => EditProvider = provider => provider): FastifyPluginAsync {
  return async app => {
    app.providers.register(change({
      specificationVersion: 'v1',
      name,
      vendor: name,
      models: [card],
      async submit ({ images: [image], parameters }, { signal }) {
        for (let round = 0; round < Number(parameters.rounds); round++) {
          await sharp(image.bytes).stats()
          signal.throwIfAborted()
        }
        return { state: 'done', result: { images: [{ bytes: await sharp(image.bytes).negate().jpeg().toBuffer() }] } }
      }
    }))
  }
}
