import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { inputNames, operationNames } from './operations.ts'

// `enum` and not a union of literals: shorter as data, and its errors name the legal values.
const oneOf = <const T extends readonly string[]> (values: T, options = {}) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options })
const closed = { additionalProperties: false }
const optional = <T extends TSchema> (schema: T) => Type.Optional(schema)

export const mediaTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/avif'] as const
export const MediaType = oneOf(mediaTypes, { description: 'The formats in which the kernel hands images to providers and callers.' })
export type MediaType = Static<typeof MediaType>

export const OperationName = oneOf(operationNames)

export const maskKinds = ['none', 'white-edits', 'alpha-edits', 'black-edits'] as const
export type MaskKind = typeof maskKinds[number]

export const InputLimits = Type.Object({
  formats: Type.Array(MediaType, { minItems: 1, description: 'Formats that the model takes; the kernel converts others.' }),
  accepts: Type.Array(oneOf(inputNames.filter(name => name !== 'mask' && name !== 'references')), {
    description: 'Inputs beside the image that reach the model. One that was sent and is not listed here rejects the model.'
  }),
  mask: oneOf(maskKinds, {
    description: 'How the model marks the region to edit: a grey image with white = edit or black = edit, a PNG whose ' +
      'transparent pixels are edited, or none. The kernel converts its own mask to this.'
  }),
  maskLevels: optional(oneOf(['grey', 'binary'], { description: 'Soft masks are understood (default), or only 0 and 255.' })),
  maxImages: Type.Integer({ minimum: 1, description: 'Images per call, the first one included; above 1 the rest are references.' }),
  minSide: optional(Type.Integer({ minimum: 1, description: 'Shortest legal side, pixels.' })),
  maxSide: optional(Type.Integer({ minimum: 1, description: 'Longest legal side, pixels.' })),
  minPixels: optional(Type.Integer({ minimum: 1, description: 'Smallest width × height.' })),
  maxPixels: optional(Type.Integer({ minimum: 1, description: 'Largest width × height.' })),
  minAspectRatio: optional(Type.Number({ exclusiveMinimum: 0, description: 'Smallest width / height.' })),
  maxAspectRatio: optional(Type.Number({ exclusiveMinimum: 0, description: 'Largest width / height.' })),
  profiles: optional(Type.Boolean({
    description: 'Embedded colour profiles are understood and come back with the result. Default false: images come in sRGB.'
  })),
  maxBytes: optional(Type.Integer({ minimum: 1, description: 'Largest encoded size of one image, bytes.' })),
  maxRequestBytes: optional(Type.Integer({ minimum: 1, description: 'Largest size of all images and the mask of a call together, bytes.' })),
  maxExpansion: optional(Type.Integer({ minimum: 1, description: 'Largest expansion of each side, pixels; for outpaint.' })),
  maxPromptLength: optional(Type.Integer({ minimum: 1, description: 'Longest prompt, UTF-16 code units.' }))
}, closed)

export const SizeRule = Type.Union([
  Type.Object({ rule: Type.Literal('input', { description: 'The result has the size of the image (for outpaint: grown by the expansion).' }) }, closed),
  Type.Object({
    rule: Type.Literal('exact', { description: 'The kernel names width and height.' }),
    minSide: Type.Integer({ minimum: 1 }),
    maxSide: Type.Integer({ minimum: 1 }),
    step: optional(Type.Integer({ minimum: 1, description: 'Sides are multiples of it, pixels.' }))
  }, closed),
  Type.Object({
    rule: Type.Literal('ratio', { description: 'The kernel names an aspect ratio and a resolution.' }),
    ratios: Type.Array(Type.String({ pattern: '^[1-9]\\d*:[1-9]\\d*$' }), { minItems: 1, description: '"width:height".' }),
    resolutions: Type.Record(Type.String(), Type.Integer({ minimum: 1 }), {
      description: 'Name of a resolution → longest side in pixels that it delivers.'
    })
  }, closed),
  Type.Object({ rule: Type.Literal('vendor', { description: 'The vendor decides; the true size is read from the result.' }) }, closed)
])
export type SizeRule = Static<typeof SizeRule>

export const Outputs = Type.Object({
  formats: Type.Array(MediaType, { minItems: 1, description: 'Formats that can be asked for, the preferred one first.' }),
  size: SizeRule,
  alpha: Type.Boolean({ description: 'The result can carry transparency.' }),
  maxImages: optional(Type.Integer({ minimum: 1, description: 'Results that one call can be asked for (default 1); for more the kernel makes several calls.' })),
  maxSide: optional(Type.Integer({ minimum: 1, description: 'Longest side that the model delivers, pixels.' }))
}, closed)

export const ParameterRule = Type.Object({
  type: oneOf(['integer', 'number', 'string', 'boolean']),
  description: Type.String({ minLength: 1 }),
  minimum: optional(Type.Number()),
  maximum: optional(Type.Number()),
  maxLength: optional(Type.Integer({ minimum: 1 })),
  values: optional(Type.Array(Type.Union([Type.String(), Type.Number()]), { minItems: 1, description: 'The only legal values.' })),
  default: optional(Type.Union([Type.String(), Type.Number(), Type.Boolean()], { description: 'What the vendor uses when nothing is sent.' }))
}, closed)
export type ParameterRule = Static<typeof ParameterRule>

export const Price = Type.Object({
  usd: Type.Number({ minimum: 0, description: 'USD for one result; 0 = free of charge.' }),
  byResolution: optional(Type.Record(Type.String(), Type.Number({ minimum: 0 }), {
    description: 'USD by the name of a resolution of the size rule; takes precedence over `usd`.'
  })),
  perExtraImage: optional(Type.Number({ minimum: 0, description: 'USD for each image sent after the first.' }))
}, closed)
export type Price = Static<typeof Price>

export const ModelCard = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]*$', description: 'Unique within the provider; callers name it.' }),
  name: Type.String({ minLength: 1, description: 'For people.' }),
  description: Type.String({ minLength: 1, description: 'One sentence for people.' }),
  tier: oneOf(['budget', 'mid', 'premium']),
  operations: Type.Array(OperationName, { minItems: 1, uniqueItems: true }),
  capabilities: Type.Array(Type.String(), { description: 'Words to find the model by beside its operations, e.g. style_transfer.' }),
  useCases: optional(Type.Array(Type.String())),
  features: optional(Type.Array(Type.String())),
  languages: optional(Type.Array(Type.String(), { description: 'Languages of prompts, ISO 639-1.' })),
  inputs: InputLimits,
  outputs: Outputs,
  parameters: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]*$' }), ParameterRule, {
    description: 'What can be tuned, by the name that callers use (snake_case). One that is not listed never reaches the model.'
  }),
  price: Price,
  expectedSeconds: Type.Number({ exclusiveMinimum: 0, description: 'Typical time from request to result.' })
}, { ...closed, description: 'What one model can do, as data. The planner, the API, the contract kit and the documentation read this and nothing else.' })
export type ModelCard = Static<typeof ModelCard>
