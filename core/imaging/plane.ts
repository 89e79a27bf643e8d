import type { Sharp } from 'sharp'
import type { EditMask } from '../request.ts'
import { pixelPool } from './codec.ts'

/** One byte a pixel, row by row: a mask, or one channel of an image. */
export type Plane = EditMask & { readonly pixels: Buffer }

/** Runs a pipeline on raw pixels that ends in one channel. */
export function channel (pipeline: Sharp, pixels: number): Promise<Buffer> {
  return pixelPool(pixels, () => pipeline.toColourspace('b-w').raw().toBuffer())
}

/**
 * Are all pixels alike, of `channels` bytes each? The pixels are compared with themselves, one further on: a memcmp of
 * megabytes takes less than a millisecond, a loop in JavaScript would hold up every other request.
 */
export function isUniform (pixels: Buffer, channels: number): boolean {
  return pixels.subarray(channels).equals(pixels.subarray(0, pixels.length - channels))
}
