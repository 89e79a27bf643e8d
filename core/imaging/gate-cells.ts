import { writeLab } from './gate-lab.ts'
import { coloursOf, fullOf, hasAlpha, type Raster } from './raster.ts'
import type { Bytes, Region } from './region.ts'

/** A part of a picture in square cells: the mean colour of each in OKLab, as it looks on a mid grey. */
export interface Cells {
  readonly columns: number
  readonly rows: number
  /** Three numbers a cell. */
  readonly lab: Float32Array
}

/** How a part is cut into cells; those at its right and bottom edge may be smaller. */
export interface Grid extends Region {
  /** Side of a cell, pixels. */
  readonly cell: number
}

/** What transparent pixels are laid on: neither dark nor light things vanish in it. */
const ground = 128

/**
 * @param step only each so manieth pixel in both directions is looked at, from the first of a cell on
 */
export function readCells (raster: Raster, { left, top, width, height, cell }: Grid, step = 1): Cells {
  const columns = Math.ceil(width / cell)
  const rows = Math.ceil(height / cell)
  const lab = new Float32Array(columns * rows * 3)
  const sums = new Float64Array(columns * 3)
  const add = createAdd(raster, step)
  for (let row = 0; row < rows; row++) {
    sums.fill(0)
    const bottom = Math.min(height, (row + 1) * cell)
    let lines = 0
    for (let y = row * cell; y < bottom; y += step, lines++) {
      for (let column = 0, x = 0; x < width; column++, x += cell) {
        add(sums, column * 3, (top + y) * raster.width + left + x, Math.min(cell, width - x))
      }
    }
    for (let column = 0; column < columns; column++) {
      const count = lines * Math.ceil(Math.min(cell, width - column * cell) / step)
      writeLab(sums[column * 3] / count, sums[column * 3 + 1] / count, sums[column * 3 + 2] / count, lab, (row * columns + column) * 3)
    }
  }
  return { columns, rows, lab }
}

/** Adds the colours of a run of pixels, 0–255, on the ground. */
function createAdd (raster: Raster, step: number): (sums: Float64Array, to: number, pixel: number, length: number) => void {
  const { data, channels } = raster
  const stride = channels * step
  if (channels === 3 && fullOf(raster) === 255) {
    return (sums, to, pixel, length) => {
      let [red, green, blue] = [0, 0, 0]
      for (let at = pixel * 3, end = at + length * 3; at < end; at += stride) {
        red += data[at]
        green += data[at + 1]
        blue += data[at + 2]
      }
      sums[to] += red
      sums[to + 1] += green
      sums[to + 2] += blue
    }
  }
  const scale = 255 / fullOf(raster)
  const colours = coloursOf(raster)
  const [green, blue] = colours === 3 ? [1, 2] : [0, 0]
  const isOpaque = !hasAlpha(raster)
  return (sums, to, pixel, length) => {
    for (let at = pixel * channels, end = at + length * channels; at < end; at += stride) {
      const alpha = isOpaque ? 1 : data[at + colours] * scale / 255
      sums[to] += ground + (data[at] * scale - ground) * alpha
      sums[to + 1] += ground + (data[at + green] * scale - ground) * alpha
      sums[to + 2] += ground + (data[at + blue] * scale - ground) * alpha
    }
  }
}

/** Weighs each cell 2 and its neighbours 1, across and down, so that the finest texture, which no encoder keeps, counts for less. */
export function soften ({ columns, rows, lab }: Cells): Cells {
  return { columns, rows, lab: softenAlong(softenAlong(lab, 3, columns * 3), columns * 3, lab.length) }
}

/** In lines of a length, whose neighbours are a step apart. */
function softenAlong (lab: Float32Array, step: number, length: number): Float32Array {
  const soft = new Float32Array(lab.length)
  for (let start = 0; start < lab.length; start += length) {
    const [first, last] = [start + step, start + length - step]
    for (let at = start; at < start + length; at++) {
      soft[at] = (lab[at < first ? at : at - step] + 2 * lab[at] + lab[at >= last ? at : at + step]) / 4
    }
  }
  return soft
}

/** Of each cell: 2 = it is masked, by an eighth at least; 1 = by less; 0 = not at all. */
export function maskCells ({ pixels, width: stride }: Bytes, { left, top, width, height, cell }: Grid): Uint8Array {
  const columns = Math.ceil(width / cell)
  const parts = new Uint8Array(columns * Math.ceil(height / cell))
  const least = Math.max(1, cell * cell / 8)
  const counts = new Uint32Array(parts.length)
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cell) * columns
    for (let x = 0, at = (top + y) * stride + left; x < width; x++, at++) {
      if (pixels[at] === 0) continue
      const to = row + Math.floor(x / cell)
      parts[to] = 1
      if (pixels[at] >= 128) counts[to]++
    }
  }
  for (let at = 0; at < parts.length; at++) if (counts[at] >= least) parts[at] = 2
  return parts
}
