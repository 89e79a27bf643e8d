import sharp from 'sharp'
import { linearOf } from './oklab.ts'
import type { Raster } from './raster.ts'

/** The background's light as it reaches around a subject's edge: a small picture, read between its pixels. */
export interface LightWrap {
  readonly width: number
  readonly height: number
  /** Four numbers a pixel: the blurred background in linear light, and how near the background is, 0–1. */
  readonly values: Float32Array
}

const SIDE = 512
/** Width of the wrap, share of the picture's shorter side. */
const REACH = 0.008

/** `behind`: the background, three bytes a pixel, of the cut-out's size. */
export async function wrapLight (cut: Raster, behind: Uint8Array): Promise<LightWrap> {
  const scale = Math.min(1, SIDE / Math.max(cut.width, cut.height))
  const width = Math.max(1, Math.round(cut.width * scale))
  const height = Math.max(1, Math.round(cut.height * scale))
  const sigma = Math.max(0.5, REACH * Math.min(width, height))
  // In whole numbers the kernel's sum is a little off, and an even grey would change.
  const precision = 'float'
  const size = { width: cut.width, height: cut.height }
  const [light, cover] = await Promise.all([
    sharp(behind, { raw: { ...size, channels: 3 } }).resize(width, height, { fit: 'fill' }).blur({ sigma: 3 * sigma, precision }).raw().toBuffer(),
    // The resized alpha is the subject's coverage.
    sharp(cut.data, { raw: { ...size, channels: 4 } }).extractChannel(3).resize(width, height, { fit: 'fill' }).blur({ sigma, precision }).raw().toBuffer()
  ])
  const values = new Float32Array(width * height * 4)
  for (let p = 0; p < width * height; p++) {
    for (let c = 0; c < 3; c++) values[4 * p + c] = linearOf[light[3 * p + c]]
    values[4 * p + 3] = Math.min(1, 2 * (1 - cover[p] / 255))
  }
  return { width, height, values }
}

/** Reads the wrap at a place, 0–1 in both directions: four values into `sample`. */
export function wrapAt ({ width, height, values }: LightWrap, x: number, y: number, sample: Float64Array): void {
  const left = Math.min(width - 1, Math.max(0, x * width - 0.5))
  const top = Math.min(height - 1, Math.max(0, y * height - 0.5))
  const i = Math.floor(left)
  const j = Math.floor(top)
  const right = Math.min(width - 1, i + 1)
  const bottom = Math.min(height - 1, j + 1)
  const u = left - i
  const v = top - j
  for (let c = 0; c < 4; c++) {
    const above = values[4 * (j * width + i) + c] * (1 - u) + values[4 * (j * width + right) + c] * u
    const below = values[4 * (bottom * width + i) + c] * (1 - u) + values[4 * (bottom * width + right) + c] * u
    sample[c] = above * (1 - v) + below * v
  }
}
