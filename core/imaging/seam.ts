import type { Bytes, Region } from './region.ts'

/** The strip of a mask along what is not masked, in a region of the plane. The border of the image is no seam. */
export interface Seam {
  /** Steps to the nearest unmasked pixel, from 1; 0 = further than the reach, or not masked. About Euclidean. */
  readonly depth: Uint8Array
  /** The greatest depth of the masked part at this place, at most the reach: a thin stroke has no deep inside. */
  readonly peak: Uint8Array
}

/** @param reach 0–255; 0 = there is no strip */
export function findSeam (mask: Bytes, { left, top, width, height }: Region, reach: number): Seam {
  const { pixels, width: stride } = mask
  const depth = new Uint8Array(width * height)
  const peak = new Uint8Array(width * height)
  // All pixels of the strip, the shallow ones first.
  let order = new Int32Array(1024)
  let count = 0
  for (let y = 0; y < (reach > 0 ? height : 0); y++) {
    order = withRoom(order, count + width)
    for (let x = 0, at = (top + y) * stride + left; x < width; x++, at++) {
      if (pixels[at] === 0 || !touchesUnmasked(mask, left + x, top + y, at)) continue
      depth[y * width + x] = 1
      order[count++] = y * width + x
    }
  }
  for (let layer = 1, from = 0; layer < reach && from < count; layer++) {
    const to = count
    order = withRoom(order, count + neighbours * (to - from))
    // Steps to the side and steps to all eight neighbours by turns make octagons.
    const isDiagonal = layer % 2 === 0
    for (; from < to; from++) {
      const x = order[from] % width
      const y = (order[from] - x) / width
      for (let down = y > 0 ? -1 : 0; down <= (y + 1 < height ? 1 : 0); down++) {
        for (let right = x > 0 ? -1 : 0; right <= (x + 1 < width ? 1 : 0); right++) {
          if (down !== 0 && right !== 0 && !isDiagonal) continue
          const at = (y + down) * width + x + right
          if (depth[at] > 0 || pixels[(top + y + down) * stride + left + x + right] === 0) continue
          depth[at] = layer + 1
          order[count++] = at
        }
      }
    }
  }
  for (let i = count - 1; i >= 0; i--) peak[order[i]] = highestAround(depth, peak, order[i], width, height)
  return { depth, peak }
}

const neighbours = 8

function withRoom (order: Int32Array<ArrayBuffer>, count: number): Int32Array<ArrayBuffer> {
  if (count <= order.length) return order
  const longer = new Int32Array(count * 2)
  longer.set(order)
  return longer
}

function touchesUnmasked ({ pixels, width, height }: Bytes, x: number, y: number, at: number): boolean {
  return (x > 0 && pixels[at - 1] === 0) || (x + 1 < width && pixels[at + 1] === 0) ||
    (y > 0 && pixels[at - width] === 0) || (y + 1 < height && pixels[at + width] === 0)
}

/** Its own depth, or the peak of what lies deeper beside it. */
function highestAround (depth: Uint8Array, peak: Uint8Array, at: number, width: number, height: number): number {
  const x = at % width
  const y = (at - x) / width
  let highest = depth[at]
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let next = row * width + Math.max(0, x - 1), last = row * width + Math.min(width - 1, x + 1); next <= last; next++) {
      if (depth[next] > depth[at] && peak[next] > highest) highest = peak[next]
    }
  }
  return highest
}
