import type { ModelCard } from '../../core/index.ts'

/**
 * The default model; any other id of the Hub is planned with the same limits, which are those of the image-to-image task and
 * not of one model: one image, no mask.
 *
 * The size rule is `vendor`. The task has a `target_size`, but of the providers behind the router some know it by another name
 * and most not at all, and the models round to sizes of their own: whatever comes has its true size read from it. Formats are
 * asked for where the provider has a way to ask; what comes otherwise is converted.
 *
 * No limit of bytes or pixels stands here, because neither the router nor the task documents one, and the providers behind it differ:
 * a large image goes out as it is. One that is too large for whoever serves the model is refused there, before it is billed, and the
 * next provider is asked.
 */
export const cards: readonly [ModelCard, ...ModelCard[]] = [
  {
    id: 'Qwen/Qwen-Image-Edit',
    name: 'Qwen Image Edit',
    description: 'Edits an image by instruction, text in it too; or any other image-to-image model of the Hugging Face Hub, by its id.',
    tier: 'mid',
    operations: ['general_edit'],
    capabilities: ['style_transfer', 'text_edit', 'any_hub_model'],
    languages: ['en', 'zh'],
    inputs: { formats: ['image/png', 'image/jpeg', 'image/webp'], accepts: ['prompt'], mask: 'none', maxImages: 1 },
    outputs: { formats: ['image/png', 'image/jpeg'], size: { rule: 'vendor' }, alpha: false },
    parameters: {
      // The largest that every provider behind the router takes.
      seed: { type: 'integer', minimum: 0, maximum: 2_147_483_647, description: 'The same seed gives the same picture again, where the provider knows it.' },
      guidance_scale: { type: 'number', minimum: 0, maximum: 20, description: 'How closely to follow the prompt.' },
      steps: { type: 'integer', minimum: 2, maximum: 50, description: 'Steps of inference: more are slower, and finer up to a point.' },
      negative_prompt: { type: 'string', description: 'What must not be seen in the result.' }
    },
    price: { usd: 0.05 },
    expectedSeconds: 20
  }
]
