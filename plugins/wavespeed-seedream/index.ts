import { Type } from '@sinclair/typebox'
import fp from 'fastify-plugin'
import type { ModelCard } from '../../core/index.ts'

export const vendor = 'wavespeed'

/** None: key, address and times are those of the plugin `wavespeed`. */
export const options = Type.Object({}, { additionalProperties: false })

const card: ModelCard = {
  id: 'seedream-v4.5-edit',
  name: 'Seedream 4.5 Edit',
  description: 'Keeps faces, fabrics and products as they are while it changes the rest, from up to ten pictures.',
  tier: 'mid',
  operations: ['general_edit'],
  capabilities: ['portrait_retouching', 'fashion_edit', 'product_edit', 'multi_image'],
  useCases: ['portraits', 'fashion', 'product pictures'],
  features: ['keeps faces and details', 'up to 10 pictures', 'results of up to 4096 pixels'],
  inputs: { formats: ['image/png', 'image/jpeg', 'image/webp'], accepts: ['prompt'], mask: 'none', maxImages: 10 },
  // It cannot be asked for a format: JPEG is what it answers with.
  outputs: { formats: ['image/jpeg'], size: { rule: 'exact', minSide: 1024, maxSide: 4096 }, alpha: false },
  parameters: {},
  price: { usd: 0.04 },
  expectedSeconds: 25
}

/** Seedream 4.5 at WaveSpeed AI. Its `size` is no longer in the vendor's table, so it may be ignored: the result tells. */
export default fp(async ({ wavespeed }) => wavespeed.register({
  name: 'wavespeed-seedream',
  priority: 40,
  models: [{
    path: 'bytedance/seedream-v4.5/edit',
    card,
    waits: true,
    inputs: ({ prompt, output: { width, height } }, { images }) => ({ prompt, images, size: `${width}*${height}` })
  }]
}), { name: 'wavespeed-seedream', encapsulate: true, dependencies: ['wavespeed'], decorators: { fastify: ['wavespeed'] } })
