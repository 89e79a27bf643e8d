import type { EditInput, Edits, Json, MediaType, RouteWish, SentInput } from '../../core/index.ts'
import { readImages } from './images.ts'
import { issue } from './pydantic.ts'
import { Refusal } from './refusal.ts'
import type { ProcessBody } from './schemas.ts'

const fields = {
  prompt: 'prompt',
  searchPrompt: 'search_prompt',
  selectPrompt: 'select_prompt',
  expansion: 'expand_left or expand_right or expand_up or expand_down',
  outputSize: 'output_size',
  outputBackground: 'background',
  count: 'n'
} as const

const mediaTypes = { png: 'image/png', jpeg: 'image/jpeg', jpg: 'image/jpeg', webp: 'image/webp', avif: 'image/avif' } as const satisfies Record<string, MediaType>

/**
 * The request of this API as the kernel takes it.
 * @throws {Refusal} when a parameter or an image is given twice, or the size of the output is none
 * @throws {EditError} EDIT_ERR_IMAGE_INVALID for what is no base64
 */
export function toEditInput (body: ProcessBody, edits: Pick<Edits, 'decodeBase64'>): SentInput {
  // What needs no decoding is checked first.
  const parameters = parametersOf(body)
  const output = outputOf(body)
  const { images, mask, background, lighting, fields: imageFields } = readImages(body, edits)
  return {
    operation: body.operation,
    fields: { ...fields, ...imageFields },
    images,
    count: body.n,
    mask,
    maskGrow: body.mask_grow,
    maskFeather: body.mask_feather,
    background,
    lighting,
    prompt: body.prompt,
    searchPrompt: body.search_prompt,
    selectPrompt: body.select_prompt,
    expansion: { left: body.expand_left ?? 0, right: body.expand_right ?? 0, up: body.expand_up ?? 0, down: body.expand_down ?? 0 },
    parameters,
    output,
    route: routeOf(body)
  }
}

function outputOf ({ output_format: format = 'png', output_quality: quality, output_size: size, background, keep_metadata: keepMetadata, preserve_unmasked: preserveUnmasked }: ProcessBody): EditInput['output'] {
  return { format: mediaTypes[format], quality, size: size === undefined ? undefined : readSize(size), background, keepMetadata, preserveUnmasked }
}

function readSize (size: string): EditInput['output']['size'] {
  const word = size.trim().toLowerCase()
  if (word === 'input' || word === 'model') return word
  const [, width, height] = /^(\d{1,6})\s*[x×*]\s*(\d{1,6})$/.exec(word) ?? []
  if (width !== undefined && height !== undefined) return { width: Number(width), height: Number(height) }
  throw new Refusal(422, [issue('value_error', ['body', 'output_size'], size, { error: 'it is input, model, or width and height as 1024x768' })])
}

function routeOf ({ provider, model, fallback, unsupported, max_cost_usd: maxCostUsd, prefer, after_maybe_billed: afterMaybeBilled }: ProcessBody): RouteWish {
  return { provider, model, fallback, unsupported, maxCostUsd, prefer, afterMaybeBilled }
}

const tunable = ['negative_prompt', 'style_preset', 'guidance_scale', 'steps', 'seed'] as const

function parametersOf (body: ProcessBody): Record<string, Json> {
  const parameters: Record<string, Json> = {}
  for (const name of tunable) {
    const value = body[name]
    if (value !== undefined) parameters[name] = value
  }
  for (const [name, value] of Object.entries(body.options ?? {})) {
    if (value === null) continue
    if (Object.hasOwn(parameters, name) && parameters[name] !== value) {
      throw new Refusal(422, [issue('value_error', ['body', 'options', name], value, {
        error: `${name} is also given beside the options, with another value`
      })])
    }
    parameters[name] = value as Json // It came out of a JSON text.
  }
  return parameters
}

/** Sentences about what the request holds and this API does not have. */
export function unknownFields (body: object, known: object): string[] {
  const names = Object.keys(body).filter(name => !Object.hasOwn(known, name))
  return names.length === 0 ? [] : [`unknown fields were ignored: ${names.join(', ')}`]
}
