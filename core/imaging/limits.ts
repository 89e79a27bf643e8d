import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Size } from '../request.ts'

/** What an image may be at most. All of it is known from the header: nothing is decoded to refuse an image. */
export const ImageLimits = Type.Object({
  maxBytes: Type.Integer({ minimum: 1, default: 50 * 1024 * 1024, description: 'Largest encoded size of an image, bytes.' }),
  maxPixels: Type.Integer({ minimum: 1, default: 100_000_000, description: 'Largest width × height. An image takes up to 4 bytes of memory a pixel while it is decoded.' }),
  maxSide: Type.Integer({ minimum: 1, default: 30_000, description: 'Longest side, pixels.' }),
  maxFrames: Type.Integer({ minimum: 1, default: 1000, description: 'Most frames or pages of a file. Only the first one is used.' })
}, { additionalProperties: false })
export type ImageLimits = Static<typeof ImageLimits>

export const defaultImageLimits: Readonly<ImageLimits> = Object.freeze(Value.Create(ImageLimits))

/** Of what was admitted under the operator's limits, or made here: now its own size is the limit. */
export function ownLimits (bytes: Uint8Array, { width, height }: Size): ImageLimits {
  return { maxBytes: bytes.length, maxPixels: width * height, maxSide: Math.max(width, height), maxFrames: 1 }
}
