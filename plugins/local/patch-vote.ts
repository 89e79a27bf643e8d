import { depths } from './canvas.ts'
import { reach } from './patch-field.ts'
import type { Canvas } from './canvas.ts'
import type { PatchField } from './patch-field.ts'

/** What the patches over a place say. Each function writes red, green, blue and alpha into `out`; false where no patch lies over it. */
export interface Prediction {
  /** The colour of pixel (x, y). */
  readonly at: (x: number, y: number, out: Float64Array) => boolean
  /** How much larger the values of pixel (x + 1, y) are than those of (x, y). */
  readonly across: (x: number, y: number, out: Float64Array) => boolean
  /** How much larger the values of pixel (x, y + 1) are than those of (x, y). */
  readonly down: (x: number, y: number, out: Float64Array) => boolean
}

export interface VoteOptions {
  /**
   * How near the centre of its patch a pixel must be for the patch to have a say: the standard deviation in pixels.
   * Small is sharp, large is smooth.
   */
  readonly spread: number
  /** How many times more a patch counts than one that is a pixel farther from what is known, from 1: content grows inward. */
  readonly inward: number
}

/** The say of each patch falls with its cost, measured against the costs of the others. */
export function predict (canvas: Canvas, field: PatchField, options: VoteOptions): Prediction {
  const { width, data } = canvas
  const { columns, rows, source, bias } = field
  const weights = slotWeights(canvas, field, options.inward)
  const kernel = Float64Array.from({ length: reach + 1 }, (_, d) => Math.exp(-(d * d) / (2 * options.spread ** 2)))
  const near = overlaps(columns, width)
  const level = overlaps(rows, canvas.height)

  const at = (x: number, y: number, out: Float64Array) => {
    let red = 0; let green = 0; let blue = 0; let alpha = 0; let total = 0
    const here = y * width + x
    for (let j = level[2 * y]; j < level[2 * y + 1]; j++) {
      const high = kernel[Math.abs(y - rows[j])]
      for (let i = near[2 * x]; i < near[2 * x + 1]; i++) {
        const slot = j * columns.length + i
        if (source[slot] < 0) continue
        const weight = weights[slot] * high * kernel[Math.abs(x - columns[i])]
        const p = (here + source[slot] - rows[j] * width - columns[i]) * 4
        red += weight * (data[p] + bias[slot * 3])
        green += weight * (data[p + 1] + bias[slot * 3 + 1])
        blue += weight * (data[p + 2] + bias[slot * 3 + 2])
        alpha += weight * data[p + 3]
        total += weight
      }
    }
    return share(out, red, green, blue, alpha, total)
  }
  /** The difference to the pixel (u, v), a neighbour to the right or below. */
  const step = (x: number, y: number, u: number, v: number, out: Float64Array) => {
    let red = 0; let green = 0; let blue = 0; let alpha = 0; let total = 0
    const here = y * width + x
    const ahead = (v * width + u - here) * 4
    for (let j = level[2 * v]; j < level[2 * y + 1]; j++) {
      const high = kernel[Math.abs(y - rows[j])] * kernel[Math.abs(v - rows[j])]
      for (let i = near[2 * u]; i < near[2 * x + 1]; i++) {
        const slot = j * columns.length + i
        if (source[slot] < 0) continue
        const weight = weights[slot] * high * kernel[Math.abs(x - columns[i])] * kernel[Math.abs(u - columns[i])]
        const p = (here + source[slot] - rows[j] * width - columns[i]) * 4
        red += weight * (data[p + ahead] - data[p])
        green += weight * (data[p + ahead + 1] - data[p + 1])
        blue += weight * (data[p + ahead + 2] - data[p + 2])
        alpha += weight * (data[p + ahead + 3] - data[p + 3])
        total += weight
      }
    }
    return share(out, red, green, blue, alpha, total)
  }
  return {
    at,
    across: (x, y, out) => step(x, y, x + 1, y, out),
    down: (x, y, out) => step(x, y, x, y + 1, out)
  }
}

/** Fills the hole with what its patches say. */
export function vote (canvas: Canvas, prediction: Prediction): void {
  const { width, height, data, hole } = canvas
  const colour = new Float64Array(4)
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      if (hole[p] === 0 || !prediction.at(x, y, colour)) continue
      for (let c = 0; c < 4; c++) data[p * 4 + c] = Math.max(0, Math.min(255, Math.round(colour[c])))
    }
  }
}

function share (out: Float64Array, red: number, green: number, blue: number, alpha: number, total: number): boolean {
  out[0] = red / total
  out[1] = green / total
  out[2] = blue / total
  out[3] = alpha / total
  return total > 0
}

function slotWeights (canvas: Canvas, { columns, rows, source, cost }: PatchField, inward: number): Float64Array {
  const depth = depths(canvas)
  const costs = cost.filter((_, slot) => source[slot] >= 0).sort()
  const usual = Math.max(1, costs[Math.floor(costs.length * 0.75)])
  // With heavy tails: patches over the rim fit badly now and then, and must be heard all the same.
  const weights = Float64Array.from(cost, found => 1 / (1 + found / usual))
  for (let j = 0, slot = 0; j < rows.length; j++) {
    for (let i = 0; i < columns.length; i++, slot++) {
      weights[slot] *= inward ** -Math.min(60, depth[rows[j] * canvas.width + columns[i]])
    }
  }
  return weights
}

/** By coordinate, two each: the first and one past the last of the centres within reach. */
function overlaps (centres: Int32Array, side: number): Int32Array {
  const ranges = new Int32Array(side * 2)
  let first = 0; let end = 0
  for (let at = 0; at < side; at++) {
    while (first < centres.length && centres[first] < at - reach) first++
    while (end < centres.length && centres[end] <= at + reach) end++
    ranges[2 * at] = first
    ranges[2 * at + 1] = end
  }
  return ranges
}
