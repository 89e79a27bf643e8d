import { coloursOf, fullOf, hasAlpha, type Raster } from './raster.ts'
import { wordsOf } from './words.ts'

/** Of pixels. */
export interface Changes {
  readonly changed: number
  readonly total: number
}

/** 0–1; none of nothing. */
export function shareOf ({ changed, total }: Changes): number {
  return total === 0 ? 0 : changed / total
}

/**
 * How many unmasked pixels of two images of one size differ, and how many there are. A pixel differs when a channel does by more
 * than the tolerance, in levels of 0–255; one that is invisible in both has no colour. What has less depth is compared in
 * that depth.
 */
export function countChanges (image: Raster, result: Raster, mask: Uint8Array, tolerance: number): Changes {
  // Most are so, and to call nothing makes it twice as fast.
  const isPlain = image.channels === 3 && result.channels === 3 && fullOf(image) === fullOf(result)
  const [words, others] = [wordsOf(image), wordsOf(result)]
  if (isPlain && tolerance === 0 && words !== undefined && others !== undefined) return countUnlike(words, others, image.data, result.data, mask)
  if (isPlain) return countPlain(image.data, result.data, mask, tolerance * fullOf(result) / 255)
  const differs = createComparison(image, result, tolerance)
  let changed = 0
  let total = 0
  for (let pixel = 0, i = 0, j = 0; pixel < mask.length; pixel++, i += image.channels, j += result.channels) {
    if (mask[pixel] !== 0) continue
    total++
    if (differs(i, j)) changed++
  }
  return { changed, total }
}

/** Any difference counts: then four pixels are compared as three words, and the last few as they are. */
function countUnlike (words: Int32Array, others: Int32Array, a: Raster['data'], b: Raster['data'], mask: Uint8Array): Changes {
  const fours = mask.length >> 2
  let changed = 0
  let total = 0
  for (let at = 0, pixel = 0; at < fours * 3; at += 3, pixel += 4) {
    const first = mask[pixel] === 0 ? 1 : 0
    const second = mask[pixel + 1] === 0 ? 1 : 0
    const third = mask[pixel + 2] === 0 ? 1 : 0
    const fourth = mask[pixel + 3] === 0 ? 1 : 0
    total += first + second + third + fourth
    const x = words[at] ^ others[at]
    const y = words[at + 1] ^ others[at + 1]
    const z = words[at + 2] ^ others[at + 2]
    if ((x | y | z) === 0) continue
    changed += first & Number((x & 0xffffff) !== 0)
    changed += second & Number((x >>> 24 | (y & 0xffff)) !== 0)
    changed += third & Number((y >>> 16 | (z & 0xff)) !== 0)
    changed += fourth & Number(z >>> 8 !== 0)
  }
  const rest = countPlain(a.subarray(fours * 12), b.subarray(fours * 12), mask.subarray(fours * 4), 0)
  return { changed: changed + rest.changed, total: total + rest.total }
}

function countPlain (a: Raster['data'], b: Raster['data'], mask: Uint8Array, tolerance: number): Changes {
  const limit = Math.floor(tolerance)
  let changed = 0
  let total = 0
  for (let pixel = 0, i = 0; pixel < mask.length; pixel++, i += 3) {
    if (mask[pixel] !== 0) continue
    total++
    const red = a[i] - b[i]
    const green = a[i + 1] - b[i + 1]
    const blue = a[i + 2] - b[i + 2]
    // The sign of what is left of the limit, of all three at once: in a noisy picture no branch could be foreseen.
    changed -= ((limit - red) | (limit + red) | (limit - green) | (limit + green) | (limit - blue) | (limit + blue)) >> 31
  }
  return { changed, total }
}

function createComparison (image: Raster, result: Raster, tolerance: number): (i: number, j: number) => boolean {
  const colours = coloursOf(image)
  const full = fullOf(result)
  const shrink = fullOf(image) / full
  const limit = tolerance * full / 255
  const [a, b] = [image.data, result.data]
  const [imageAlpha, resultAlpha] = [hasAlpha(image), hasAlpha(result)]
  return (i, j) => {
    const alpha = imageAlpha ? Math.round(a[i + colours] / shrink) : full
    const otherAlpha = resultAlpha ? b[j + colours] : full
    if (alpha === 0 && otherAlpha === 0) return false
    if (Math.abs(alpha - otherAlpha) > limit) return true
    for (let channel = 0; channel < colours; channel++) {
      if (Math.abs(Math.round(a[i + channel] / shrink) - b[j + channel]) > limit) return true
    }
    return false
  }
}
