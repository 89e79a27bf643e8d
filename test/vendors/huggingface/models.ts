/** One way in which a model of the Hub is served, as the mapping tells it, and what the emulator has to know beside. */
export interface Serving {
  readonly provider: string
  /** The provider's own name of the model: what its route or body says. */
  readonly providerId: string
  readonly status: 'live' | 'staging'
  readonly task: string
  readonly adapter?: 'lora'
  readonly adapterWeightsPath?: string
  /** For one result. */
  readonly usd: number
  /** The field in which this model wants its image. */
  readonly imageField?: string
  /** Once served, now answered with 410. */
  readonly gone?: boolean
}

/** Hub id → who serves it, the user's first choice first. Empty = on the Hub, served by nobody. */
export type HubModels = Readonly<Record<string, readonly Serving[]>>

const edit = { status: 'live', task: 'image-to-image' } as const
const lora = { ...edit, adapter: 'lora', adapterWeightsPath: 'relighting-kontext-dev-lora-v3.safetensors' } as const

/** Models and provider ids that were known when this was written; they drift, and nothing here depends on which they are. */
export const defaultModels: HubModels = {
  'Qwen/Qwen-Image-Edit': [
    { ...edit, provider: 'fal-ai', providerId: 'fal-ai/qwen-image-edit', usd: 0.03, imageField: 'image_url' },
    { ...edit, provider: 'replicate', providerId: 'qwen/qwen-image-edit', usd: 0.03, imageField: 'image' }
  ],
  'Qwen/Qwen-Image-Edit-2509': [
    { ...edit, provider: 'wavespeed', providerId: 'wavespeed-ai/qwen-image/edit-plus-lora', usd: 0.025, imageField: 'images' },
    { ...edit, provider: 'fal-ai', providerId: 'fal-ai/qwen-image-edit-plus', usd: 0.03, imageField: 'image_urls' }
  ],
  'black-forest-labs/FLUX.1-Kontext-dev': [
    { ...edit, provider: 'replicate', providerId: 'black-forest-labs/flux-kontext-dev', usd: 0.025, imageField: 'input_image' },
    { ...edit, provider: 'fal-ai', providerId: 'fal-ai/flux-kontext/dev', usd: 0.025, imageField: 'image_url' },
    { ...edit, provider: 'together', providerId: 'black-forest-labs/FLUX.1-kontext-dev', usd: 0.025, imageField: 'image_url' }
  ],
  'black-forest-labs/FLUX.2-dev': [
    { ...edit, provider: 'together', providerId: 'black-forest-labs/FLUX.2-dev', usd: 0.015, imageField: 'reference_images' },
    { ...edit, provider: 'wavespeed', providerId: 'wavespeed-ai/flux-2-dev/edit', usd: 0.012, imageField: 'images' },
    { ...edit, provider: 'fal-ai', providerId: 'fal-ai/flux-2/edit', usd: 0.012, imageField: 'image_urls' }
  ],
  'timbrooks/instruct-pix2pix': [
    { ...edit, provider: 'hf-inference', providerId: 'timbrooks/instruct-pix2pix', usd: 0.001 }
  ],
  'lambdalabs/gone-pix2pix': [
    { ...edit, provider: 'hf-inference', providerId: 'lambdalabs/gone-pix2pix', usd: 0.001, gone: true }
  ],
  'kontext-community/relighting-kontext-dev-lora-v3': [
    { ...lora, provider: 'fal-ai', providerId: 'fal-ai/flux-kontext-lora', usd: 0.035, imageField: 'image_url' },
    { ...lora, provider: 'wavespeed', providerId: 'wavespeed-ai/flux-kontext-dev-lora', usd: 0.03, imageField: 'image' },
    { ...lora, provider: 'replicate', providerId: 'lucataco/flux-kontext-lora:0a1b2c3d4e5f', usd: 0.03, imageField: 'input_image' }
  ],
  'HiDream-ai/HiDream-E1-Full': [
    { ...edit, provider: 'wavespeed', providerId: 'wavespeed-ai/hidream-e1-full', status: 'staging', usd: 0.024, imageField: 'image' }
  ],
  'black-forest-labs/FLUX.1-schnell': [
    { ...edit, provider: 'fal-ai', providerId: 'fal-ai/flux/schnell', task: 'text-to-image', usd: 0.003 }
  ],
  'fancy-lab/elsewhere-edit': [
    { ...edit, provider: 'nscale', providerId: 'fancy-lab/elsewhere-edit', usd: 0.01 }
  ],
  'fancy-lab/weights-only': []
}

export function servingOf (models: HubModels, provider: string, providerId: string): Serving | undefined {
  return Object.values(models).flat().find(serving => serving.provider === provider && serving.providerId === providerId)
}
