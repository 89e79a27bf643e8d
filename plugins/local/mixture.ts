import { FRONT, neighbours, sortByKey } from './band.ts'
import { seenDifference } from './difference.ts'
import type { Raster } from './raster.ts'

/** A mixture holds at most this share of the subject; above, a pixel is all subject. */
const OPAQUE = 0.94

/** How far from the line between backdrop and subject a mixture may be, as a share of their distance. */
const ASIDE = 0.2

/** How far compression echoes an edge, pixels, and how strongly. */
const ECHO = 4
const ECHO_SHARE = 0.3

/** What the steps of matting work on; all of one image. */
export interface Matte {
  readonly image: Raster
  /** The backdrop's colour, three bytes a pixel. */
  readonly behind: Uint8Array
  /** The subject's colour and share, four bytes a pixel; share 0 = not known yet. */
  readonly front: Uint8Array
  readonly depth: Uint8Array
  /** Pixels around the outline, the outermost first. */
  readonly band: Int32Array
  readonly noise: number
  readonly around: Int32Array
}

/**
 * Finds the subject's colour and share of each pixel of the band. The pixels least like the backdrop come first, so that
 * a pixel finds neighbours that are more of the subject than itself and takes the subject's colour from them.
 */
export function mixBand (matte: Matte): void {
  const { image, behind, front, depth, noise } = matte
  const difference = (p: number) => seenDifference(
    image.data[4 * p] - behind[3 * p], image.data[4 * p + 1] - behind[3 * p + 1], image.data[4 * p + 2] - behind[3 * p + 2])
  const order = sortByKey(matte.band, p => 255 - Math.round(difference(p)))
  const colour = new Float64Array(3)
  for (const p of order) {
    const mixed = mixPixel(matte, p, colour)
    const share = mixed < 0 && isRinging(matte, p, difference(p), colour) ? 0 : mixed
    const contrast = 1 + seenDifference(colour[0] - behind[3 * p], colour[1] - behind[3 * p + 1], colour[2] - behind[3 * p + 2])
    if (share < 0 && (depth[p] <= FRONT || difference(p) <= 3 + 2 * noise)) continue
    if (share < 0 || share > OPAQUE - 2 * noise / contrast) {
      copyPixel(image.data, front, p)
    } else {
      for (let c = 0; c < 3; c++) front[4 * p + c] = colour[c]
      front[4 * p + 3] = Math.max(1, Math.round(255 * share))
    }
  }
}

/** The subject's share in a pixel by its neighbours, their colour in `colour`; −1 = it is no mixture with any of them. */
function mixPixel ({ image, behind, front, depth, noise, around }: Matte, p: number, colour: Float64Array): number {
  const found = neighbours(p, image.width, depth.length, around)
  const cr = image.data[4 * p] - behind[3 * p]
  const cg = image.data[4 * p + 1] - behind[3 * p + 1]
  const cb = image.data[4 * p + 2] - behind[3 * p + 2]
  const cl = lightOf(cr, cg, cb)
  const square = 4 * cl * cl + (cr - cl) ** 2 + (cb - cl) ** 2
  let weights = 0
  let shares = 0
  colour.fill(0)
  for (let n = 0; n < found; n++) {
    const q = 4 * around[n]
    if (front[q + 3] === 0) continue
    const fr = front[q] - behind[3 * p]
    const fb = front[q + 2] - behind[3 * p + 2]
    const fl = lightOf(fr, front[q + 1] - behind[3 * p + 1], fb)
    const length = 4 * fl * fl + (fr - fl) ** 2 + (fb - fl) ** 2
    if (length <= square) continue
    const dot = 4 * cl * fl + (cr - cl) * (fr - fl) + (cb - cl) * (fb - fl)
    const share = dot / length
    // What is nearly all subject has the subject's own colour: a neighbour of another one is no help.
    const aside = Math.sqrt(Math.max(0, square - share * dot))
    if (aside > 4 + 3 * noise + ASIDE * Math.sqrt(length) * Math.min(1, Math.max(0.2, 1.6 * (1 - share)))) continue
    const weight = 1 / (1 + aside)
    weights += weight
    shares += weight * Math.max(0, share)
    for (let c = 0; c < 3; c++) colour[c] += weight * front[q + c]
  }
  if (weights === 0) return -1
  for (let c = 0; c < 3; c++) colour[c] /= weights
  return shares / weights
}

/** Is the pixel an echo of a much stronger edge nearby, as compression leaves them? The edge's colour then goes into `colour`. */
function isRinging ({ image, behind, front, depth }: Matte, p: number, difference: number, colour: Float64Array): boolean {
  const { width } = image
  const x = p % width
  for (let row = p - ECHO * width; row <= p + ECHO * width; row += width) {
    for (let i = Math.max(-ECHO, -x); i <= Math.min(ECHO, width - 1 - x); i++) {
      const q = row + i
      if (q < 0 || q >= depth.length || front[4 * q + 3] < 128) continue
      const contrast = seenDifference(front[4 * q] - behind[3 * p], front[4 * q + 1] - behind[3 * p + 1], front[4 * q + 2] - behind[3 * p + 2])
      if (difference > ECHO_SHARE * contrast) continue
      for (let c = 0; c < 3; c++) colour[c] = front[4 * q + c]
      return true
    }
  }
  return false
}

// Brightness counts double in a mixture: compression keeps it sharp where hue has run.
const lightOf = (red: number, green: number, blue: number) => 0.299 * red + 0.587 * green + 0.114 * blue

/** The pixel as it is, opaque. */
export function copyPixel (from: Uint8Array, to: Uint8Array, pixel: number): void {
  for (let i = 4 * pixel; i < 4 * pixel + 3; i++) to[i] = from[i]
  to[4 * pixel + 3] = 255
}
