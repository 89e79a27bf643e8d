import type { Bytes } from './region.ts'

/**
 * Softens all edges over so many pixels to both sides, in place. Deeper inside and further outside nothing changes: what was
 * 255 or 0 there still is. The border of the plane is no edge.
 */
export function featherPlane (plane: Bytes, by: number): void {
  // Twice: one moving average alone makes a ramp with two kinks, which show.
  const first = Math.ceil(by / 2)
  for (const reach of [first, by - first]) {
    if (reach === 0) continue
    averageRows(plane, reach)
    averageColumns(plane, reach)
  }
}

/** At the border there are fewer values, and the average is theirs. */
function averageRows ({ pixels, width, height }: Bytes, reach: number): void {
  const row = new Uint8Array(width)
  for (let y = 0, start = 0; y < height; y++, start += width) {
    row.set(pixels.subarray(start, start + width))
    let sum = 0
    let count = 0
    for (let x = 0; x < Math.min(reach, width); x++, count++) sum += row[x]
    for (let x = 0; x < width; x++) {
      if (x + reach < width) {
        sum += row[x + reach]
        count++
      }
      if (x > reach) {
        sum -= row[x - reach - 1]
        count--
      }
      pixels[start + x] = (sum + (count >> 1)) / count
    }
  }
}

/** Row by row, with one sum for each column: a walk down every column would miss the processor's cache at each step. */
function averageColumns ({ pixels, width, height }: Bytes, reach: number): void {
  const sums = new Uint32Array(width)
  // Rows are overwritten while their values are still to be subtracted.
  const kept = new Uint8Array((reach + 1) * width)
  const add = (y: number) => {
    for (let x = 0, at = y * width; x < width; x++, at++) sums[x] += pixels[at]
  }
  let count = 0
  for (; count < Math.min(reach, height); count++) add(count)
  for (let y = 0; y < height; y++) {
    if (y + reach < height) {
      add(y + reach)
      count++
    }
    const slot = y % (reach + 1) * width
    if (y > reach) {
      for (let x = 0; x < width; x++) sums[x] -= kept[slot + x]
      count--
    }
    kept.set(pixels.subarray(y * width, (y + 1) * width), slot)
    for (let x = 0, at = y * width; x < width; x++, at++) pixels[at] = (sums[x] + (count >> 1)) / count
  }
}
