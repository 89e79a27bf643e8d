import { Type } from '@sinclair/typebox'
import fp from 'fastify-plugin'
import type { ModelCard } from '../../core/index.ts'

export const vendor = 'wavespeed'

/** None: key, address and times are those of the plugin `wavespeed`. */
export const options = Type.Object({}, { additionalProperties: false })

const ratios = ['1:1', '3:2', '2:3', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9']

const card: ModelCard = {
  id: 'nano-banana-pro-edit-ultra',
  name: 'Nano Banana Pro Edit Ultra',
  description: 'Results of 4096 or 8192 pixels with legible lettering, from up to fourteen pictures; takes a minute or two.',
  tier: 'premium',
  operations: ['general_edit'],
  capabilities: ['high_res', 'professional', 'typography'],
  useCases: ['print and large formats', 'posters and lettering', 'composing many pictures'],
  features: ['4k and 8k results', 'legible text', 'up to 14 pictures'],
  inputs: { formats: ['image/png', 'image/jpeg', 'image/webp'], accepts: ['prompt'], mask: 'none', maxImages: 14 },
  outputs: { formats: ['image/png', 'image/jpeg'], size: { rule: 'ratio', ratios, resolutions: { '4k': 4096, '8k': 8192 } }, alpha: false },
  parameters: {},
  price: { usd: 0.15, byResolution: { '4k': 0.15, '8k': 0.18 } },
  expectedSeconds: 90
}

/** Gemini 3 Pro Image at WaveSpeed AI. */
export default fp(async ({ wavespeed }) => wavespeed.register({
  name: 'wavespeed-nano-banana',
  priority: 30,
  models: [{
    path: 'google/nano-banana-pro/edit-ultra',
    card,
    // It takes longer than any edge waits, and a synchronous task has no id until it is over.
    waits: false,
    inputs: ({ prompt, output: { format, aspectRatio, resolution } }, { images }) =>
      ({ prompt, images, aspect_ratio: aspectRatio, resolution, output_format: format.replace('image/', '') })
  }]
}), { name: 'wavespeed-nano-banana', encapsulate: true, dependencies: ['wavespeed'], decorators: { fastify: ['wavespeed'] } })
