import type { Cells } from './gate-cells.ts'

/** Cells of a block, in each direction. */
const block = 3
/** Differences that need no closer look: they are below every threshold. */
const slight = 0.004

/**
 * The perceptual distance of two pictures where it is greatest: the highest mean of a block of cells, ΔE-OK.
 *
 * A cell counts by how far its colour lies outside of what the other picture has in it and the eight around it, both ways, and the
 * larger is taken. A picture that was moved by part of a cell, blurred or sharpened a little is so no other one; what was added,
 * taken away or got another colour is, however small.
 *
 * @param edited of each cell: 0 = it was not to be edited
 * @param enough a distance from which on nothing farther is looked for
 */
export function distanceOf (a: Cells, b: Cells, edited: Uint8Array, enough = Infinity): number {
  const { columns, rows } = a
  const [across, down] = [Math.min(block, columns), Math.min(block, rows)]
  const off = new Float32Array(columns * rows)
  let most = 0
  // The last row in which anything is off.
  let last = -block
  const [around, aroundOther] = [rangesOf(a), rangesOf(b)]
  for (let row = 0; row < rows; row++) {
    // Both write into the same row, where the larger one stays.
    const isOff = lookOutside(a, b, aroundOther, row, edited, off)
    if (lookOutside(b, a, around, row, edited, off) || isOff) last = row
    const top = row - down + 1
    if (top < 0 || last < top) continue
    for (let column = 0; column <= columns - across; column++) {
      let sum = 0
      for (let y = top; y <= row; y++) for (let at = y * columns + column; at < y * columns + column + across; at++) sum += off[at]
      if (sum > most) most = sum
    }
    if (most >= enough * across * down) break
  }
  return most / (across * down)
}

/** The range of each number over a cell and those to its left and right. */
interface Ranges { readonly low: Float32Array, readonly high: Float32Array }

function rangesOf ({ columns, lab }: Cells): Ranges {
  const [low, high] = [new Float32Array(lab.length), new Float32Array(lab.length)]
  const stride = columns * 3
  for (let start = 0; start < lab.length; start += stride) {
    for (let at = start, last = start + stride - 3; at < start + stride; at++) {
      const left = lab[at < start + 3 ? at : at - 3]
      const right = lab[at >= last ? at : at + 3]
      low[at] = Math.min(left, lab[at], right)
      high[at] = Math.max(left, lab[at], right)
    }
  }
  return { low, high }
}

/**
 * Raises, of a row of cells, the values that are less than how far the cell is from the range of colours around it in the other picture,
 * widened by a part of that range.
 * @returns whether any was
 */
function lookOutside ({ lab, columns, rows }: Cells, { lab: other }: Cells, { low, high }: Ranges, row: number, edited: Uint8Array, off: Float32Array): boolean {
  const up = row === 0 ? 0 : -columns * 3
  const down = row === rows - 1 ? 0 : columns * 3
  let isOff = false
  for (let cell = row * columns, l = cell * 3, end = cell + columns; cell < end; cell++, l += 3) {
    if (edited[cell] === 0) continue
    const a = l + 1
    const b = l + 2
    const lightnessOff = lab[l] - other[l]
    const greenOff = lab[a] - other[a]
    const blueOff = lab[b] - other[b]
    if (lightnessOff * lightnessOff + greenOff * greenOff + blueOff * blueOff <= slight * slight) continue
    const lowL = Math.min(low[l + up], low[l], low[l + down])
    const lowA = Math.min(low[a + up], low[a], low[a + down])
    const lowB = Math.min(low[b + up], low[b], low[b + down])
    const highL = Math.max(high[l + up], high[l], high[l + down])
    const highA = Math.max(high[a + up], high[a], high[a + down])
    const highB = Math.max(high[b + up], high[b], high[b + down])
    const edge = ringing * Math.max(highL - lowL, highA - lowA, highB - lowB)
    const colourfulness = Math.sqrt(lab[a] * lab[a] + lab[b] * lab[b])
    const lightness = away(lab[l], lowL, highL, edge + fading.lightness * colourfulness)
    const green = away(lab[a], lowA, highA, edge + fading.green * colourfulness)
    const blue = away(lab[b], lowB, highB, edge + fading.blue * colourfulness)
    const distance = Math.sqrt(lightness * lightness + green * green + blue * blue)
    if (distance <= off[cell]) continue
    off[cell] = distance
    isOff = true
  }
  return isOff
}

/** How far a value lies outside of a range, which may be exceeded by some. */
function away (value: number, low: number, high: number, tolerance: number): number {
  return Math.max(0, low - value - tolerance, value - high - tolerance)
}

/** Part of an edge's height by which encoders and scalers overshoot it, or flatten what is finer. */
const ringing = 0.2
/**
 * Part of its colourfulness by which a colour may be off when a profile got lost, by axis; there may be no such colour where drift is
 * measured.
 */
const fading = { lightness: 0.08, green: 0.22, blue: 0.14 }
