import { maskCells, readCells, type Grid } from './gate-cells.ts'
import type { Raster } from './raster.ts'
import type { Bytes } from './region.ts'

/** Cells of the longer side for the contrast of a whole picture, and pixels of one that are looked at, in each direction. */
const contrastAcross = 64
const samplesAcross = 4

interface Contrast { readonly contrast: number, readonly median: readonly number[] }

/** How far colours are from their median at most: of the whole, or of what is not masked at all; undefined = all is masked. */
export function contrastOf (raster: Raster): Contrast
export function contrastOf (raster: Raster, mask: Bytes): Contrast | undefined
export function contrastOf (raster: Raster, mask?: Bytes): Contrast | undefined {
  const longest = Math.max(raster.width, raster.height)
  const step = Math.max(1, Math.floor(longest / (contrastAcross * samplesAcross)))
  const grid: Grid = { left: 0, top: 0, width: raster.width, height: raster.height, cell: Math.max(1, Math.ceil(longest / contrastAcross)) }
  const { lab } = readCells(raster, grid, step)
  const parts = mask && maskCells(mask, grid)
  const places = new Int32Array(lab.length / 3).map((_, cell) => cell * 3).filter(at => parts === undefined || parts[at / 3] === 0)
  if (places.length === 0) return undefined
  const median = [0, 1, 2].map(channel => Float32Array.from(places, at => lab[at + channel]).sort()[places.length >> 1])
  let most = 0
  for (const at of places) most = Math.max(most, (lab[at] - median[0]) ** 2 + (lab[at + 1] - median[1]) ** 2 + (lab[at + 2] - median[2]) ** 2)
  return { median, contrast: Math.sqrt(most) }
}

export function apart (a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}
