import { maskCells, readCells, soften, type Cells } from './gate-cells.ts'
import { apart, contrastOf } from './gate-contrast.ts'
import { distanceOf } from './gate-distance.ts'
import { withoutDrift } from './gate-drift.ts'
import { coloursOf, fullOf, hasAlpha, type Raster } from './raster.ts'
import { regionOf, type Bytes, type Region } from './region.ts'

/** What is asked of a result's pixels. */
export interface Question {
  /** How far the result is from the image. */
  readonly distance: boolean
  /** How far what was to be edited stands out from its surroundings. */
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
  /** How far the result is from the image where it was to be edited, at the place where it is farthest. */
  readonly distance?: number
  /** How far what was to be edited is, at most, from any colour around it in the image: 0 = an even area. */
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
/** Drift that is taken out, ΔE-OK: where there is a mask, what is outside of it shows the drift; else it must not hide an edit. */
const mostDrift = { masked: 0.05, whole: 0.02 }

/** The figures of a result by itself. */
export function measureAlone (result: Raster, { transparency }: Pick<Question, 'transparency'>): Figures {
  return { contrast: contrastOf(result)?.contrast ?? 0, ...transparency && transparencyOf(result) }
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
  const [before, after] = [soften(readCells(image, grid)), soften(readCells(result, grid))]
  const parts = mask && maskCells(mask, grid)
  const isIn = (cell: number) => parts === undefined || parts[cell] === 2
  const isCalm = parts?.includes(0) === true ? (cell: number) => parts[cell] === 0 : () => true
  const settled = withoutDrift(before, after, isCalm, parts === undefined ? mostDrift.whole : mostDrift.masked)
  return {
    ...alone,
    distance: distanceOf(before, settled, isIn),
    ...parts && question.prominence && { prominence: prominenceOf(before, parts) }
  }
}

/** The region and, of its surroundings, a quarter of its size. */
function withMargin ({ left, top, width, height }: Region, size: { readonly width: number, readonly height: number }): Region {
  const margin = Math.max(8, Math.ceil(Math.max(width, height) / 4))
  const [x, y] = [Math.max(0, left - margin), Math.max(0, top - margin)]
  return { left: x, top: y, width: Math.min(size.width, left + width + margin) - x, height: Math.min(size.height, top + height + margin) - y }
}

/** More cells of either kind make it no better. */
const mostCompared = 500

function prominenceOf ({ lab }: Cells, parts: Uint8Array): number {
  const cellsOf = (part: number) => {
    const cells: number[] = []
    for (let cell = 0; cell < parts.length; cell++) if (parts[cell] === part) cells.push(cell * 3)
    const step = Math.ceil(cells.length / mostCompared)
    return cells.filter((_, index) => index % step === 0)
  }
  const around = cellsOf(0)
  return cellsOf(2).reduce((most, at) => Math.max(most, around.reduce((least, near) =>
    Math.min(least, apart(lab.subarray(at, at + 3), lab.subarray(near, near + 3))), Infinity)), 0)
}

function compareContrast (image: Raster, result: Raster, mask: Bytes | undefined, around: Bytes): Pick<Figures, 'imageContrast' | 'kept'> {
  const [own, kept] = [contrastOf(result), contrastOf(image, around)]
  return {
    imageContrast: (mask === undefined ? kept : contrastOf(image))?.contrast ?? 0,
    ...own && kept && { kept: { contrast: kept.contrast, distance: apart(own.median, kept.median) } }
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
