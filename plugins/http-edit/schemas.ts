import { Type, type Static } from '@sinclair/typebox'
import type { Operation } from '../../core/index.ts'
import type { BodyFile } from '../_http/body-file.ts'

const oneOf = <const T extends string> (values: readonly T[], options = {}) => Type.Unsafe<T>({ type: 'string', enum: values, ...options })
/** Text, or a file of the body: never checked by its characters here, the decoder does that. */
const Image = (description: string, options = {}) => Type.Unsafe<string | BodyFile>({ type: 'string', contentEncoding: 'base64', description, ...options })
const text = (description: string) => Type.Optional(Type.String({ description }))
const address = (of: string) => text(`The address of ${of}, in its place: https, where the operator allows it.`)
const optionalImage = (description: string) => Type.Optional(Image(`${description} Data URL or plain base64.`))
const pixels = (side: string) => Type.Optional(Type.Integer({ minimum: 0, default: 0, description: `Pixels to add ${side}; for outpaint.` }))
const margin = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 100, default: 0, description }))
const count = (description: string) => Type.Optional(Type.Integer({ minimum: 1, default: 1, description }))

const outputFormats = ['png', 'jpeg', 'jpg', 'webp', 'avif'] as const
const userTiers = ['free', 'pro', 'enterprise'] as const

const Resolution = Type.Object({
  width: Type.Integer({ minimum: 1, description: 'Pixels.' }),
  height: Type.Integer({ minimum: 1, description: 'Pixels.' })
})
export type Resolution = Static<typeof Resolution>

