import { reach } from './patch-field.ts'
import type { Canvas } from './canvas.ts'
import type { PatchField, Sources } from './patch-field.ts'
import type { Random } from './random.ts'

/** A copy may be made lighter or darker by so much, per channel, so that shading goes on where nothing of its brightness exists. */
const maxBias = 24
/** What a bias costs, as a share of what the same difference in colour would cost. */
const biasPrice = 0.15
const area = (2 * reach + 1) ** 2

export interface SearchOptions {
  readonly passes: number
  /** How far from the best source so far the first random candidate lies at most, pixels. */
  readonly range: number
  /** From `patchMeans`. Without them a patch keeps the bias that it or its neighbour had. */
  readonly means?: Float32Array
  readonly prior?: Prior
  readonly random: Random
}

/** What it costs in squared colour levels per pixel to copy from pixel (u, v) to (x, y), whatever stands there. */
export type Prior = (x: number, y: number, u: number, v: number) => number

/**
 * PatchMatch (Barnes et al. 2009): improves the field by offering to each patch what its neighbours copy and some random
 * places around its own, and keeping what agrees best with the canvas as it is now.
 */
export function searchPatches (canvas: Canvas, { valid }: Sources, field: PatchField, options: SearchOptions): void {
  const { width, height, data } = canvas
  const { columns, rows, source, cost, bias } = field
  const { means, prior, random } = options
  const mean = new Float64Array(3)
  const trial = new Float64Array(3)
  let slot = 0
  let target = 0

  const offer = (candidate: number, from: number) => {
    let price = 0
    for (let c = 0; c < 3; c++) {
      const shift = means === undefined
        ? bias[from * 3 + c]
        : Math.max(-maxBias, Math.min(maxBias, (mean[c] - means[candidate * 3 + c]) / (1 + biasPrice)))
      trial[c] = shift
      price += shift * shift
    }
    price *= biasPrice
    if (prior !== undefined) price += prior(target % width, Math.floor(target / width), candidate % width, Math.floor(candidate / width))
    price = Math.round(price * area)
    const best = cost[slot]
    if (price >= best) return
    const found = price + patchCost(data, width, target, candidate, Math.round(trial[0]), Math.round(trial[1]), Math.round(trial[2]), best - price)
    if (found >= best) return
    cost[slot] = found
    source[slot] = candidate
    bias[slot * 3] = trial[0]
    bias[slot * 3 + 1] = trial[1]
    bias[slot * 3 + 2] = trial[2]
  }

  for (let pass = 0; pass < options.passes; pass++) {
    const way = pass % 2 === 0 ? 1 : -1
    for (let m = 0; m < rows.length; m++) {
      const j = way > 0 ? m : rows.length - 1 - m
      for (let n = 0; n < columns.length; n++) {
        const i = way > 0 ? n : columns.length - 1 - n
        slot = j * columns.length + i
        if (source[slot] < 0) continue
        target = rows[j] * width + columns[i]
        if (means !== undefined) meanAround(data, width, target, mean)
        if (pass === 0) {
          // The canvas has changed since the cost was found.
          cost[slot] = 0x7fffffff
          offer(source[slot], slot)
        }
        const beside = slot - way
        if (n > 0 && source[beside] >= 0) {
          const p = source[beside] + columns[i] - columns[i - way]
          if (valid[p] === 1) offer(p, beside)
        }
        const above = slot - way * columns.length
        if (m > 0 && source[above] >= 0) {
          const p = source[above] + (rows[j] - rows[j - way]) * width
          if (valid[p] === 1) offer(p, above)
        }
        for (let range = options.range; range >= 1 && cost[slot] > 0; range = range >> 1) {
          const x = source[slot] % width + Math.round((random() * 2 - 1) * range)
          const y = Math.floor(source[slot] / width) + Math.round((random() * 2 - 1) * range)
          if (x < 0 || y < 0 || x >= width || y >= height) continue
          const p = y * width + x
          if (valid[p] === 1) offer(p, slot)
        }
      }
    }
  }
}

/** By pixel, three each: the mean colour of the patch around it. Of use where the patch is a valid source. */
export function patchMeans (canvas: Canvas, { valid }: Sources): Float32Array {
  const { width, height, data } = canvas
  const means = new Float32Array(width * height * 3)
  const mean = new Float64Array(3)
  for (let p = 0; p < width * height; p++) {
    if (valid[p] === 0) continue
    meanAround(data, width, p, mean)
    means.set(mean, p * 3)
  }
  return means
}

function meanAround (data: Uint8Array, width: number, centre: number, mean: Float64Array): void {
  let red = 0; let green = 0; let blue = 0
  for (let dy = -reach; dy <= reach; dy++) {
    const start = (centre + dy * width - reach) * 4
    for (let p = start; p <= start + 8 * reach; p += 4) {
      red += data[p]
      green += data[p + 1]
      blue += data[p + 2]
    }
  }
  mean[0] = red / area
  mean[1] = green / area
  mean[2] = blue / area
}

/** Sum of squared differences of two patches, the second one with the bias added; gives up at the limit. */
function patchCost (data: Uint8Array, width: number, a: number, b: number, red: number, green: number, blue: number, limit: number): number {
  let sum = 0
  const ahead = (b - a) * 4
  for (let dy = -reach; dy <= reach; dy++) {
    const start = (a + dy * width - reach) * 4
    const end = start + 8 * reach
    for (let p = start; p <= end; p += 4) {
      const q = p + ahead
      const dr = data[p] - data[q] - red
      const dg = data[p + 1] - data[q + 1] - green
      const db = data[p + 2] - data[q + 2] - blue
      sum += dr * dr + dg * dg + db * db
    }
    if (sum >= limit) return sum
  }
  return sum
}
