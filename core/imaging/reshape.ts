import type { Sharp } from 'sharp'
import type { EditMask, Expansion, Region, Size } from '../request.ts'
import { openPixels, pixelPool } from './codec.ts'
import { isBlackAndWhite } from './mask.ts'
import { channel } from './plane.ts'
import { release } from './ownership.ts'

/** What is done to an image's shape, in this order. */
export interface Reshape {
  /** The rectangle that is kept, pixels. */
  readonly crop?: Region | undefined
  readonly scaledTo?: Size | undefined
  /** Pixels that are put around it, each like the nearest one of the image: nothing that a model could take for an object. */
  readonly padding?: Expansion | undefined
  /** The colour of all padding in place of that. */
  readonly fill?: string | undefined
}

/** The size of an image after it. */
export function reshapedSize (size: Size, { crop = { left: 0, top: 0, ...size }, scaledTo, padding }: Reshape): Size {
  const { width, height } = scaledTo ?? crop
  const { left, right, up, down } = padding ?? { left: 0, right: 0, up: 0, down: 0 }
  return { width: width + left + right, height: height + up + down }
}

/** Adds it to a pipeline. Scaling is by Lanczos' method with three lobes, which keeps the most detail. */
export function addReshape (pipeline: Sharp, { crop, scaledTo, padding, fill }: Reshape): void {
  if (crop !== undefined) pipeline.extract(crop)
  if (scaledTo !== undefined) pipeline.resize({ ...scaledTo, fit: 'fill', kernel: 'lanczos3' })
  if (padding === undefined) return
  const { left, right, up: top, down: bottom } = padding
  pipeline.extend({ left, right, top, bottom, ...fill === undefined ? { extendWith: 'copy' } : { background: fill } })
}

/**
 * A pixel of a mask of two levels that was scaled down is edited when an eighth of what it stands for was: no line of a quarter of
 * its width gets lost, and an edge moves outwards by a pixel at most.
 */
const touched = 32

/** The mask for an image that was cut, scaled and padded: a mask of two levels keeps to them, and padding is not edited. */
export async function reshapeMask (whole: EditMask, { crop, scaledTo: wished, padding }: Reshape): Promise<EditMask> {
  const mask = crop === undefined ? whole : await cutMask(whole, crop)
  const scaledTo = wished ?? mask
  const size = reshapedSize(mask, { scaledTo, padding })
  if (size.width === mask.width && size.height === mask.height) return mask
  const { pixels, width, height } = mask
  const pipeline = openPixels(pixels, width, height, 1)
  if (scaledTo.width !== width || scaledTo.height !== height) {
    const isShrunk = scaledTo.width * scaledTo.height < width * height
    const isTwoLevel = await isBlackAndWhite(mask)
    pipeline.resize({ width: scaledTo.width, height: scaledTo.height, fit: 'fill', kernel: isTwoLevel && !isShrunk ? 'nearest' : 'linear' })
    if (isTwoLevel && isShrunk) pipeline.threshold(touched)
  }
  if (padding !== undefined) pipeline.extend({ left: padding.left, right: padding.right, top: padding.up, bottom: padding.down, background: 'black' })
  const most = Math.max(size.width * size.height, width * height)
  const shaped = await pixelPool(most, () => pipeline.toColourspace('b-w').raw().toBuffer())
  if (mask !== whole) release(pixels)
  return { ...size, pixels: shaped }
}

async function cutMask ({ pixels, width, height }: EditMask, crop: Region): Promise<EditMask> {
  const cut = await channel(openPixels(pixels, width, height, 1).extract(crop), crop.width * crop.height)
  return { pixels: cut, width: crop.width, height: crop.height }
}
