import { Type, type Static } from '@sinclair/typebox'
import type { Operation } from '../../core/index.ts'

const oneOf = <const T extends string> (values: readonly T[], description: string) => Type.Optional(Type.Unsafe<T>({ type: 'string', enum: values, description }))
const text = (description: string) => Type.Optional(Type.String({ description }))
const whole = (description: string, range: { minimum?: number, maximum?: number } = {}) => Type.Optional(Type.Integer({ ...range, description }))
const number = (description: string, range: { minimum?: number } = {}) => Type.Optional(Type.Number({ ...range, description }))
const flag = (description: string) => Type.Optional(Type.Boolean({ description }))
const added = (side: string) => whole(`Pixels to add ${side}; for outpaint.`, { minimum: 0 })

/** Fields that hold images: files, or in JSON `{ "image_url": … }`. */
export const pictureNames = ['image', 'images', 'mask', 'background_image', 'lighting_image'] as const

/** The other fields: OpenAI's, then those of this service. Which operations there are, the kernel tells. */
export function createFields (operations: readonly Operation[]) {
  return Type.Object({
    prompt: text('What the result shall show.'),
    model: text('A model\'s id, `provider/model`, or `auto`: the configured order.'),
    n: whole('Results to make.', { minimum: 1, maximum: 10 }),
    size: text('Pixels of the result as `1024x768`; `auto`: as the image.'),
    quality: oneOf(['auto', 'low', 'medium', 'high', 'xhigh', 'max', 'standard', 'hd'], 'For models that have such a parameter.'),
    background: text('`transparent`, `opaque`, `auto`, or a colour as `#rrggbb` that transparent parts are laid on.'),
    output_format: oneOf(['png', 'jpeg', 'jpg', 'webp', 'avif'], 'Format of the result.'),
    output_compression: whole('Quality of lossy formats.', { minimum: 0, maximum: 100 }),
    input_fidelity: oneOf(['high', 'low'], 'For models that have such a parameter.'),
    complexity: oneOf(['low', 'medium', 'high'], 'For models that have such a parameter.'),
    response_format: oneOf(['b64_json', 'url'], 'How the result comes.'),
    stream: flag('The answer comes as server-sent events.'),
    partial_images: whole('Taken, but no model here shows its work.', { minimum: 0, maximum: 3 }),
    user: text('Goes to no vendor.'),
    safety_identifier: text('Goes to no vendor.'),
    moderation: oneOf(['low', 'auto'], 'Vendors moderate by their own rules.'),

    operation: oneOf(operations, 'What to do. Absent: inpaint with a mask, general_edit without.'),
    search_prompt: text('What to look for; for search_replace.'),
    select_prompt: text('What to recolor; for search_recolor.'),
    expand_left: added('on the left'),
    expand_right: added('on the right'),
    expand_up: added('above'),
    expand_down: added('below'),
    mask_grow: whole('Pixels by which the masked region grows.', { minimum: 0, maximum: 100 }),
    mask_feather: whole('Pixels over which its edge fades out.', { minimum: 0, maximum: 100 }),
    negative_prompt: text('What the result shall not show.'),
    style_preset: text('A style that the model knows by name.'),
    guidance_scale: number('How closely to follow the prompt.'),
    steps: whole('Steps of inference.'),
    seed: whole('For results that can be repeated.'),
    output_size: text('`input`, `model`, or pixels as `1024x768`.'),
    preserve_unmasked: flag('Pixels outside the mask are put back as they were sent.'),
    keep_metadata: flag('Description, author, copyright and dates are kept.'),
    provider: text('A provider\'s name, or a vendor\'s.'),
    fallback: Type.Optional(Type.Array(Type.String(), { maxItems: 100, description: '`auto`, `none`, or providers or `provider/model`.' })),
    unsupported: oneOf(['reject', 'drop', 'emulate'], 'What to do where a model lacks what was sent.'),
    prefer: oneOf(['order', 'cost', 'speed', 'quality'], 'What sorts those who can do it.'),
    max_cost_usd: number('Of all attempts together.', { minimum: 0 }),
    after_maybe_billed: oneOf(['next', 'stop'], 'May another vendor be asked after one that may have charged?'),
    coalesce: flag('An identical request that is running is joined.')
  })
}

export type Fields = ReturnType<typeof createFields>
export type Wishes = Static<Fields>
