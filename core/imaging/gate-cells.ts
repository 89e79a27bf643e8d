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
  const add = isPlain(raster) ? addPlain : createAdd(raster)
  for (let row = 0; row < rows; row++) {
    sums.fill(0)
    const bottom = Math.min(height, (row + 1) * cell)
    let lines = 0
    for (let y = row * cell; y < bottom; y += step, lines++) add(raster.data, (top + y) * raster.width + left, sums, { width, cell, step })
    for (let column = 0; column < columns; column++) {
      const count = lines * Math.ceil(Math.min(cell, width - column * cell) / step)
      writeLab(sums[column * 3] / count, sums[column * 3 + 1] / count, sums[column * 3 + 2] / count, lab, (row * columns + column) * 3)
    }
  }
  return { columns, rows, lab }
}

/** Adds the colours of a line that begins at a pixel to the sums of its cells, 0–255, on the ground. */
type Add = (data: Raster['data'], pixel: number, sums: Float64Array, line: Pick<Grid, 'width' | 'cell'> & { readonly step: number }) => void

function isPlain (raster: Raster): boolean {
  return raster.channels === 3 && fullOf(raster) === 255
}

/** Most pictures are so: without any other arithmetic it is three times as fast. */
const addPlain: Add = (data, pixel, sums, { width, cell, step }) => {
  const stride = 3 * step
  const end = (pixel + width) * 3
  for (let from = pixel * 3, to = 0; from < end; from += cell * 3, to += 3) {
    let [red, green, blue] = [0, 0, 0]
    const last = Math.min(end, from + cell * 3)
    for (let at = from; at < last; at += stride) {
      red += data[at]
      green += data[at + 1]
      blue += data[at + 2]
    }
    sums[to] += red
    sums[to + 1] += green
    sums[to + 2] += blue
  }
}

function createAdd (raster: Raster): Add {
  const { channels } = raster
  const scale = 255 / fullOf(raster)
  const colours = coloursOf(raster)
  const [green, blue] = colours === 3 ? [1, 2] : [0, 0]
  const isOpaque = !hasAlpha(raster)
  return (data, pixel, sums, { width, cell, step }) => {
    for (let x = 0; x < width;) {
      const to = Math.floor(x / cell) * 3
      for (const end = Math.min(width, x - x % cell + cell); x < end; x += step) {
        const at = (pixel + x) * channels
        const alpha = isOpaque ? 1 : data[at + colours] * scale / 255
        sums[to] += ground + (data[at] * scale - ground) * alpha
        sums[to + 1] += ground + (data[at + green] * scale - ground) * alpha
        sums[to + 2] += ground + (data[at + blue] * scale - ground) * alpha
      }
      x = (to / 3 + 1) * cell
    }
  }
}

/** Weighs each cell 2 and its neighbours 1, across and down, so that the finest texture, which no encoder keeps, counts for less. */
export function soften ({ columns, rows, lab }: Cells): Cells {
  const stride = columns * 3
  const across = new Float32Array(lab.length)
  for (let start = 0; start < lab.length; start += stride) {
    const last = start + stride - 3
    for (let at = start; at < start + stride; at++) across[at] = (lab[at < start + 3 ? at : at - 3] + 2 * lab[at] + lab[at >= last ? at : at + 3]) / 4
  }
  const soft = new Float32Array(lab.length)
  for (let row = 0, at = 0; row < rows; row++) {
    const [above, below] = [row === 0 ? 0 : stride, row === rows - 1 ? 0 : stride]
    for (const end = at + stride; at < end; at++) soft[at] = (across[at - above] + 2 * across[at] + across[at + below]) / 4
  }
  return { columns, rows, lab: soft }
}

/** Is there a block of three by three cells that are all masked? In less than that an edit cannot be told from an encoder's marks. */
export function holdsBlock (parts: Uint8Array, columns: number): boolean {
  const runs = new Uint8Array(columns)
  for (let at = 0, run = 0; at < parts.length; at++) {
    const column = at % columns
    run = parts[at] === 2 ? (column === 0 ? 1 : run + 1) : 0
    runs[column] = run >= 3 ? runs[column] + 1 : 0
    if (runs[column] >= 3) return true
  }
  return false
}

/** Of each cell: 2 = it is masked, by an eighth at least; 1 = by less; 0 = not at all. */
export function maskCells ({ pixels, width: stride }: Bytes, { left, top, width, height, cell }: Grid): Uint8Array {
  const columns = Math.ceil(width / cell)
  const parts = new Uint8Array(columns * Math.ceil(height / cell))
  const least = Math.max(1, cell * cell / 8)
  const counts = new Uint32Array(parts.length)
  for (let y = 0; y < height; y++) {
    const start = (top + y) * stride + left
    for (let at = start, to = Math.floor(y / cell) * columns; at < start + width; to++) {
      for (const end = Math.min(start + width, at + cell); at < end; at++) {
        if (pixels[at] === 0) continue
        parts[to] = 1
        if (pixels[at] >= 128) counts[to]++
      }
    }
  }
  for (let at = 0; at < parts.length; at++) if (counts[at] >= least) parts[at] = 2
  return parts
}
