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
  for (let row = 0; row < rows; row++) {
    // Both write into the same row, where the larger one stays.
    const isOff = lookOutside(a, b, row, edited, off)
    if (lookOutside(b, a, row, edited, off) || isOff) last = row
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

/**
 * Raises, of a row of cells, the values that are less than how far the cell is from the range of colours around it in the other picture,
 * widened by a part of that range.
 * @returns whether any was
 */
function lookOutside ({ lab, columns, rows }: Cells, { lab: other }: Cells, row: number, edited: Uint8Array, off: Float32Array): boolean {
  const top = Math.max(0, row - 1)
  const bottom = Math.min(rows - 1, row + 1)
  let isOff = false
  for (let column = 0, cell = row * columns; column < columns; column++, cell++) {
    if (edited[cell] === 0) continue
    const own = cell * 3
    const lightnessOff = lab[own] - other[own]
    const greenOff = lab[own + 1] - other[own + 1]
    const blueOff = lab[own + 2] - other[own + 2]
    if (lightnessOff * lightnessOff + greenOff * greenOff + blueOff * blueOff <= slight * slight) continue
    const left = Math.max(0, column - 1)
    const right = Math.min(columns - 1, column + 1)
    // A variable each: in arrays they would take twice the time.
    let lowL = other[own]
    let lowA = other[own + 1]
    let lowB = other[own + 2]
    let highL = lowL
    let highA = lowA
    let highB = lowB
    for (let y = top; y <= bottom; y++) {
      for (let at = (y * columns + left) * 3, end = (y * columns + right) * 3; at <= end; at += 3) {
        lowL = Math.min(lowL, other[at])
        lowA = Math.min(lowA, other[at + 1])
        lowB = Math.min(lowB, other[at + 2])
        highL = Math.max(highL, other[at])
        highA = Math.max(highA, other[at + 1])
        highB = Math.max(highB, other[at + 2])
      }
    }
    const a = lab[own + 1]
    const b = lab[own + 2]
    const edge = ringing * Math.max(highL - lowL, highA - lowA, highB - lowB)
    const colourfulness = Math.sqrt(a * a + b * b)
    const lightness = away(lab[own], lowL, highL, edge + fading.lightness * colourfulness)
    const green = away(a, lowA, highA, edge + fading.green * colourfulness)
    const blue = away(b, lowB, highB, edge + fading.blue * colourfulness)
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
