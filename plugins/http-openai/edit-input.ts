import type { EditInput, Edits, Json, MediaType, SentInput } from '../../core/index.ts'
import { routeByName, type Aliases } from './model-names.ts'
import { spreadOptions, typedOptions } from './options.ts'
import { readPictures } from './pictures.ts'
import { invalidValue, Refusal, shown } from './refusal.ts'
import { pictureNames, type Fields, type Wishes } from './schema.ts'
import type { SentFields } from './sent.ts'
import { readWishes } from './wishes.ts'

/** A request of this API, understood. */
export interface Order {
  readonly input: SentInput
  readonly wishes: Wishes
  /** Sentences about what was sent and does nothing here. */
  readonly warnings: readonly string[]
}

export interface OrderOptions {
  readonly edits: Pick<Edits, 'offers' | 'decodeBase64'>
  readonly fields: Fields
  readonly aliases: Aliases
}

/**
 * @throws {Refusal} that names the parameter
 * @throws {EditError} EDIT_ERR_IMAGE_INVALID for what is no base64
 */
export function readOrder (sent: SentFields, { edits, fields, aliases }: OrderOptions): Order {
  const isPicture = (name: string) => pictureNames.some(known => known === name)
  const spread = spreadOptions(sent, name => isPicture(name) || Object.hasOwn(fields.properties, name))
  // What needs no decoding is checked first.
  const wishes = readWishes(fields, Object.fromEntries(Object.entries(spread.fields).filter(([name]) => !isPicture(name))))
  const parameters = { ...typedOptions(spread.options, edits.offers()), ...parametersOf(wishes) }
  const output = outputOf(wishes)
  const route = routeOf(wishes, edits, aliases)
  const { field, names, images, mask, background, lighting } = readPictures(spread.fields, edits)
  return {
    wishes,
    warnings: warningsOf(wishes),
    input: {
      operation: wishes.operation ?? (mask === undefined ? 'general_edit' : 'inpaint'),
      fields: { ...fieldNames, image: field, images: names, ...wishes.output_size === undefined ? {} : { outputSize: 'output_size' } },
      images,
      count: wishes.n,
      mask,
      maskReading: 'alpha',
      maskGrow: wishes.mask_grow,
      maskFeather: wishes.mask_feather,
      background,
      lighting,
      prompt: wishes.prompt,
      searchPrompt: wishes.search_prompt,
      selectPrompt: wishes.select_prompt,
      expansion: { left: wishes.expand_left ?? 0, right: wishes.expand_right ?? 0, up: wishes.expand_up ?? 0, down: wishes.expand_down ?? 0 },
      parameters,
      output,
      route
    }
  }
}

const fieldNames: Omit<EditInput['fields'], 'image'> = {
  mask: 'mask',
  background: 'background_image',
  lighting: 'lighting_image',
  prompt: 'prompt',
  searchPrompt: 'search_prompt',
  selectPrompt: 'select_prompt',
  expansion: 'expand_left or expand_right or expand_up or expand_down',
  outputSize: 'size',
  outputBackground: 'background',
  count: 'n'
}

const mediaTypes = { png: 'image/png', jpeg: 'image/jpeg', jpg: 'image/jpeg', webp: 'image/webp', avif: 'image/avif' } as const satisfies Record<string, MediaType>

const tunable = ['negative_prompt', 'style_preset', 'guidance_scale', 'steps', 'seed', 'quality', 'input_fidelity', 'complexity'] as const

/** OpenAI's own among them reach a model that has such a parameter; where it has none, the kernel says so in a warning. */
function parametersOf (wishes: Wishes): Record<string, Json> {
  return Object.fromEntries(tunable.flatMap(name => {
    const value = wishes[name]
    return value === undefined || value === 'auto' ? [] : [[name, value]]
  }))
}

function outputOf (wishes: Wishes): EditInput['output'] {
  const { output_format: format = 'png', output_compression: quality, keep_metadata: keepMetadata, preserve_unmasked: preserveUnmasked } = wishes
  return {
    format: mediaTypes[format],
    // The kernel's scale begins at 1.
    quality: quality === undefined ? undefined : Math.max(1, quality),
    size: sizeOf(wishes),
    background: backgroundOf(wishes),
    keepMetadata,
    preserveUnmasked
  }
}

function backgroundOf ({ background }: Wishes): string | undefined {
  if (background === 'opaque') return '#ffffff'
  return background === 'auto' ? undefined : background
}

function sizeOf ({ size, output_size: own }: Wishes): EditInput['output']['size'] {
  const asked = size === 'auto' ? undefined : size
  if (asked !== undefined && own !== undefined && asked !== own) throw invalidValue('output_size', "'size' and 'output_size' name different sizes: send one of them.")
  if (own === 'input' || own === 'model') return own
  const name = own === undefined ? 'size' : 'output_size'
  const text = own ?? asked
  // Nothing is reshaped that nobody wanted reshaped: the result has the image's size.
  if (text === undefined) return undefined
  const [, width, height] = /^(\d{1,6})x(\d{1,6})$/.exec(text) ?? []
  if (width !== undefined && height !== undefined) return { width: Number(width), height: Number(height) }
  throw new Refusal(`Invalid size '${shown(text)}'. It is width and height as '1024x768'${name === 'size' ? ", or 'auto'" : ", 'input' or 'model'"}.`, {
    param: name, code: 'invalid_value', type: 'image_generation_user_error'
  })
}

function routeOf (wishes: Wishes, edits: Pick<Edits, 'offers'>, aliases: Aliases): EditInput['route'] {
  const { unsupported, prefer, max_cost_usd: maxCostUsd, after_maybe_billed: afterMaybeBilled, fallback } = wishes
  const [only] = fallback ?? []
  return {
    ...routeByName(wishes, edits, aliases),
    ...unsupported && { unsupported },
    ...prefer && { prefer },
    ...maxCostUsd !== undefined && { maxCostUsd },
    ...afterMaybeBilled && { afterMaybeBilled },
    ...fallback && { fallback: fallback.length === 1 && (only === 'auto' || only === 'none') ? only : fallback }
  }
}

function warningsOf ({ user, safety_identifier: identifier, moderation, partial_images: parts = 0, output_compression: quality, output_format: format = 'png' }: Wishes): string[] {
  return [
    ...user === undefined ? [] : ['user is not passed on to any vendor'],
    ...identifier === undefined ? [] : ['safety_identifier is not passed on to any vendor'],
    ...moderation === 'low' ? ['moderation has no effect: vendors moderate by their own rules'] : [],
    ...parts > 0 ? ['partial_images has no effect: no model here shows parts of its work'] : [],
    ...quality !== undefined && format === 'png' ? ['output_compression has no effect: PNG loses nothing'] : []
  ]
}
