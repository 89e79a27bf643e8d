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
export function regionOf ({ pixels, width, height }: Bytes, margin = 0): Region | undefined {
  let [left, right, top, bottom] = [width, -1, -1, -1]
  for (let y = 0; y < height; y++) {
    const start = y * width
    let first = 0
    while (first < width && pixels[start + first] === 0) first++
    if (first === width) continue
    let last = width - 1
    while (pixels[start + last] === 0) last--
    left = Math.min(left, first)
    right = Math.max(right, last)
    if (top < 0) top = y
    bottom = y
  }
  if (right < 0) return undefined
  left = Math.max(0, left - margin)
  top = Math.max(0, top - margin)
  return { left, top, width: Math.min(width, right + 1 + margin) - left, height: Math.min(height, bottom + 1 + margin) - top }
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
