import type { ModelCard } from '../../core/index.ts'
import { roundUsd } from '../_http/usd.ts'
import type { Resolution } from './schemas.ts'

/** WebP's, the smallest of the formats that results come in. */
const longestSideOfFormats = 16383

/** Longest side of the results, pixels; undefined = it follows the image, or the card does not tell. */
function longestSide ({ outputs: { maxSide, size } }: ModelCard): number | undefined {
  if (maxSide !== undefined) return maxSide
  if (size.rule === 'exact') return size.maxSide
  const sides = size.rule === 'ratio' ? Object.values(size.resolutions) : []
  return sides.length > 0 ? Math.max(...sides) : undefined
}

/** Side of the largest square that the card promises, pixels; undefined = it tells no limit. */
export function largestSquare (card: ModelCard): number | undefined {
  const { maxSide = Infinity, maxPixels = Infinity } = card.inputs
  const side = longestSide(card) ?? Math.min(maxSide, Math.floor(Math.sqrt(maxPixels)))
  return side === Infinity ? undefined : side
}

/** `[w, h]` for clients, which need numbers: what the file formats hold where the card tells no limit. */
export function maxResolution (card: ModelCard): [number, number] {
  const side = largestSquare(card) ?? longestSideOfFormats
  return [side, side]
}

/** Why the model cannot take an image of this size, or cannot return one; undefined = it can. */
export function sizeMisfit (card: ModelCard, { width, height }: Resolution): string | undefined {
  const { minSide = 1, maxSide = Infinity, minPixels = 1, maxPixels = Infinity, minAspectRatio = 0, maxAspectRatio = Infinity } = card.inputs
  const longest = Math.max(width, height)
  const ratio = width / height
  const pixels = width * height
  const largest = longestSide(card)
  if (Math.min(width, height) < minSide) return `takes sides from ${minSide} pixels`
  if (longest > maxSide) return `takes sides up to ${maxSide} pixels`
  if (pixels < minPixels || pixels > maxPixels) return `takes ${minPixels} to ${maxPixels} pixels`
  if (ratio < minAspectRatio || ratio > maxAspectRatio) return `takes aspect ratios from ${minAspectRatio} to ${maxAspectRatio}`
  if (largest !== undefined && longest > largest) return `returns sides up to ${largest} pixels`
}

/** USD for one edit. A range only while the size is not known and the price depends on it. */
export function priceRange ({ price, outputs: { size } }: ModelCard, resolution?: Resolution, inputImages = 1): { min: number, max: number } {
  const { usd, byResolution = {}, perExtraImage = 0 } = price
  const names = size.rule === 'ratio' ? resolutionNames(size.resolutions, resolution) : []
  const prices = names.length > 0 ? names.map(name => byResolution[name] ?? usd) : [usd]
  const extra = (inputImages - 1) * perExtraImage
  return { min: roundUsd(Math.min(...prices) + extra), max: roundUsd(Math.max(...prices) + extra) }
}

/** Those that the kernel may ask for: the smallest one that is larger than the image, else the largest. */
function resolutionNames (resolutions: Readonly<Record<string, number>>, resolution: Resolution | undefined): string[] {
  const ascending = Object.entries(resolutions).toSorted(([, a], [, b]) => a - b)
  const longest = resolution && Math.max(resolution.width, resolution.height)
  const found = longest === undefined ? ascending : [ascending.find(([, side]) => longest < side) ?? ascending.at(-1)]
  return found.flatMap(entry => entry === undefined ? [] : [entry[0]])
}
