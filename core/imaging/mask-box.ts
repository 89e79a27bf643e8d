import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { EditMask, Region } from '../request.ts'

/** Rows between two pauses: at a megabyte each they would take some milliseconds. */
const stretch = 64

/**
 * What holds everything of a mask that is above 0; undefined when nothing is. Rows are compared with zeros by the native memcmp,
 * which takes some milliseconds for a large mask, and others have their turn in between.
 */
export async function boxOf ({ pixels, width, height }: EditMask): Promise<Region | undefined> {
  const bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length)
  const zeros = Buffer.alloc(width)
  const isEmpty = (from: number, to: number) => bytes.compare(zeros, 0, to - from, from, to) === 0
  let [left, right, top, bottom] = [width, 0, -1, -1]
  for (let y = 0; y < height; y++) {
    if (y > 0 && y % stretch === 0) await yieldToOthers()
    const start = y * width
    if (isEmpty(start, start + width)) continue
    if (top < 0) top = y
    bottom = y
    // The part that is known to be within needs no second look: most rows end here.
    if (!isEmpty(start, start + left)) left = search(left, to => !isEmpty(start, start + to)) - 1
    if (!isEmpty(start + right, start + width)) right = width - search(width - right, to => !isEmpty(start + width - to, start + width)) + 1
  }
  return top < 0 ? undefined : { left, top, width: right - left, height: bottom + 1 - top }
}

/** The least number from 1 to `most` for which it holds; it holds for `most`, and for all above the first. */
function search (most: number, holds: (value: number) => boolean): number {
  let [low, high] = [0, most]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}
