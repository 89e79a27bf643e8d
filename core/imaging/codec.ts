import { availableParallelism } from 'node:os'
import type { Metadata, Sharp, SharpOptions } from 'sharp'
import { EditError } from '../errors.ts'
import { hold } from '../loan.ts'
import { createPool } from './pool.ts'
import { loadSharp } from './sharp.ts'

/** Pixels in work at once, in all jobs together: at 4 bytes each, and one copy to rotate them, 1 GB. */
const pixelBudget = 128_000_000
// libuv has four threads; one stays free for files and DNS.
const slots = Math.min(3, availableParallelism())

/** The one pool of pixel work of this process. */
export const pixelPool = createPool(slots, pixelBudget)

/**
 * What libvips says of an image by its header; throws when that cannot be read. There is no limit of pixels, as none is
 * decoded: the caller can name the true size when it refuses.
 */
export async function readMetadata (bytes: Buffer): Promise<Metadata> {
  return await loadSharp()(bytes, { failOn: 'error', limitInputPixels: false }).metadata().finally(hold(bytes))
}

/** An image whose header has been checked, or pixels that this side has made. */
export interface EncodedSource {
  readonly bytes: Buffer
  /** The caller's name of the input, for messages. */
  readonly field: string
  /** Name of its format, for messages. */
  readonly name: string
  /** width × height as its header says: the decoder refuses to make more. */
  readonly pixels: number
  /** The bytes are mere pixels, 8 bits a channel. */
  readonly raw?: { readonly width: number, readonly height: number, readonly channels: 1 | 2 | 3 | 4 } | undefined
}

/**
 * A pipeline on an encoded image, upright, its first frame. Of what a decoder complains about, a lack of data and invalid
 * data are errors; mere warnings are not, as many a phone's JPEG gives one.
 */
export function openEncoded (source: EncodedSource, options: SharpOptions = {}): Sharp {
  return loadSharp()(source.bytes, { ...options, autoOrient: true, failOn: 'error', limitInputPixels: source.pixels, ...source.raw && { raw: source.raw } })
}

/** A pipeline on raw pixels, one byte a channel. */
export function openPixels (pixels: Uint8Array, width: number, height: number, channels: 1 | 3 | 4): Sharp {
  return loadSharp()(pixels, { limitInputPixels: width * height, raw: { width, height, channels } })
}

/** Runs a pipeline on an encoded image. Throws EDIT_ERR_IMAGE_INVALID when the image does not decode. */
export async function produce (pipeline: Sharp, source: EncodedSource): Promise<Produced> {
  try {
    return await pixelPool(source.pixels, () => pipeline.toBuffer({ resolveWithObject: true })).finally(hold(source.bytes))
  } catch (cause) {
    const { field, name } = source
    throw new EditError('EDIT_ERR_IMAGE_INVALID', `${field}: the ${name} is damaged, its pixels cannot be decoded`, { cause, details: { field } })
  }
}

export interface Produced {
  readonly data: Buffer
  readonly info: { readonly width: number, readonly height: number, readonly channels: number, readonly hasAlpha: boolean }
}
