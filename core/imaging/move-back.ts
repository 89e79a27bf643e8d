import { fullOf, type Raster } from './raster.ts'
import type { Region } from './region.ts'
import type { Offset } from './registration.ts'

/** Pixels around it that one between others is made of, each way. */
const reach = 2

/**
 * Moves the region of a picture back by an offset, in place: each pixel gets what lies there, between pixels by Catmull and Rom's cubic,
 * which blurs least. What would come from outside of the picture is drawn out from its border. Around the region all stays.
 */
export function moveBack (picture: Raster, { x: right, y: down }: Offset, { left, top, width, height }: Region): void {
  const { data, channels, width: stride } = picture
  const full = fullOf(picture)
  const rows = createTaps(top, height, down, picture.height)
  const columns = createTaps(left, width, right, stride)
  // All rows that are read, as they were; and of a row what is read.
  const [first, last] = rangeOf(rows.places)
  const [leftmost, rightmost] = rangeOf(columns.places)
  const read = data.subarray(first * stride * channels, (last + 1) * stride * channels)
  // A Buffer's slice would be no copy.
  const was = read instanceof Uint16Array ? new Uint16Array(read) : new Uint8Array(read)
  const line = new Float32Array((rightmost + 1 - leftmost) * channels)
  for (let y = 0; y < height; y++) {
    line.fill(0)
    for (let tap = 0; tap < 2 * reach; tap++) {
      const weight = rows.weights[y * 2 * reach + tap]
      const from = ((rows.places[y * 2 * reach + tap] - first) * stride + leftmost) * channels
      if (weight !== 0) for (let i = 0; i < line.length; i++) line[i] += weight * was[from + i]
    }
    for (let x = 0, to = ((top + y) * stride + left) * channels; x < width; x++, to += channels) {
      for (let channel = 0; channel < channels; channel++) {
        let value = 0.5
        for (let tap = x * 2 * reach; tap < (x + 1) * 2 * reach; tap++) value += columns.weights[tap] * line[(columns.places[tap] - leftmost) * channels + channel]
        data[to + channel] = value < 0 ? 0 : value > full ? full : value
      }
    }
  }
}

function rangeOf (places: Int32Array): [number, number] {
  return [places.reduce((least, place) => Math.min(least, place)), places.reduce((most, place) => Math.max(most, place))]
}

/** For each of the places from the first one on: the four around what lies at the offset from it, and how much of each. */
function createTaps (first: number, count: number, offset: number, length: number): { readonly places: Int32Array, readonly weights: Float32Array } {
  const places = new Int32Array(count * 2 * reach)
  const weights = new Float32Array(count * 2 * reach)
  // So near to whole pixels, moving by whole ones keeps all detail.
  const exact = Math.abs(offset - Math.round(offset)) < 0.12 ? Math.round(offset) : offset
  const base = Math.floor(exact)
  const t = exact - base
  const cubic = [((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2, (t - 1) * t * t / 2]
  for (let i = 0; i < count; i++) {
    for (let tap = 0; tap < 2 * reach; tap++) {
      places[i * 2 * reach + tap] = Math.min(length - 1, Math.max(0, first + i + base + tap - 1))
      weights[i * 2 * reach + tap] = cubic[tap]
    }
  }
  return { places, weights }
}
