import { coloursOf, fullOf, hasAlpha, type Raster } from './raster.ts'
import type { Bytes, Region } from './region.ts'
import { fillGaps, type Grid } from './tone-grid.ts'

/** By how much the image lies above a result, in values of the image. */
export interface Tone {
  /** The differences in a row of the region, for each pixel those of its channels; overwritten by the next call. */
  row (y: number): Float32Array
}

/** Levels of 0–255 up to which a difference may be one of tone. Above it is another picture. */
const mostShift = 40
/** Levels below which no tone is visible. */
const leastShift = 0.4
/** Pixels of a cell that are looked at, in each direction. */
const samplesAcross = 4

/**
 * Measures by how much a model shifted the tone of what it was not asked to edit, and spreads that smoothly over what is masked:
 * there it has shifted it just so, and nobody sees where its part begins once it is taken out. Where it has painted something
 * else around the mask, there is no tone to compare, and no shift.
 *
 * @param region the masked part; its surroundings are measured too
 * @returns undefined when there is no visible shift
 */
export function measureTone (image: Raster, result: Raster, mask: Bytes, region: Region): Tone | undefined {
  const cell = Math.max(4, Math.round(Math.sqrt(image.width * image.height) / 128))
  const margin = 4 * cell
  const left = Math.max(0, region.left - margin)
  const top = Math.max(0, region.top - margin)
  const columns = Math.ceil((Math.min(image.width, region.left + region.width + margin) - left) / cell)
  const rows = Math.ceil((Math.min(image.height, region.top + region.height + margin) - top) / cell)
  const colours = coloursOf(image)
  const grid: Grid = { columns, rows, colours, known: new Float32Array(columns * rows), values: new Float32Array(columns * rows * colours) }
  const pair: Pair = { image, result, mask, isClear: hasAlpha(image) || hasAlpha(result) }
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      grid.known[at] = measureCell(pair, left + column * cell, top + row * cell, cell, grid.values, at * colours)
    }
  }
  const least = leastShift * fullOf(image) / 255
  if (!grid.values.some(value => value > least || value < -least)) return undefined
  fillGaps(grid)

  const place: Place = { left, top, cell, columns, rows, width: region.width, first: region.left }
  const across = weightsAcross(place, colours)
  const line = new Float32Array(columns * colours)
  const shifts = new Float32Array(region.width * colours)
  return {
    row (y) {
      const { before, after, share } = between(y - top, cell, rows)
      mixRows(grid.values, before * line.length, after * line.length, share, line)
      spread(line, across, colours, shifts)
      return shifts
    }
  }
}

interface Place {
  readonly left: number
  readonly top: number
  readonly cell: number
  readonly columns: number
  readonly rows: number
  /** Of the row that is asked for, and where it begins. */
  readonly width: number
  readonly first: number
}

/** For each pixel of a row the values between which it lies, and how near it is to the second one. */
interface Across { readonly befores: Int32Array, readonly afters: Int32Array, readonly shares: Float32Array }

function weightsAcross ({ left, cell, columns, width, first }: Place, colours: number): Across {
  const [befores, afters, shares] = [new Int32Array(width), new Int32Array(width), new Float32Array(width)]
  for (let x = 0; x < width; x++) {
    const { before, after, share } = between(first + x - left, cell, columns)
    befores[x] = before * colours
    afters[x] = after * colours
    shares[x] = share
  }
  return { befores, afters, shares }
}

/** The cells whose centres are next to a place, and how far it is on the way from one to the other. */
function between (place: number, cell: number, count: number): { before: number, after: number, share: number } {
  const position = Math.min(count - 1, Math.max(0, (place + 0.5) / cell - 0.5))
  const before = Math.floor(position)
  return { before, after: Math.min(count - 1, before + 1), share: position - before }
}

// What runs for every pixel is no closure: of those a new one would be compiled for every picture.

function mixRows (values: Float32Array, before: number, after: number, share: number, line: Float32Array): void {
  for (let i = 0; i < line.length; i++) line[i] = values[before + i] + (values[after + i] - values[before + i]) * share
}

function spread (line: Float32Array, { befores, afters, shares }: Across, colours: number, shifts: Float32Array): void {
  for (let x = 0, at = 0; x < shares.length; x++) {
    const a = befores[x]
    const b = afters[x]
    const share = shares[x]
    for (let channel = 0; channel < colours; channel++, at++) shifts[at] = line[a + channel] + (line[b + channel] - line[a + channel]) * share
  }
}

interface Pair {
  readonly image: Raster
  readonly result: Raster
  readonly mask: Bytes
  /** One of them may be seen through. */
  readonly isClear: boolean
}

/** Writes the mean difference in a cell at a place, and answers how many of its pixels could be compared. */
function measureCell ({ image, result, mask, isClear }: Pair, left: number, top: number, cell: number, means: Float32Array, at: number): number {
  const colours = coloursOf(image)
  const full = fullOf(image)
  const gain = full / fullOf(result)
  const limit = mostShift * full / 255
  const [right, bottom] = [Math.min(image.width, left + cell), Math.min(image.height, top + cell)]
  const step = Math.max(1, Math.floor(cell / samplesAcross))
  let looked = 0
  let known = 0
  let alike = 0
  for (let y = top; y < bottom; y += step) {
    for (let x = left; x < right; x += step) {
      const pixel = y * image.width + x
      looked++
      if (mask.pixels[pixel] > 0 || (isClear && !isOpaque(image, result, pixel))) continue
      known++
      const i = pixel * image.channels
      const j = pixel * result.channels
      let differs = false
      for (let channel = 0; channel < colours; channel++) {
        const difference = image.data[i + channel] - result.data[j + channel] * gain
        if (difference > limit || difference < -limit) differs = true
      }
      if (differs) continue
      alike++
      for (let channel = 0; channel < colours; channel++) means[at + channel] += image.data[i + channel] - result.data[j + channel] * gain
    }
  }
  // A sliver beside the mask may be the rim of what was painted over: its neighbours know better.
  const isKnown = known >= looked / 2
  // When half of a cell is alike, the rest is what happens to lie there; when less is, so is the tone.
  const trust = isKnown && alike > 0 ? Math.min(1, 2 * alike / known) / alike : 0
  for (let channel = 0; channel < colours; channel++) means[at + channel] *= trust
  return isKnown ? known : 0
}

/** Only fully visible colours can be compared. */
function isOpaque (image: Raster, result: Raster, pixel: number): boolean {
  const colours = coloursOf(image)
  return (!hasAlpha(image) || image.data[pixel * image.channels + colours] === fullOf(image)) &&
    (!hasAlpha(result) || result.data[pixel * result.channels + colours] === fullOf(result))
}
