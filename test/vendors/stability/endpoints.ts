import type { Fields, FieldRule, Form } from './form.ts'
import { cutOut, erase, inpaint, outpaint, recolor, relight, replace, type Edit } from './edits.ts'

/** One of `/v2beta/stable-image/edit/{name}`, as the vendor describes it in 2026. */
export interface Endpoint {
  readonly fields: Fields
  /** What no single field can say. */
  readonly check?: (form: Form) => string[]
  /** Of 2026; 1 credit = USD 0.01. */
  readonly credits: number
  readonly edit: Edit
  /** Answers with an id, to be asked for later. */
  readonly later?: boolean
  /** "The resolution of the generated image will be 4 megapixels." */
  readonly megapixels?: 4
}

const image: FieldRule = { kind: 'image', required: true }
const ratioImage: FieldRule = { ...image, ratio: true }
const prompt: FieldRule = { kind: 'text', required: true, min: 1 }
const text: FieldRule = { kind: 'text' }
const seed: FieldRule = { kind: 'number', min: 0, max: 4_294_967_294, default: 0, integer: true }
const unit = (standard: number): FieldRule => ({ kind: 'number', min: 0, max: 1, default: standard })
const growMask = (max: number, standard: number): FieldRule => ({ kind: 'number', min: 0, max, default: standard, integer: true })
const side: FieldRule = { kind: 'number', min: 0, max: 2000, default: 0, integer: true }
const outputFormat: FieldRule = { kind: 'choice', values: ['jpeg', 'png', 'webp'] }
const stylePreset: FieldRule = {
  kind: 'choice',
  values: [
    'enhance', 'anime', 'photographic', 'digital-art', 'comic-book', 'fantasy-art', 'line-art', 'analog-film', 'neon-punk', 'isometric',
    'low-poly', 'origami', 'modeling-compound', 'cinematic', '3d-model', 'pixel-art', 'tile-texture'
  ]
}
const common: Fields = { seed, output_format: outputFormat }
const styled: Fields = { ...common, style_preset: stylePreset }

export const endpoints: Readonly<Record<string, Endpoint>> = {
  erase: {
    fields: { image, mask: { kind: 'mask' }, grow_mask: growMask(20, 5), ...common },
    check: needsRegion,
    credits: 5,
    edit: erase,
    megapixels: 4
  },
  inpaint: {
    fields: { image, prompt, negative_prompt: text, mask: { kind: 'mask' }, grow_mask: growMask(100, 5), ...styled },
    check: needsRegion,
    credits: 5,
    edit: inpaint,
    megapixels: 4
  },
  outpaint: {
    fields: { image: ratioImage, left: side, right: side, up: side, down: side, creativity: unit(0.5), prompt: text, ...styled },
    check: ({ numbers: { left = 0, right = 0, up = 0, down = 0 } }) => left + right + up + down > 0
      ? []
      : ['left, right, up, down: at least one outpainting direction must be supplied with a non-zero value'],
    credits: 4,
    edit: outpaint
  },
  'search-and-replace': {
    fields: {
      image: ratioImage, prompt, search_prompt: { kind: 'text', required: true }, negative_prompt: text, grow_mask: growMask(20, 3), ...styled
    },
    credits: 5,
    edit: replace,
    megapixels: 4
  },
  'search-and-recolor': {
    fields: {
      image: ratioImage, prompt, select_prompt: { kind: 'text', required: true }, negative_prompt: text, grow_mask: growMask(20, 3), ...styled
    },
    credits: 5,
    edit: recolor
  },
  'remove-background': {
    fields: { image: { ...image, maxPixels: 4_194_304 }, output_format: { kind: 'choice', values: ['png', 'webp'] } },
    credits: 5,
    edit: cutOut
  },
  'replace-background-and-relight': {
    fields: {
      subject_image: ratioImage,
      background_reference: { kind: 'image' },
      background_prompt: text,
      foreground_prompt: text,
      negative_prompt: text,
      preserve_original_subject: unit(0.6),
      original_background_depth: unit(0.5),
      keep_original_background: { kind: 'choice', values: ['true', 'false'] },
      light_source_direction: { kind: 'choice', values: ['left', 'right', 'above', 'below'] },
      light_reference: { kind: 'image' },
      light_source_strength: unit(0.3),
      ...common
    },
    check: relightProblems,
    credits: 8,
    edit: relight,
    later: true
  }
}

/** Not documented, read strictly: with neither a mask nor transparency there is nothing to edit. */
function needsRegion ({ pictures }: Form): string[] {
  return pictures.image !== undefined && pictures.mask === undefined && !pictures.image.alpha
    ? ['mask: is required when the image has no alpha channel']
    : []
}

function relightProblems ({ pictures, texts, summary }: Form): string[] {
  const problems: string[] = []
  if (pictures.background_reference === undefined && !texts.background_prompt) {
    problems.push('background_reference, background_prompt: one of them is required')
  }
  if (summary.light_source_strength !== undefined && pictures.light_reference === undefined && texts.light_source_direction === undefined) {
    problems.push('light_source_strength: requires light_reference or light_source_direction')
  }
  return problems
}
