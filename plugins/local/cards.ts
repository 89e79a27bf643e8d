import type { MediaType, ModelCard } from '../../core/index.ts'

const formats: MediaType[] = ['image/png', 'image/jpeg', 'image/webp', 'image/avif']

/** Four bytes a pixel, a few times over: 1 GB at work on the largest image. */
const maxPixels = 40_000_000

const seed = { type: 'integer', minimum: 0, maximum: 4294967295, default: 0, description: 'Another seed gives another result, the same one the same.' } as const

interface Summary extends Pick<ModelCard, 'id' | 'name' | 'description' | 'operations' | 'capabilities' | 'expectedSeconds'> {
  readonly inputs?: Partial<ModelCard['inputs']>
  readonly outputs?: Partial<ModelCard['outputs']>
  readonly parameters?: ModelCard['parameters']
}

// Only PNG comes out: it loses nothing, and the kernel knows best how to make another format of it.
const card = ({ inputs, outputs, parameters = {}, ...rest }: Summary): ModelCard => ({
  tier: 'budget',
  useCases: ['when nothing may leave the machine', 'when no vendor is configured or none answers'],
  features: ['no key', 'free of charge', 'nothing leaves this machine'],
  languages: ['en'],
  ...rest,
  inputs: { formats, accepts: [], mask: 'none', maxImages: 1, maxPixels, profiles: true, ...inputs },
  outputs: { formats: ['image/png'], size: { rule: 'input' }, alpha: true, ...outputs },
  parameters,
  price: { usd: 0 }
})

/** What this machine can do without a model. Each description says what it takes to work well. */
export const cards: readonly [ModelCard, ...ModelCard[]] = [
  card({
    id: 'local-remove-background',
    name: 'Remove background (local)',
    description: 'Cuts a subject out of a plain or gently shaded background, as in product photographs; refuses busy backgrounds.',
    operations: ['remove_background'],
    capabilities: ['transparency', 'product_photography'],
    expectedSeconds: 2
  }),
  card({
    id: 'local-erase',
    name: 'Erase (local)',
    description: 'Fills the masked region with texture from its surroundings; for objects on sky, walls, grass and patterns.',
    operations: ['erase'],
    capabilities: ['object_removal', 'texture_synthesis'],
    inputs: { mask: 'white-edits' },
    parameters: {
      grow_mask: { type: 'integer', minimum: 0, maximum: 20, default: 3, description: 'Pixels by which the mask is grown, so that no rim of the object stays.' },
      seed
    },
    expectedSeconds: 4
  }),
  card({
    id: 'local-outpaint',
    name: 'Outpaint (local)',
    description: 'Extends an image by texture from its own borders; for sky, water, walls and grass rather than for objects at the border.',
    operations: ['outpaint'],
    capabilities: ['canvas_extension', 'texture_synthesis'],
    inputs: { accepts: ['expansion'], minSide: 32, maxExpansion: 2000 },
    parameters: { seed },
    expectedSeconds: 6
  }),
  card({
    id: 'local-relight',
    name: 'Replace background and relight (local)',
    description: 'Lays the subject over another background and takes over its light: brightness, colour and direction, not cast shadows.',
    operations: ['relight'],
    capabilities: ['background_replacement', 'colour_matching'],
    inputs: { accepts: ['background', 'lighting'] },
    parameters: {
      light_source_strength: { type: 'number', minimum: 0, maximum: 1, default: 0.5, description: 'How strongly the light is taken over.' }
    },
    expectedSeconds: 2
  }),
  card({
    id: 'local-search-recolor',
    name: 'Recolor (local)',
    description: 'Gives everything of one colour another ("the red car", "dark blue"), keeping light and shade. Understands colours, not objects.',
    operations: ['search_recolor'],
    capabilities: ['color_change'],
    inputs: { accepts: ['prompt', 'select_prompt'], mask: 'white-edits', maxPromptLength: 1000 },
    expectedSeconds: 1
  }),
  card({
    id: 'local-general-edit',
    name: 'Adjust (local)',
    description: 'Understands a fixed vocabulary: black and white, sepia, invert, blur, sharpen, brightness, contrast, saturation, warmth, rotate, mirror.',
    operations: ['general_edit'],
    capabilities: ['color_adjustment', 'rotation', 'filters'],
    inputs: { accepts: ['prompt'], mask: 'white-edits', maxPromptLength: 1000 },
    // Rotating changes the size.
    outputs: { size: { rule: 'vendor' } },
    expectedSeconds: 1
  })
]
