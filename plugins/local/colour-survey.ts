import type { ColourRange } from './colour-words.ts'
import { hueDifference, hueOf, linearOf, toOklab, triple, type Triple } from './oklab.ts'
import type { Raster } from './raster.ts'

/** A pixel as the selection sees it. Reused for every pixel. */
export interface Seen {
  lightness: number
  chroma: number
  /** Chroma by lightness: light and shade do not change it. */
  colourfulness: number
  /** Degrees beyond the border of the hue; below 0 = within. */
  beyond: number
}

/** How a pixel belongs to what is looked for, 0–1. */
export type Weigh = (seen: Readonly<Seen>) => number

/** A hue as it is in one image: a middle, and degrees to both sides. */
export interface Hue { readonly middle: number, readonly half: number }

/** Colourfulness below which nothing counts as coloured. */
export const leastColourful = 0.05

/** Pixels that are looked at to learn how an image has a colour. */
const sample = 300_000

/** How far from its usual place, in degrees, the border of a hue may be found. */
const borderland = 9

/**
 * Learns what a colour is like in this image; null when no pixel of the hue is colourful at all. `typical` is what its
 * colourful pixels have: so a pale sky is found, and beside a red car skin is not. The hue ends where few pixels are: so
 * the border between a red cup and a reddish table does not run through the table.
 */
export function surveyColour (image: Raster, mask: Uint8Array | undefined, range: ColourRange & { hues: readonly [number, number] }): Hue & { typical: number } | null {
  const [from, to] = range.hues
  const width = (to - from + 360) % 360
  const found: number[] = []
  const counts = new Float64Array(360)
  const lab = triple()
  const pixels = image.width * image.height
  for (let pixel = 0; pixel < pixels; pixel += Math.ceil(pixels / sample)) {
    if (image.data[pixel * 4 + 3] === 0 || mask?.[pixel] === 0) continue
    readLab(image.data, pixel * 4, lab)
    const colourful = colourfulnessOf(lab)
    if (lab[0] < 0.15 || colourful < leastColourful || inLightness(lab[0], range) < 0.5) continue
    const hue = hueOf(lab[1], lab[2])
    counts[Math.floor(hue) % 360] += colourful
    if ((hue - from + 360) % 360 < width) found.push(colourful)
  }
  if (found.length === 0) return null
  const low = from + findValley(counts, from)
  const high = from + width + findValley(counts, to)
  return {
    typical: found.toSorted((a, b) => a - b)[Math.floor(found.length * 0.9)],
    middle: (low + high) / 2,
    half: (high - low) / 2
  }
}

/** Weighs every pixel by each of the functions: one plane of 0–255 for each. What is transparent or masked off weighs nothing. */
export function weigh ({ data }: Raster, mask: Uint8Array | undefined, { middle, half }: Hue, functions: readonly Weigh[]): Uint8Array[] {
  const planes = functions.map(() => new Uint8Array(data.length / 4))
  const weights = new Uint8Array(functions.length)
  const seen: Seen = { lightness: 0, chroma: 0, colourfulness: 0, beyond: 0 }
  const lab = triple()
  let last = -1
  for (let pixel = 0, at = 0; at < data.length; pixel++, at += 4) {
    if (data[at + 3] === 0 || mask?.[pixel] === 0) continue
    const key = data[at] << 16 | data[at + 1] << 8 | data[at + 2]
    if (key !== last) {
      last = key
      readLab(data, at, lab)
      seen.lightness = lab[0]
      seen.chroma = Math.sqrt(lab[1] * lab[1] + lab[2] * lab[2])
      seen.colourfulness = colourfulnessOf(lab)
      seen.beyond = Math.abs(hueDifference(hueOf(lab[1], lab[2]), middle)) - half
      for (let index = 0; index < weights.length; index++) weights[index] = Math.round(255 * functions[index](seen))
    }
    for (let index = 0; index < weights.length; index++) planes[index][pixel] = weights[index]
  }
  return planes
}

/** OKLab of the pixel whose bytes begin at `at`. */
export function readLab (data: Uint8Array, at: number, lab: Triple): void {
  for (let channel = 0; channel < 3; channel++) lab[channel] = linearOf[data[at + channel]]
  toOklab(lab, lab)
}

export function colourfulnessOf (lab: Triple): number {
  return Math.sqrt(lab[1] * lab[1] + lab[2] * lab[2]) / Math.max(0.05, lab[0])
}

/** From 0 to 1 as the value goes from `low` to `high`, without a corner. */
export function rise (value: number, low: number, high: number): number {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return share * share * (3 - 2 * share)
}

export function inLightness (lightness: number, { lightness: [low, high] }: ColourRange): number {
  const softness = 0.08
  const above = low <= 0 ? 1 : rise(lightness, low - softness, low + softness)
  return high >= 1 ? above : above * (1 - rise(lightness, high - softness, high + softness))
}

/** Walks downhill from a border to the nearest place with few pixels; answers the offset in degrees. */
function findValley (counts: Float64Array, border: number): number {
  const around = (offset: number) => {
    let sum = 0
    for (let near = -3; near <= 3; near++) sum += counts[(border + offset + near + 360) % 360]
    return sum
  }
  const direction = around(1) < around(-1) ? 1 : -1
  let offset = 0
  while (Math.abs(offset) < borderland && around(offset + direction) < around(offset)) offset += direction
  return offset
}
