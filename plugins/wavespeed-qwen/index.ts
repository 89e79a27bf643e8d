import { Type } from '@sinclair/typebox'
import fp from 'fastify-plugin'
import type { ModelCard } from '../../core/index.ts'

export const vendor = 'wavespeed'

/** None: key, address and times are those of the plugin `wavespeed`. */
export const options = Type.Object({}, { additionalProperties: false })

const card: ModelCard = {
  id: 'qwen-edit-plus',
  name: 'Qwen Image Edit Plus',
  description: 'Follows instructions in English and Chinese at a low price: styles, written text, up to three pictures in one.',
  tier: 'budget',
  operations: ['general_edit'],
  capabilities: ['style_transfer', 'text_edit', 'multi_image'],
  useCases: ['everyday edits', 'changing text in pictures', 'other styles'],
  features: ['instructions in English and Chinese', 'up to 3 pictures', 'repeatable by seed'],
  languages: ['en', 'zh'],
  inputs: { formats: ['image/png', 'image/jpeg', 'image/webp'], accepts: ['prompt'], mask: 'none', maxImages: 3 },
  outputs: { formats: ['image/png', 'image/jpeg', 'image/webp'], size: { rule: 'exact', minSide: 256, maxSide: 1536, step: 8 }, alpha: false },
  parameters: {
    seed: { type: 'integer', minimum: -1, maximum: 2_147_483_647, default: -1, description: 'The same seed gives the same picture again; -1 = any.' }
  },
  price: { usd: 0.02 },
  expectedSeconds: 10
}

/** Qwen-Image-Edit-2509 at WaveSpeed AI. */
export default fp(async ({ wavespeed }) => wavespeed.register({
  name: 'wavespeed-qwen',
  priority: 20,
  models: [{
    path: 'wavespeed-ai/qwen-image/edit-plus',
    card,
    waits: true,
    inputs: ({ prompt, parameters: { seed = -1 }, output: { format, width, height } }, { images }) =>
      ({ prompt, images, size: `${width}*${height}`, seed, output_format: format.replace('image/', '') })
  }]
}), { name: 'wavespeed-qwen', encapsulate: true, dependencies: ['wavespeed'], decorators: { fastify: ['wavespeed'] } })
