import type { Region } from '../request.ts'

/** One byte a pixel, row by row. */
export interface Bytes {
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
}

/** A part of a plane. */
export type { Region }

/** What holds all pixels above 0 and `margin` around them, within the plane; undefined when there are none. */
export function regionOf (plane: Bytes, margin = 0): Region | undefined {
  const search = findBox(plane)
  let found = search.next()
  while (found.done !== true) found = search.next()
  if (found.value === undefined) return undefined
  const { left, top, width, height } = found.value
  const [x, y] = [Math.max(0, left - margin), Math.max(0, top - margin)]
  return { left: x, top: y, width: Math.min(plane.width, left + width + margin) - x, height: Math.min(plane.height, top + height + margin) - y }
}

/** Rows between two pauses: at a megabyte each they would take some milliseconds. */
const stretch = 64

/**
 * Looks for what holds everything above 0, with a pause now and then in which others can have their turn; undefined when nothing is.
 * Rows are compared with zeros by the native memcmp, which takes some milliseconds for a large mask.
 */
export function * findBox ({ pixels, width, height }: Bytes): Generator<undefined, Region | undefined> {
  const bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length)
  const zeros = Buffer.alloc(width)
  const isEmpty = (from: number, to: number) => bytes.compare(zeros, 0, to - from, from, to) === 0
  let [left, right, top, bottom] = [width, 0, -1, -1]
  for (let y = 0; y < height; y++) {
    if (y > 0 && y % stretch === 0) yield
    const start = y * width
    if (isEmpty(start, start + width)) continue
    if (top < 0) top = y
    bottom = y
    // The part that is known to be within needs no second look: most rows end here.
    if (!isEmpty(start, start + left)) left = least(left, to => !isEmpty(start, start + to)) - 1
    if (!isEmpty(start + right, start + width)) right = width - least(width - right, to => !isEmpty(start + width - to, start + width)) + 1
  }
  return top < 0 ? undefined : { left, top, width: right - left, height: bottom + 1 - top }
}

/** The least number from 1 to `most` for which it holds; it holds for `most`, and for all above the first. */
function least (most: number, holds: (value: number) => boolean): number {
  let [low, high] = [0, most]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

/** A copy of a region. */
export function copyOut ({ pixels, width: stride }: Bytes, { left, top, width, height }: Region): Bytes {
  const part = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const at = (top + y) * stride + left
    part.set(pixels.subarray(at, at + width), y * width)
  }
  return { pixels: part, width, height }
}

/** Writes a region back to where it came from. */
export function copyIn (part: Bytes, { pixels, width: stride }: Bytes, { left, top, width, height }: Region): void {
  for (let y = 0; y < height; y++) {
    pixels.set(part.pixels.subarray(y * width, (y + 1) * width), (top + y) * stride + left)
  }
}
