import { coloursOf, fullOf, hasAlpha, type Raster } from './raster.ts'
import type { Bytes } from './region.ts'

/** By how many pixels a result lies to the right of its image, and below it. */
export interface Offset {
  readonly x: number
  readonly y: number
}

/** Pixels that are looked at: more of them tell nothing new. */
const mostSamples = 8000
/** Fewer may agree by chance. */
const leastSamples = 200
/** Pixels. What has moved further is rather another picture. */
const mostOffset = 2.5
/** Below it nobody sees it, and moving it back would only blur. */
const leastOffset = 0.2
/** Levels of 0–255 by which two pixels may differ and still show the same. */
const mostDifference = 64
/** The share of the differences that has to go, or it was none of a shift. */
const leastGain = 0.15

/**
 * Measures whether a model has shifted the whole picture by a pixel or a part of one, as many do that work in another size: by the
 * method of Lucas and Kanade, in three rounds, on what is not masked, and apart from a shift of tone.
 *
 * @param result of the image's size and colour space
 * @returns undefined when it lies where it should, or when nobody can tell
 */
export function measureOffset (image: Raster, result: Raster, mask: Bytes): Offset | undefined {
  const samples = takeSamples(image, result, mask)
  if (samples.length < leastSamples) return undefined
  let [x, y] = [0, 0]
  const before = fit(samples, result, x, y).difference
  for (let round = 0; round < 3; round++) {
    const { step } = fit(samples, result, x, y)
    if (step === undefined) return undefined
    x += step.x
    y += step.y
    if (Math.hypot(x, y) > mostOffset) return undefined
  }
  if (Math.hypot(x, y) < leastOffset) return undefined
  return fit(samples, result, x, y).difference < before * (1 - leastGain) ? { x, y } : undefined
}

/** A place, and what the image shows there: its brightness and by how much that rises to the right and downwards. */
interface Sample {
  readonly x: number
  readonly y: number
  readonly value: number
  readonly right: number
  readonly down: number
}

/** Pixels to the border of the image that a sample keeps: as far as anything is read around it. */
const margin = 5

function takeSamples (image: Raster, result: Raster, { pixels }: Bytes): Sample[] {
  const { width, height } = image
  const step = Math.max(1, Math.floor(Math.sqrt(width * height / mostSamples)))
  const samples: Sample[] = []
  for (let y = margin; y < height - margin; y += step) {
    for (let x = margin; x < width - margin; x += step) {
      const pixel = y * width + x
      if (pixels[pixel] > 0 || !isOpaque(image, pixel) || !isOpaque(result, pixel)) continue
      const value = brightness(image, x, y)
      if (Math.abs(value - brightness(result, x, y)) > mostDifference) continue
      const right = (brightness(image, x + 1, y) - brightness(image, x - 1, y)) / 2
      const down = (brightness(image, x, y + 1) - brightness(image, x, y - 1)) / 2
      samples.push({ x, y, value, right, down })
    }
  }
  return samples
}

/** The offset that is left when the result is read at this one, and by how much it then differs from the image, tone apart. */
function fit (samples: readonly Sample[], result: Raster, x: number, y: number): { readonly step: Offset | undefined, readonly difference: number } {
  // Of the normal equations of: result = a · image + b + u · rise to the right + v · rise downwards.
  const sums = Array.from({ length: 4 }, () => new Float64Array(5))
  const read = samples.map(sample => between(result, sample.x + x, sample.y + y))
  samples.forEach(({ value, right, down }, index) => {
    const row = [value, 1, right, down, read[index]]
    for (let i = 0; i < 4; i++) for (let j = 0; j < 5; j++) sums[i][j] += row[i] * row[j]
  })
  const solution = solve(sums)
  if (solution === undefined) return { step: undefined, difference: Infinity }
  const [a, b, u, v] = solution
  // A result that does not follow the image at all has no place in it.
  if (a < 0.3) return { step: undefined, difference: Infinity }
  const difference = samples.reduce((sum, { value }, index) => sum + Math.min(mostDifference, Math.abs(read[index] - a * value - b)), 0)
  return { step: { x: -u / a, y: -v / a }, difference }
}

/** Gauss' elimination; normal equations need no other order. undefined where the samples do not tell, as on a flat picture. */
function solve (rows: readonly Float64Array[]): [number, number, number, number] | undefined {
  const count = rows.length
  for (let column = 0; column < count; column++) {
    const pivot = rows[column]
    if (Math.abs(pivot[column]) < 1e-3) return undefined
    for (const row of rows) {
      if (row === pivot) continue
      const factor = row[column] / pivot[column]
      for (let j = column; j <= count; j++) row[j] -= factor * pivot[j]
    }
  }
  return rows.map((row, index) => row[count] / row[index]) as [number, number, number, number] // four rows go in
}

/** Between pixels: the mean of the four around, by their nearness. */
function between (raster: Raster, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const [across, down] = [x - left, y - top]
  const upper = brightness(raster, left, top) * (1 - across) + brightness(raster, left + 1, top) * across
  const lower = brightness(raster, left, top + 1) * (1 - across) + brightness(raster, left + 1, top + 1) * across
  return upper * (1 - down) + lower * down
}

/** Of a pixel and its eight neighbours, levels of 0–255: grain has no gradient to go by. */
function brightness (raster: Raster, x: number, y: number): number {
  const { data, width, channels } = raster
  const colours = coloursOf(raster)
  let sum = 0
  for (let row = y - 1; row <= y + 1; row++) {
    for (let at = (row * width + x - 1) * channels, end = at + 3 * channels; at < end; at += channels) {
      for (let channel = 0; channel < colours; channel++) sum += data[at + channel]
    }
  }
  return sum * 255 / (9 * colours * fullOf(raster))
}

function isOpaque (raster: Raster, pixel: number): boolean {
  return !hasAlpha(raster) || raster.data[(pixel + 1) * raster.channels - 1] === fullOf(raster)
}
