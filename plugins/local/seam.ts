import { boundsOf } from './canvas.ts'
import { createMembrane, diffuse, fixed, free } from './diffusion.ts'
import type { Canvas } from './canvas.ts'
import type { Membrane } from './diffusion.ts'
import type { Prediction } from './patch-vote.ts'

/** A larger jump is an object that the hole cuts, or a true edge: it would smear. Colour levels. */
const trusted = 20
/** The correction is found for squares of pixels, so that there are no more than so many of them. */
const mostCells = 1_500_000

/**
 * Makes a fill meet what is known, and its own parts meet each other, without seams: a correction to the filled canvas
 * after which neighbouring pixels differ by as much as the patches over both say (Poisson blending).
 *
 * @param canvas filled by the vote of the same prediction
 * @param decay 1 / pixels: how fast the correction fades with distance; 0 for holes that are closed all around
 */
export function blendSeams (canvas: Canvas, prediction: Prediction, decay: number): void {
  const { width, height, data, hole } = canvas
  const bounds = boundsOf(hole, width, height)
  const cell = 2 ** Math.max(0, Math.ceil(Math.log2((bounds.right - bounds.left) * (bounds.bottom - bounds.top) / mostCells) / 2))
  const left = Math.floor(Math.max(0, bounds.left - 1) / cell)
  const top = Math.floor(Math.max(0, bounds.top - 1) / cell)
  const membrane = createMembrane(
    Math.ceil(Math.min(width, bounds.right + 1) / cell) - left,
    Math.ceil(Math.min(height, bounds.bottom + 1) / cell) - top
  )
  measureSteps(canvas, prediction, membrane, left, top, cell)
  diffuse(membrane, decay * cell)

  for (let y = bounds.top; y < bounds.bottom; y++) {
    const v = Math.max(0, Math.min(membrane.height - 1, (y + 0.5) / cell - 0.5 - top))
    for (let x = bounds.left; x < bounds.right; x++) {
      const p = y * width + x
      if (hole[p] === 0) continue
      const u = Math.max(0, Math.min(membrane.width - 1, (x + 0.5) / cell - 0.5 - left))
      for (let c = 0; c < 4; c++) {
        data[p * 4 + c] = Math.max(0, Math.min(255, Math.round(data[p * 4 + c] + interpolate(membrane, u, v, c))))
      }
    }
  }
}

/** Sets the membrane's kinds and wanted steps. */
function measureSteps ({ width, height, data, hole }: Canvas, prediction: Prediction, membrane: Membrane, left: number, top: number, cell: number): void {
  const { kind, right, down } = membrane
  const wanted = new Float64Array(4)
  kind.fill(fixed)
  const add = (steps: Float32Array, q: number, share: number) => {
    for (let c = 0; c < 4; c++) steps[q * 4 + c] += wanted[c] * share
  }
  const jump = (p: number, next: number) => {
    for (let c = 0; c < 4; c++) wanted[c] -= data[next * 4 + c] - data[p * 4 + c]
  }
  for (let y = top * cell; y < Math.min(height, (top + membrane.height) * cell); y++) {
    for (let x = left * cell; x < Math.min(width, (left + membrane.width) * cell); x++) {
      const p = y * width + x
      const u = Math.floor(x / cell) - left
      const v = Math.floor(y / cell) - top
      const q = v * membrane.width + u
      if (hole[p] === 1) kind[q] = free
      if (x + 1 < width && (hole[p] === 1 || hole[p + 1] === 1) && prediction.across(x, y, wanted)) {
        jump(p, p + 1)
        // A step inside a cell is a part of the way to the next cell and of the way from the last one.
        const share = (x % cell + 1) / cell
        add(right, q, share / cell)
        if (u > 0) add(right, q - 1, (1 - share) / cell)
      }
      if (y + 1 < height && (hole[p] === 1 || hole[p + width] === 1) && prediction.down(x, y, wanted)) {
        jump(p, p + width)
        const share = (y % cell + 1) / cell
        add(down, q, share / cell)
        if (v > 0) add(down, q - membrane.width, (1 - share) / cell)
      }
    }
  }
  for (let n = 0; n < right.length; n++) {
    right[n] /= 1 + (right[n] / trusted) ** 4
    down[n] /= 1 + (down[n] / trusted) ** 4
  }
}

function interpolate ({ width, height, values }: Membrane, u: number, v: number, c: number): number {
  const i = Math.floor(u)
  const j = Math.floor(v)
  const p = (j * width + i) * 4 + c
  const right = i + 1 < width ? 4 : 0
  const below = j + 1 < height ? width * 4 : 0
  const upper = values[p] * (1 - u + i) + values[p + right] * (u - i)
  const lower = values[p + below] * (1 - u + i) + values[p + below + right] * (u - i)
  return upper * (1 - v + j) + lower * (v - j)
}
