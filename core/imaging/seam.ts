import type { Bytes, Region } from './region.ts'

/** The strip of a mask along what is not masked, in a region of the plane. The border of the image is no seam. */
export interface Seam {
  /** Steps to the nearest unmasked pixel, from 1; 0 = further than the reach, or not masked. About Euclidean. */
  readonly depth: Uint8Array
  /** The greatest depth of the masked part at this place, at most the reach: a thin stroke has no deep inside. */
  readonly peak: Uint8Array
}

/** @param reach 0–255; 0 = there is no strip */
export function findSeam ({ pixels, width: stride, height: rows }: Bytes, { left, top, width, height }: Region, reach: number): Seam {
  const depth = new Uint8Array(width * height)
  const peak = new Uint8Array(width * height)
  // All pixels of the strip, the shallow ones first.
  let order = new Int32Array(1024)
  let count = 0
  const push = (at: number) => {
    if (count === order.length) {
      const longer = new Int32Array(count * 2)
      longer.set(order)
      order = longer
    }
    order[count++] = at
  }

  for (let y = 0; y < (reach > 0 ? height : 0); y++) {
    for (let x = 0, at = (top + y) * stride + left; x < width; x++, at++) {
      if (pixels[at] === 0 || !touchesUnmasked(left + x, top + y, at)) continue
      depth[y * width + x] = 1
      push(y * width + x)
    }
  }
  for (let layer = 1, from = 0; layer < reach && from < count; layer++) {
    const to = count
    // Steps to the side and steps to all eight neighbours by turns make octagons.
    for (; from < to; from++) {
      visit(order[from], layer % 2 === 0, (at, x, y) => {
        if (depth[at] > 0 || pixels[(top + y) * stride + left + x] === 0) return
        depth[at] = layer + 1
        push(at)
      })
    }
  }
  for (let i = count - 1; i >= 0; i--) {
    const at = order[i]
    let highest = depth[at]
    visit(at, true, neighbour => {
      if (depth[neighbour] > depth[at]) highest = Math.max(highest, peak[neighbour])
    })
    peak[at] = highest
  }
  return { depth, peak }

  function touchesUnmasked (x: number, y: number, at: number): boolean {
    return (x > 0 && pixels[at - 1] === 0) || (x + 1 < stride && pixels[at + 1] === 0) ||
      (y > 0 && pixels[at - stride] === 0) || (y + 1 < rows && pixels[at + stride] === 0)
  }

  function visit (at: number, diagonally: boolean, see: (at: number, x: number, y: number) => void): void {
    const x = at % width
    const y = (at - x) / width
    const [west, east, north, south] = [x > 0, x + 1 < width, y > 0, y + 1 < height]
    if (west) see(at - 1, x - 1, y)
    if (east) see(at + 1, x + 1, y)
    if (north) see(at - width, x, y - 1)
    if (south) see(at + width, x, y + 1)
    if (!diagonally) return
    if (north && west) see(at - width - 1, x - 1, y - 1)
    if (north && east) see(at - width + 1, x + 1, y - 1)
    if (south && west) see(at + width - 1, x - 1, y + 1)
    if (south && east) see(at + width + 1, x + 1, y + 1)
  }
}
