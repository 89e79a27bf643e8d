import type { Raster } from './raster.ts'
import { wordsOf } from './words.ts'

/** The rows of a raster as a PNG holds them: each behind the number of its filter (ISO/IEC 15948, section 9). */
export interface FilteredRows {
  /** Bytes. */
  readonly rowLength: number
  readonly count: number
  /** Writes rows `from` up to `to` behind each other. */
  write (target: Uint8Array, from: number, to: number): void
}

const none = 0
const sub = 1
const up = 2
/** Bytes between two that are looked at to choose a filter: no multiple of any pixel's size. */
const sampling = 13
/** Rows that share a filter: neighbours are much alike. */
const band = 4

/** @param plain leaves every row as it is, for what is not to be compressed */
export function filterRows (raster: Raster, plain: boolean): FilteredRows {
  const { width, height, channels } = raster
  const rowOf = createRows(raster)
  const pixelLength = raster.data.BYTES_PER_ELEMENT * channels
  const length = width * pixelLength
  // Each row has to begin with a word, as in most pictures.
  const words = length % 4 === 0 ? wordsOf(raster) : undefined
  const line = new Int32Array(words === undefined ? 0 : length / 4)
  const lineBytes = new Uint8Array(line.buffer)
  return {
    rowLength: length + 1,
    count: height,
    write (target, from, to) {
      let above = from > 0 ? rowOf(from - 1) : undefined
      let filter = none
      for (let y = from, at = 0; y < to; y++, at += length + 1) {
        const row = rowOf(y)
        if (!plain && (y === from || y % band === 0)) filter = choose(row, above, pixelLength)
        target[at] = filter
        if (filter === none) {
          target.set(row, at + 1)
        } else if (words !== undefined) {
          if (filter === up) subtractAbove(line, words, y * line.length)
          else subtractBefore(line, words, y * line.length, pixelLength)
          target.set(lineBytes, at + 1)
        } else {
          writeRow(target, at + 1, row, filter === up ? above : undefined, pixelLength)
        }
        above = row
      }
    }
  }
}

// For every byte: no closures, of which a new one would be compiled for every picture.

/** The filter that leaves the smallest differences: the rule of the PNG specification, on a sample. */
function choose (row: Uint8Array, above: Uint8Array | undefined, pixelLength: number): number {
  let plainSum = 0
  let subSum = 0
  let upSum = above === undefined ? Infinity : 0
  for (let i = pixelLength; i < row.length; i += sampling) {
    plainSum += size(row[i])
    subSum += size(row[i] - row[i - pixelLength])
    if (above !== undefined) upSum += size(row[i] - above[i])
  }
  if (upSum <= subSum && upSum < plainSum) return up
  return subSum < plainSum ? sub : none
}

/** The differences of the words of a row to those of the row above. */
function subtractAbove (line: Int32Array, words: Int32Array, at: number): void {
  for (let n = 0, above = at - line.length; n < line.length; n++) line[n] = bytewise(words[at + n], words[above + n])
}

/** The differences of each pixel to the one before it; at most four bytes make one. */
function subtractBefore (line: Int32Array, words: Int32Array, at: number, pixelLength: number): void {
  let last = 0
  for (let n = 0, bits = 8 * pixelLength; n < line.length; n++) {
    const word = words[at + n]
    line[n] = bytewise(word, bits === 32 ? last : word << bits | last >>> (32 - bits))
    last = word
  }
}

/** Four differences modulo 256 at once: the highest bit of each byte is kept out of the subtraction, so that none borrows from the next. */
function bytewise (a: number, b: number): number {
  return ((a | 0x80808080) - (b & 0x7f7f7f7f)) ^ ((a ^ ~b) & 0x80808080)
}

/** Writes the differences to the row above; without one, those to the pixel before, of which the first one has none. */
function writeRow (target: Uint8Array, at: number, row: Uint8Array, above: Uint8Array | undefined, pixelLength: number): void {
  if (above !== undefined) {
    for (let i = 0; i < row.length; i++) target[at + i] = row[i] - above[i]
    return
  }
  target.set(row.subarray(0, pixelLength), at)
  for (let i = pixelLength; i < row.length; i++) target[at + i] = row[i] - row[i - pixelLength]
}

/** The bytes of a row, big-endian as PNG has them; those of the row before stay good. */
function createRows ({ data, width, channels }: Raster): (y: number) => Uint8Array {
  const values = width * channels
  if (!(data instanceof Uint16Array)) return y => data.subarray(y * values, (y + 1) * values)
  const buffers = [new Uint8Array(2 * values), new Uint8Array(2 * values)]
  return y => {
    const bytes = buffers[y % 2]
    for (let i = 0, at = y * values; i < values; i++, at++) {
      bytes[2 * i] = data[at] >> 8
      bytes[2 * i + 1] = data[at]
    }
    return bytes
  }
}

/** Of a difference modulo 256. */
function size (difference: number): number {
  const byte = difference & 255
  return byte < 128 ? byte : 256 - byte
}
