import { coloursOf, fullOf, hasAlpha, type Raster } from './raster.ts'
import type { Bytes, Region } from './region.ts'

/** Pixels that are looked at: more of them tell nothing new. */
const mostSamples = 3000
/** Levels of 0–255 by which two pixels may differ and still show the same. */
const mostDifference = 64

/** Places, and what the image shows there: an array for each, as thousands of objects would be more work to tidy up than to use. */
export interface Samples {
  readonly count: number
  readonly x: Int32Array
  readonly y: Int32Array
  /** Of the sixteen that the region is divided into: between them light may differ. */
  readonly cell: Uint8Array
  /** Brightness, and by how much it rises to the right and downwards: three of each place. */
  readonly values: Float64Array
}

/** Cells that the region is divided into, in each direction. */
export const cellsAcross = 4
/** Pixels to the border of the image that a sample keeps: as far as anything is read around it. */
const margin = 5
/** Pixels around a sample of which its values are made. */
const reach = 2

/** @param result of the image's size and colour space */
export function takeSamples (image: Raster, result: Raster, mask: Bytes, { left, top, width, height }: Region): Samples {
  const step = Math.max(1, Math.floor(Math.sqrt(width * height / mostSamples)))
  const most = Math.ceil(width / step) * Math.ceil(height / step)
  const samples = { x: new Int32Array(most), y: new Int32Array(most), cell: new Uint8Array(most), values: new Float64Array(3 * most) }
  const pair = { image, result, mask }
  const [level, resultLevel] = [levelOf(image), levelOf(result)]
  let count = 0
  for (let y = Math.max(margin, top); y < Math.min(image.height - margin, top + height); y += step) {
    for (let x = Math.max(margin, left); x < Math.min(image.width - margin, left + width); x += step) {
      if (!isKept(pair, x, y)) continue
      const value = brightness(image, x, y) * level
      if (Math.abs(value - brightness(result, x, y) * resultLevel) > mostDifference) continue
      samples.x[count] = x
      samples.y[count] = y
      samples.cell[count] = Math.floor((y - top) / height * cellsAcross) * cellsAcross + Math.floor((x - left) / width * cellsAcross)
      samples.values[3 * count] = value
      samples.values[3 * count + 1] = (brightness(image, x + 1, y) - brightness(image, x - 1, y)) * level / 2
      samples.values[3 * count + 2] = (brightness(image, x, y + 1) - brightness(image, x, y - 1)) * level / 2
      count++
    }
  }
  return { ...samples, count }
}

interface Pair { readonly image: Raster, readonly result: Raster, readonly mask: Bytes }

/** Is nothing of what a sample is made of masked, nor to be seen through? */
function isKept (pair: Pair, x: number, y: number): boolean {
  return isPlain(pair, x, y) && isPlain(pair, x - reach, y - reach) && isPlain(pair, x + reach, y - reach) &&
    isPlain(pair, x - reach, y + reach) && isPlain(pair, x + reach, y + reach)
}

function isPlain ({ image, result, mask }: Pair, x: number, y: number): boolean {
  const pixel = y * image.width + x
  return mask.pixels[pixel] === 0 && isOpaque(image, pixel) && isOpaque(result, pixel)
}

/** Levels of 0–255 in a sum that `brightness` gives. */
export function levelOf (raster: Raster): number {
  return 255 / (9 * coloursOf(raster) * fullOf(raster))
}

/** The sum of a pixel and its eight neighbours: grain has no gradient to go by. A whole number, as a fraction would be an object each time. */
export function brightness ({ data, width, channels }: Raster, x: number, y: number): number {
  const colours = channels < 3 ? 1 : 3
  let sum = 0
  for (let row = y - 1; row <= y + 1; row++) {
    for (let at = (row * width + x - 1) * channels, end = at + 3 * channels; at < end; at += channels) {
      for (let channel = 0; channel < colours; channel++) sum += data[at + channel]
    }
  }
  return sum
}

function isOpaque (raster: Raster, pixel: number): boolean {
  return !hasAlpha(raster) || raster.data[(pixel + 1) * raster.channels - 1] === fullOf(raster)
}