/** The requests of this API. Which operations there are, the kernel tells. */
export function createSchemas (operations: readonly Operation[]) {
  const operation = oneOf(operations, { description: 'What to do.' })
  return {
    process: Type.Object({
      image_base64: Type.Optional(Image('The image to edit: data URL or plain base64. Absent: the first of `images_base64`.', { requiredUnless: ['image_url', 'images_base64', 'image_urls'] })),
      operation,
      prompt: text('What the result shall show.'),
      negative_prompt: text('What it shall not show.'),
      mask_base64: optionalImage('Where to edit: white = edit, black = keep, grey = in part.'),
      mask_grow: margin('Pixels by which the masked region grows in every direction.'),
      mask_feather: margin('Pixels to both sides of its edge over which the masked region fades out.'),
      search_prompt: text('What to look for; for search_replace.'),
      select_prompt: text('What to recolor; for search_recolor.'),
      background_image_base64: optionalImage('The new background; for relight.'),
      lighting_image_base64: optionalImage('An image with the light to take over; for relight.'),
      expand_left: pixels('on the left'),
      expand_right: pixels('on the right'),
      expand_up: pixels('above'),
      expand_down: pixels('below'),
      provider: text('A provider\'s name, or a vendor\'s: then any provider of that vendor.'),
      model: text('A model\'s id.'),
      style_preset: text('A style that the model knows by name.'),
      guidance_scale: Type.Optional(Type.Number({ description: 'How closely to follow the prompt.' })),
      steps: Type.Optional(Type.Integer({ description: 'Steps of inference.' })),
      seed: Type.Optional(Type.Integer({ description: 'For results that can be repeated.' })),
      output_format: Type.Optional(oneOf(outputFormats, { ignoreCase: true, default: 'png', description: 'Format of the result; jpg is jpeg.' })),
      options: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object', default: {}, description: 'Further parameters by the names that the models\' descriptions use.' })),
      images_base64: Type.Optional(Type.Array(Image('Data URL or plain base64.'), {
        maxItems: 32, description: 'References, in their order; without `image_base64` the first one is the image to edit.'
      })),
      image_url: address('`image_base64`'),
      mask_url: address('`mask_base64`'),
      background_image_url: address('`background_image_base64`'),
      lighting_image_url: address('`lighting_image_base64`'),
      image_urls: Type.Optional(Type.Array(Type.String(), {
        maxItems: 32, description: 'Addresses of all references, in place of `images_base64`.'
      })),
      n: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, default: 1, description: 'How many results to make of it.' })),
      output_quality: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Of JPEG, WebP and AVIF. Absent: high enough that no loss shows.' })),
      response_format: Type.Optional(oneOf(['data_url', 'b64_json', 'url'], {
        default: 'data_url', description: 'How the answer holds the result: as a data URL or as plain base64 in `image_base64`, or as an address in `image_url`, for a while.'
      })),
      output_size: text('Pixels of the result: `input` (the default): as the image, for outpaint grown; `model`: as the model makes it; or width and height as `1024x768`.'),
      background: text('What transparent parts of the result are laid on: a colour as `#rgb` or `#rrggbb`, or `transparent`: they stay. Absent: white where the format has no transparency.'),
      preserve_unmasked: Type.Optional(Type.Boolean({ default: true, description: 'Pixels outside the mask, or of an outpainting the image itself, are put back as they were sent.' })),
      keep_metadata: Type.Optional(Type.Boolean({ default: false, description: 'Keeps the image\'s description, author, copyright and dates; never its place, device or thumbnail.' })),
      fallback: Type.Optional(Type.Unsafe<'auto' | 'none' | readonly string[]>({
        anyOf: [oneOf(['auto', 'none']), Type.Array(Type.String(), { minItems: 1, maxItems: 100 })],
        default: 'auto',
        description: 'Who may be asked after what is named: the configured order, nobody, or these providers or `provider/model`.'
      })),
      unsupported: Type.Optional(oneOf(['reject', 'drop', 'emulate'], {
        description: 'Where a model lacks what was sent: reject it also for a parameter; drop also inputs that the operation does not require; or emulate ' +
          'the operation or the input, behind all who do it by themselves. ' +
          'Absent: inputs are never dropped, parameters with a warning.'
      })),
      max_cost_usd: Type.Optional(Type.Number({ minimum: 0, description: 'Of all attempts together that may have been billed.' })),
      prefer: Type.Optional(oneOf(['order', 'cost', 'speed', 'quality'], { default: 'order', description: 'What sorts those who can do it.' })),
      after_maybe_billed: Type.Optional(oneOf(['next', 'stop'], { description: 'May another vendor be asked after an attempt that may have been billed? Absent: as configured.' })),
      coalesce: Type.Optional(Type.Boolean({ default: false, description: 'An identical request that is running is joined instead of made again.' }))
    }),
    models: Type.Object({
      operation: text('Only models with this among their capabilities.'),
      tier: text('Only models of this tier: budget, mid or premium.')
    }),
    recommend: Type.Object({
      operation,
      image_resolution: Type.Optional(Resolution),
      user_tier: Type.Optional(oneOf(userTiers, { description: 'free: models of the tier budget; pro: budget and mid; enterprise: all.' })),
      preferences: Type.Optional(Type.Object({
        prioritize_cost: Type.Optional(Type.Boolean({ description: 'Cheapest first.' })),
        prioritize_quality: Type.Optional(Type.Boolean({ description: 'Highest tier first, then the largest resolution.' }))
      }))
    }),
    estimate: Type.Object({
      operation,
      provider: text('A provider\'s name, or a vendor\'s.'),
      model: text('A model\'s id.'),
      num_images: count('How many edits.'),
      input_images: count('How many images each of them sends.'),
      width: Type.Optional(Type.Integer({ minimum: 1, description: 'Of the image, pixels.' })),
      height: Type.Optional(Type.Integer({ minimum: 1, description: 'Of the image, pixels.' })),
      image_resolution: Type.Optional(Resolution)
    })
  }
}

type Schemas = ReturnType<typeof createSchemas>
export type ProcessBody = Static<Schemas['process']>
export type ModelsQuery = Static<Schemas['models']>
export type RecommendBody = Static<Schemas['recommend']>
export type EstimateBody = Static<Schemas['estimate']>
