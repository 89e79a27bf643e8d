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
  const colours = [0, 1, 2].map(channel => channelOf(lab, channel, parts))
  const count = colours[0].length
  if (count === 0) return undefined
  const median = colours.map(values => values.toSorted()[count >> 1])
  let most = 0
  const [[l, a, b], [lightness, green, blue]] = [colours, median]
  for (let n = 0; n < count; n++) most = Math.max(most, (l[n] - lightness) ** 2 + (a[n] - green) ** 2 + (b[n] - blue) ** 2)
  return { median, contrast: Math.sqrt(most) }
}

/** One of the three numbers of each cell that is not masked. */
function channelOf (lab: Float32Array, channel: number, parts: Uint8Array | undefined): Float32Array {
  const values = new Float32Array(lab.length / 3)
  let count = 0
  for (let cell = 0; cell < values.length; cell++) if (parts === undefined || parts[cell] === 0) values[count++] = lab[cell * 3 + channel]
  return values.subarray(0, count)
}

export function apart (a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}
