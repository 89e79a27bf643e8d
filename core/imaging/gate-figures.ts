import { holdsBlock, maskCells, readCells, soften, type Grid } from './gate-cells.ts'
import { apart, contrastOf } from './gate-contrast.ts'
import { distanceOf } from './gate-distance.ts'
import { withoutDrift } from './gate-drift.ts'
import { evened } from './gate-even.ts'
import { coloursOf, fullOf, hasAlpha, type Raster } from './raster.ts'
import { regionOf, type Bytes, type Region } from './region.ts'

/** What is asked of a result's pixels. */
export interface Question {
  /** How far the result is from the image. */
  readonly distance: boolean
  /** How far what was to be edited stands out from its surroundings; asked only when the distance is small. */
  readonly prominence: boolean
  /** How much of it is transparent. */
  readonly transparency: boolean
  /** By how much the result was enlarged, from 1: detail below it is not the model's. */
  readonly enlarged: number
}

/** What was measured of a result. Colours are differences in OKLab (ΔE-OK, 0–1). */
export interface Figures {
  /** How far the colours of the result are from their median at most: 0 = a single colour. */
  readonly contrast: number
  /** That of the image; absent when that of the result is high enough anyway. */
  readonly imageContrast?: number
  /** Of the part of the image that is not masked: its contrast, and how far its median is from that of the result. */
  readonly kept?: { readonly contrast: number, readonly distance: number }
  /** How far the result is from the image where it was to be edited, at the place where it is farthest; above 0.1 it may be farther. Absent when the mask is too thin to tell. */
  readonly distance?: number
  /** How far the image would be from one in which what was to be edited is filled smoothly from around it: 0 = an even area. Absent when the distance is above 0.1. */
  readonly prominence?: number
  /** Share of pixels, 0–1, that one can see through, and of those that can be seen. */
  readonly clear?: number
  readonly visible?: number
}

/** Above this contrast nobody asks for that of the image. */
const faint = 0.1
/** Cells of the longer side of what is compared. */
const cellsAcross = 256
/** Pixels: the colours of a JPEG are no finer. */
const leastCell = 2
/** A distance that needs no exact figure, nor anything else: no threshold is near. */
const plenty = 0.1
const fewCells = 12
/** Drift that is taken out, ΔE-OK: where there is a mask, what is outside of it shows the drift; else it must not hide an edit. */
const mostDrift = { masked: 0.05, whole: 0.02 }

/** The figures of a result by itself. */
export function measureAlone (result: Raster, { transparency }: Pick<Question, 'transparency'>): Figures {
  return { contrast: contrastOf(result).contrast, ...transparency && transparencyOf(result) }
}

/**
 * The figures of a result and the image it was made of, both of one size and in one colour space.
 * @param mask undefined = the whole image was to be edited
 * @param around the same, or of an outpainting what is around the image: there the image shows nothing
 */
export function measureBoth (image: Raster, result: Raster, mask: Bytes | undefined, around: Bytes, question: Question): Figures {
  const measured = measureAlone(result, question)
  const alone = { ...measured, ...measured.contrast < faint && compareContrast(image, result, mask, around) }
  const region = mask === undefined ? { left: 0, top: 0, width: image.width, height: image.height } : regionOf(mask)
  if (!question.distance || region === undefined) return alone
  const window = mask === undefined ? region : withMargin(region, image)
  const grid = { ...window, cell: Math.max(leastCell, Math.ceil(Math.max(window.width, window.height) / cellsAcross), Math.round(question.enlarged)) }
  const parts = mask && maskCells(mask, grid)
  if (parts !== undefined && !holdsBlock(parts, Math.ceil(grid.width / grid.cell))) return alone
  const [before, after] = [soften(readCells(image, grid)), soften(readCells(result, grid))]
  const edited = withoutEdge(parts?.map(part => part === 2 ? 1 : 0), grid, image)
  // Where there is a mask but nothing beside it, all that there is has to tell.
  const kept = parts?.includes(0) === true ? parts.map(part => part === 0 ? 1 : 0) : new Uint8Array(before.columns * before.rows).fill(1)
  const settled = withoutDrift(before, after, kept, parts === undefined ? mostDrift.whole : mostDrift.masked)
  const distance = distanceOf(before, settled, edited, plenty)
  return {
    ...alone,
    distance,
    ...parts && question.prominence && distance < plenty && { prominence: distanceOf(before, evened(before, parts), edited, plenty) }
  }
}

/**
 * Without the cells at the picture's edge: there a fine line is gone when a model moves the picture by half a pixel, which is no edit.
 * In pictures of a few cells all count.
 * @param edited undefined = all cells are
 */
function withoutEdge (edited: Uint8Array | undefined, { left, top, width, height, cell }: Grid, size: { readonly width: number, readonly height: number }): Uint8Array {
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)]
  const inner = edited ?? new Uint8Array(columns * rows).fill(1)
  if (Math.min(columns, rows) < fewCells) return inner
  if (top === 0) inner.fill(0, 0, columns)
  if (top + height === size.height) inner.fill(0, (rows - 1) * columns)
  for (let row = 0; row < rows; row++) {
    if (left === 0) inner[row * columns] = 0
    if (left + width === size.width) inner[(row + 1) * columns - 1] = 0
  }
  return inner
}

/** The region and, of its surroundings, a quarter of its size. */
function withMargin ({ left, top, width, height }: Region, size: { readonly width: number, readonly height: number }): Region {
  const margin = Math.max(8, Math.ceil(Math.max(width, height) / 4))
  const [x, y] = [Math.max(0, left - margin), Math.max(0, top - margin)]
  return { left: x, top: y, width: Math.min(size.width, left + width + margin) - x, height: Math.min(size.height, top + height + margin) - y }
}

function compareContrast (image: Raster, result: Raster, mask: Bytes | undefined, around: Bytes): Pick<Figures, 'imageContrast' | 'kept'> {
  const [own, kept] = [contrastOf(result), contrastOf(image, around)]
  return {
    imageContrast: (mask === undefined ? kept : contrastOf(image))?.contrast ?? 0,
    ...kept && { kept: { contrast: kept.contrast, distance: apart(own.median, kept.median) } }
  }
}

function transparencyOf (raster: Raster): Pick<Figures, 'clear' | 'visible'> {
  if (!hasAlpha(raster)) return { clear: 0, visible: 1 }
  const { data, channels } = raster
  const full = fullOf(raster)
  const [most, least] = [full * 0.9, full * 0.1]
  let [clear, visible] = [0, 0]
  for (let at = coloursOf(raster); at < data.length; at += channels) {
    if (data[at] < most) clear++
    if (data[at] > least) visible++
  }
  const pixels = raster.width * raster.height
  return { clear: clear / pixels, visible: visible / pixels }
}
