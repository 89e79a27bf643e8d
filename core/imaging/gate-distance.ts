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
 * @param isIn of the cells that were to be edited
 * @param enough a distance from which on nothing farther is looked for
 */
export function distanceOf (a: Cells, b: Cells, isIn: (cell: number) => boolean, enough = Infinity): number {
  const { columns, rows } = a
  const [across, down] = [Math.min(block, columns), Math.min(block, rows)]
  const off = new Float32Array(columns * rows)
  let most = 0
  // The last row in which anything is off.
  let last = -block
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      if (squared(a, b, cell * 3) <= slight * slight || !isIn(cell)) continue
      off[cell] = Math.max(outside(a, b, column, row), outside(b, a, column, row))
      if (off[cell] > 0) last = row
    }
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

function squared ({ lab: a }: Cells, { lab: b }: Cells, at: number): number {
  return (a[at] - b[at]) ** 2 + (a[at + 1] - b[at + 1]) ** 2 + (a[at + 2] - b[at + 2]) ** 2
}

/** How far a cell of one picture is from the range of colours around it in the other, widened by a part of that range. */
function outside ({ lab }: Cells, other: Cells, column: number, row: number): number {
  const { columns, rows } = other
  const [left, right] = [Math.max(0, column - 1), Math.min(columns - 1, column + 1)]
  const [top, bottom] = [Math.max(0, row - 1), Math.min(rows - 1, row + 1)]
  low.fill(Infinity)
  high.fill(-Infinity)
  for (let y = top; y <= bottom; y++) {
    for (let at = (y * columns + left) * 3, x = left; x <= right; x++) {
      for (let channel = 0; channel < 3; channel++, at++) {
        const value = other.lab[at]
        if (value < low[channel]) low[channel] = value
        if (value > high[channel]) high[channel] = value
      }
    }
  }
  const cell = (row * columns + column) * 3
  const edge = ringing * Math.max(high[0] - low[0], high[1] - low[1], high[2] - low[2])
  const colourfulness = Math.sqrt(lab[cell + 1] ** 2 + lab[cell + 2] ** 2)
  let sum = 0
  for (let channel = 0, at = cell; channel < 3; channel++, at++) {
    const away = Math.max(0, low[channel] - lab[at], lab[at] - high[channel]) - edge - fading[channel] * colourfulness
    if (away > 0) sum += away * away
  }
  return Math.sqrt(sum)
}

/** Part of an edge's height by which encoders and scalers overshoot it, or flatten what is finer. */
const ringing = 0.2
/**
 * Part of its colourfulness by which a colour may be off when a profile got lost, in lightness and in the two others; there may be no
 * such colour where drift is measured.
 */
const fading = [0.08, 0.22, 0.14]
// Written anew for each cell: there are too many to make them each time.
const low = new Float64Array(3)
const high = new Float64Array(3)
