import type { ModelCard, ParameterRule } from '../../core/index.ts'

type Inputs = ModelCard['inputs']
type Outputs = ModelCard['outputs']

// Stability's unit of account.
const usdPerCredit = 0.01

const maxPromptLength = 10_000
// Whole requests are limited to 10 MiB; up to three texts of 10 000 letters of three bytes, and the form around them, take their part.
const maxRequestBytes = 10 * 1024 * 1024 - 128 * 1024

const anyShape: Omit<Inputs, 'accepts' | 'mask'> = {
  formats: ['image/png', 'image/jpeg', 'image/webp'],
  maxImages: 1,
  minSide: 64,
  minPixels: 4096,
  maxPixels: 9_437_184,
  maxBytes: maxRequestBytes,
  maxRequestBytes,
  maxPromptLength
}
const limitedShape: typeof anyShape = { ...anyShape, minAspectRatio: 1 / 2.5, maxAspectRatio: 2.5 }

const asInput: Outputs = { formats: ['image/png', 'image/jpeg', 'image/webp'], size: { rule: 'input' }, alpha: false }
// "The resolution of the generated image will be 4 megapixels": whatever that means for a smaller one, the result tells.
const fourMegapixels: Outputs = { ...asInput, size: { rule: 'vendor' } }

const seed: ParameterRule = {
  type: 'integer', minimum: 0, maximum: 4_294_967_294, default: 0, description: 'The same seed gives the same picture again; 0 = any.'
}
const negativePrompt: ParameterRule = { type: 'string', maxLength: maxPromptLength, description: 'What must not be seen in the result.' }
const stylePreset: ParameterRule = {
  type: 'string',
  description: 'Leads the result towards a style.',
  values: [
    'enhance', 'anime', 'photographic', 'digital-art', 'comic-book', 'fantasy-art', 'line-art', 'analog-film', 'neon-punk', 'isometric',
    'low-poly', 'origami', 'modeling-compound', 'cinematic', '3d-model', 'pixel-art', 'tile-texture'
  ]
}
const growMask = (maximum: number, standard: number): ParameterRule => ({
  type: 'integer', minimum: 0, maximum, default: standard, description: 'Pixels by which the edited region grows on all sides, softly.'
})
const fraction = (standard: number, description: string): ParameterRule =>
  ({ type: 'number', minimum: 0, maximum: 1, default: standard, description })
const painting = { seed, negative_prompt: negativePrompt, style_preset: stylePreset }

/** One card for each endpoint under /v2beta/stable-image/edit; limits and ranges of the OpenAPI of 2026, prices of that year. */
export const cards: readonly [ModelCard, ...ModelCard[]] = [
  {
    id: 'stability-inpaint',
    name: 'Stability AI Inpaint',
    description: 'Paints a masked region anew, as the prompt says; soft masks are understood.',
    tier: 'mid',
    operations: ['inpaint'],
    capabilities: ['mask', 'style_presets'],
    languages: ['en'],
    inputs: { ...anyShape, accepts: ['prompt'], mask: 'white-edits' },
    outputs: fourMegapixels,
    parameters: { ...painting, grow_mask: growMask(100, 5) },
    price: { usd: 5 * usdPerCredit },
    expectedSeconds: 12
  },
  {
    id: 'stability-erase',
    name: 'Stability AI Erase',
    description: 'Removes what a mask covers and fills the gap from its surroundings.',
    tier: 'mid',
    operations: ['erase'],
    capabilities: ['mask', 'object_removal'],
    inputs: { ...anyShape, accepts: [], mask: 'white-edits' },
    outputs: fourMegapixels,
    parameters: { seed, grow_mask: growMask(20, 5) },
    price: { usd: 5 * usdPerCredit },
    expectedSeconds: 8
  },
  {
    id: 'stability-outpaint',
    name: 'Stability AI Outpaint',
    description: 'Extends an image by up to 2000 pixels on each side.',
    tier: 'mid',
    operations: ['outpaint'],
    capabilities: ['style_presets'],
    languages: ['en'],
    inputs: { ...limitedShape, accepts: ['prompt', 'expansion'], mask: 'none', maxExpansion: 2000 },
    outputs: asInput,
    parameters: { seed, style_preset: stylePreset, creativity: fraction(0.5, 'How freely the added parts are invented.') },
    price: { usd: 4 * usdPerCredit },
    expectedSeconds: 12
  },
  {
    id: 'stability-search-replace',
    name: 'Stability AI Search and Replace',
    description: 'Finds by itself what the search prompt names and replaces it; needs no mask.',
    tier: 'mid',
    operations: ['search_replace'],
    capabilities: ['automatic_mask', 'style_presets'],
    languages: ['en'],
    inputs: { ...limitedShape, accepts: ['prompt', 'search_prompt'], mask: 'none' },
    outputs: fourMegapixels,
    parameters: { ...painting, grow_mask: growMask(20, 3) },
    price: { usd: 5 * usdPerCredit },
    expectedSeconds: 12
  },
  {
    id: 'stability-search-recolor',
    name: 'Stability AI Search and Recolor',
    description: 'Finds by itself what the select prompt names and gives it another colour; needs no mask.',
    tier: 'mid',
    operations: ['search_recolor'],
    capabilities: ['automatic_mask', 'style_presets'],
    languages: ['en'],
    inputs: { ...limitedShape, accepts: ['prompt', 'select_prompt'], mask: 'none' },
    outputs: asInput,
    parameters: { ...painting, grow_mask: growMask(20, 3) },
    price: { usd: 5 * usdPerCredit },
    expectedSeconds: 12
  },
  {
    id: 'stability-remove-background',
    name: 'Stability AI Remove Background',
    description: 'Cuts the subject out and makes everything else transparent.',
    tier: 'mid',
    operations: ['remove_background'],
    capabilities: ['transparency'],
    inputs: { ...anyShape, maxPixels: 4_194_304, accepts: [], mask: 'none' },
    outputs: { formats: ['image/png', 'image/webp'], size: { rule: 'input' }, alpha: true },
    parameters: {},
    price: { usd: 5 * usdPerCredit },
    expectedSeconds: 5
  },
  {
    id: 'stability-relight',
    name: 'Stability AI Replace Background and Relight',
    description: 'Sets the subject before another background, in the style of a picture or as the prompt says, and lights it to match.',
    tier: 'mid',
    operations: ['relight'],
    capabilities: ['background_reference', 'light_reference', 'light_direction'],
    languages: ['en'],
    inputs: { ...limitedShape, accepts: ['prompt', 'background', 'lighting'], mask: 'none' },
    outputs: { ...asInput, size: { rule: 'vendor' } },
    parameters: {
      seed,
      negative_prompt: negativePrompt,
      foreground_prompt: {
        type: 'string', maxLength: maxPromptLength, description: 'What the subject is, to keep the background\'s colours out of it.'
      },
      preserve_original_subject: fraction(0.6, 'How exactly the subject stays as it was; 1 = to the pixel, 0 = in the new light.'),
      original_background_depth: fraction(0.5, 'How far the new background takes over the depth of the original image.'),
      keep_original_background: { type: 'boolean', default: false, description: 'Keeps the background and changes only the light.' },
      light_source_direction: { type: 'string', values: ['left', 'right', 'above', 'below'], description: 'Where the light comes from.' },
      light_source_strength: fraction(0.3, 'How bright the light is; needs a lighting image or light_source_direction.')
    },
    price: { usd: 8 * usdPerCredit },
    expectedSeconds: 40
  }
]
