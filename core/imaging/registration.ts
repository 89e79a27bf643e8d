import type { Raster } from './raster.ts'
import type { Bytes, Region } from './region.ts'
import { brightness, cellsAcross, levelOf, takeSamples, type Samples } from './registration-samples.ts'

/** By how many pixels a result lies to the right of its image, and below it. */
export interface Offset {
  readonly x: number
  readonly y: number
}

/** Fewer may agree by chance. */
const leastSamples = 200
/** Pixels. What has moved further is rather another picture. */
const mostOffset = 2.5
/** Below it nobody sees it, and moving it back would only blur. */
const leastOffset = 0.2
/** Pixels by which the last round may still correct the ones before it: else they follow something else than a shift. */
const mostCorrection = 0.15
/** The contrast that a result may have, as a share of the image's; outside of it, it is another picture. */
const gains = { least: 0.5, most: 2 }
/** The share of the differences that has to go, or they came of something else. */
const leastGain = 0.2
/** Levels by which they may rise in a quarter, as those of grain do: more, and something else moved there, or nothing. */
const mostLoss = 1.5
/** Squared levels per pixel: flatter pictures than that are grain, and say nothing of where they lie. */
const leastSlope = 0.05

/**
 * Measures whether a model has shifted the whole picture by a pixel or a part of one, as many do that work in another size: by the
 * method of Lucas and Kanade on what is not masked, apart from tone and light. It is believed only where it explains a good part of
 * all differences, and makes none of the four quarters worse: a thing that moved alone is an edit, and stays where it is.
 *
 * @param result of the image's size and colour space
 * @param around where it is looked at, which is to be near the mask: a result may be scaled a little, too
 * @returns undefined when it lies where it should, or when nobody can tell
 */
export function measureOffset (image: Raster, result: Raster, mask: Bytes, around: Region): Offset | undefined {
  const samples = takeSamples(image, result, mask, around)
  if (samples.count < leastSamples) return undefined
  let offset = { x: 0, y: 0 }
  const before = compare(samples, result, offset)
  let now = before
  for (let round = 0; round < rounds; round++) {
    const { x, y } = now.step
    // That most results are right is seen at once.
    if (round === 0 && Math.hypot(x, y) < leastOffset / 2) return undefined
    offset = { x: offset.x + x, y: offset.y + y }
    if (!isPicture(now) || Math.hypot(offset.x, offset.y) > mostOffset) return undefined
    now = compare(samples, result, offset)
  }
  const isShift = Math.hypot(offset.x, offset.y) >= leastOffset && Math.hypot(now.step.x, now.step.y) <= mostCorrection
  return isShift && isBetter(before, now) ? offset : undefined
}

const rounds = 3

function isPicture ({ gain }: Comparison): boolean {
  return gain >= gains.least && gain <= gains.most
}

function isBetter (before: Comparison, now: Comparison): boolean {
  return now.difference <= before.difference * (1 - leastGain) &&
    now.quarters.every((difference, quarter) => difference <= before.quarters[quarter] + mostLoss)
}

/** What a result is to the image when it is read at an offset. */
interface Comparison {
  /** What is left of the offset. */
  readonly step: Offset
  /** The result's contrast over the image's. */
  readonly gain: number
  /** Levels by which they differ, tone apart; and in each of the four quarters. */
  readonly difference: number
  readonly quarters: readonly number[]
}

function compare (samples: Samples, result: Raster, { x, y }: Offset): Comparison {
  // Of each cell the count, the sums, and the sums of the products of: image, rise to the right, rise downwards, result.
  const cells = Array.from({ length: cellsAcross ** 2 }, () => ({ count: 0, sums: new Float64Array(4), products: new Float64Array(16) }))
  const row = new Float64Array(4)
  const level = levelOf(result)
  for (let n = 0; n < samples.count; n++) {
    for (let i = 0; i < 3; i++) row[i] = samples.values[3 * n + i]
    row[3] = between(result, samples.x[n] + x, samples.y[n] + y) * level
    const cell = cells[samples.cell[n]]
    cell.count++
    for (let i = 0; i < 4; i++) {
      cell.sums[i] += row[i]
      for (let j = i; j < 4; j++) cell.products[4 * i + j] += row[i] * row[j]
    }
  }
  const [all, ...quarters] = Array.from({ length: 5 }, () => ({ count: 0, products: new Float64Array(16) }))
  cells.forEach(({ count, sums, products }, index) => {
    if (count === 0) return
    const quarter = quarters[Math.floor(index / cellsAcross / 2) % 2 * 2 + Math.floor(index % cellsAcross / 2)]
    for (const group of [all, quarter]) {
      group.count += count
      for (let i = 0; i < 4; i++) for (let j = i; j < 4; j++) group.products[4 * i + j] += products[4 * i + j] - sums[i] * sums[j] / count
    }
  })
  return { ...solve(all.products, all.count * leastSlope), difference: differenceOf(all), quarters: quarters.map(differenceOf) }
}

/** Of: result = gain · image + u · rise to the right + v · rise downwards, by least squares. */
function solve ([ii, ir, id, it, , rr, rd, rt, , , dd, dt]: Float64Array, ridge: number): Pick<Comparison, 'step' | 'gain'> {
  const image = ii + ridge
  // The image's own share is taken out of the rest first.
  const a = rr + ridge - ir * ir / image
  const b = rd - ir * id / image
  const c = dd + ridge - id * id / image
  const p = rt - ir * it / image
  const q = dt - id * it / image
  const [u, v] = [(p * c - q * b) / (a * c - b * b), (q * a - p * b) / (a * c - b * b)]
  const gain = (it - u * ir - v * id) / image
  return { gain, step: { x: -u / gain, y: -v / gain } }
}

/** Root of the mean square of what no contrast explains. */
function differenceOf ({ count, products: [ii, , , it, , , , , , , , , , , , tt] }: { readonly count: number, readonly products: Float64Array }): number {
  return count === 0 ? 0 : Math.sqrt(Math.max(0, tt - it * it / (ii + count * leastSlope)) / count)
}

/** Between pixels: the mean of the four around, by their nearness. */
function between (raster: Raster, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const [across, down] = [x - left, y - top]
  const upper = brightness(raster, left, top) * (1 - across) + brightness(raster, left + 1, top) * across
  const lower = brightness(raster, left, top + 1) * (1 - across) + brightness(raster, left + 1, top + 1) * across
  return upper * (1 - down) + lower * down
}
