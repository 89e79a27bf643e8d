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
  const measure = createMeasure(image, result, mask)
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      grid.known[at] = measure(left + column * cell, top + row * cell, cell, grid.values.subarray(at * colours, (at + 1) * colours))
    }
  }
  const least = leastShift * fullOf(image) / 255
  if (!grid.values.some(value => Math.abs(value) > least)) return undefined
  fillGaps(grid)

  const line = new Float32Array(columns * colours)
  const shifts = new Float32Array(region.width * colours)
  const places = Array.from({ length: region.width }, (_, x) => between(region.left + x - left, columns))
  const befores = Int32Array.from(places, ({ before }) => before * colours)
  const afters = Int32Array.from(places, ({ after }) => after * colours)
  const shares = Float32Array.from(places, ({ share }) => share)
  return {
    row (y) {
      const { before, after, share } = between(y - top, rows)
      const length = columns * colours
      for (let i = 0, a = before * length, b = after * length; i < length; i++, a++, b++) {
        line[i] = grid.values[a] + (grid.values[b] - grid.values[a]) * share
      }
      for (let x = 0, at = 0; x < region.width; x++) {
        const a = befores[x]
        const b = afters[x]
        for (let channel = 0; channel < colours; channel++, at++) {
          shifts[at] = line[a + channel] + (line[b + channel] - line[a + channel]) * shares[x]
        }
      }
      return shifts
    }
  }

  /** The cells whose centres are next to a place, and how far it is on the way from one to the other. */
  function between (place: number, count: number): { before: number, after: number, share: number } {
    const position = Math.min(count - 1, Math.max(0, (place + 0.5) / cell - 0.5))
    const before = Math.floor(position)
    return { before, after: Math.min(count - 1, before + 1), share: position - before }
  }
}

/** Writes the mean difference in a cell, and answers how many of its pixels could be compared. */
function createMeasure (image: Raster, result: Raster, mask: Bytes) {
  const colours = coloursOf(image)
  const full = fullOf(image)
  const gain = full / fullOf(result)
  const limit = mostShift * full / 255
  const isOpaque = hasAlpha(image) || hasAlpha(result) ? createOpacity(image, result) : undefined
  return (left: number, top: number, cell: number, mean: Float32Array): number => {
    const step = Math.max(1, Math.floor(cell / samplesAcross))
    let [looked, known, alike] = [0, 0, 0]
    for (let y = top; y < Math.min(image.height, top + cell); y += step) {
      for (let x = left; x < Math.min(image.width, left + cell); x += step) {
        const pixel = y * image.width + x
        looked++
        if (mask.pixels[pixel] > 0 || isOpaque?.(pixel) === false) continue
        known++
        const [i, j] = [pixel * image.channels, pixel * result.channels]
        let differs = false
        for (let channel = 0; channel < colours; channel++) {
          if (Math.abs(image.data[i + channel] - result.data[j + channel] * gain) > limit) differs = true
        }
        if (differs) continue
        alike++
        for (let channel = 0; channel < colours; channel++) mean[channel] += image.data[i + channel] - result.data[j + channel] * gain
      }
    }
    // A sliver beside the mask may be the rim of what was painted over: its neighbours know better.
    if (known < looked / 2) {
      mean.fill(0)
      return 0
    }
    if (alike === 0) return known
    // When half of a cell is alike, the rest is what happens to lie there; when less is, so is the tone.
    const trust = Math.min(1, 2 * alike / known)
    for (let channel = 0; channel < colours; channel++) mean[channel] *= trust / alike
    return known
  }
}

/** Only fully visible colours can be compared. */
function createOpacity (image: Raster, result: Raster): (pixel: number) => boolean {
  const full = fullOf(image)
  const resultFull = fullOf(result)
  const alphaAt = coloursOf(image)
  return pixel => (!hasAlpha(image) || image.data[pixel * image.channels + alphaAt] === full) &&
    (!hasAlpha(result) || result.data[pixel * result.channels + alphaAt] === resultFull)
}
