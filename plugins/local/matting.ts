import { FRONT, listBand, measureDepth, neighbours } from './band.ts'
import { seenDifference } from './difference.ts'
import { copyPixel, mixBand, type Matte } from './mixture.ts'
import type { Raster } from './raster.ts'
import type { Segmentation } from './segmentation.ts'
import { surfaceAt, type Surface } from './surface.ts'

/** A pixel with this much alpha hides what is behind it, seen from outside. */
const WALL = 220

/**
 * Turns a segmentation into a cut-out with soft edges. Around the outline every pixel is taken as a mixture of the backdrop,
 * continued from outside, and the subject, continued from inside; its alpha is the subject's share and its colour is freed
 * from the backdrop's. Overwrites `means` (three bytes a pixel) and the map of the segmentation.
 */
export function extractMatte (image: Raster, means: Uint8Array, { map, backdrop }: Segmentation): Raster {
  const { width, height } = image
  const inside = Math.max(3, Math.min(14, Math.round(Math.min(width, height) / 120)))
  const depth = measureDepth(map, width, inside)
  const band = listBand(depth, inside)
  const front = new Uint8Array(image.data.length)
  for (let p = 0; p < depth.length; p++) {
    if (depth[p] > FRONT + inside) copyPixel(image.data, front, p)
  }
  const matte: Matte = { image, behind: means, front, depth, band, noise: backdrop.noise, around: new Int32Array(8) }
  continueBackdrop(matte, backdrop.surface)
  mixBand(matte)
  closeInside(matte, inside, map.fill(0))
  freeColours(matte)
  return { data: front, width, height }
}

/** Continues the backdrop under the band, from outside inwards; the surface stands in where no outside is near. */
function continueBackdrop ({ image, behind, depth, band, around }: Matte, surface: Surface): void {
  const colour = new Float64Array(3)
  for (const p of band) {
    let count = 0
    colour.fill(0)
    const found = neighbours(p, image.width, depth.length, around)
    for (let n = 0; n < found; n++) {
      const q = around[n]
      if (depth[q] >= depth[p]) continue
      for (let c = 0; c < 3; c++) colour[c] += behind[3 * q + c]
      count++
    }
    if (count === 0) surfaceAt(surface, p % image.width, Math.floor(p / image.width), colour)
    else for (let c = 0; c < 3; c++) colour[c] /= count
    for (let c = 0; c < 3; c++) behind[3 * p + c] = Math.min(255, Math.max(0, Math.round(colour[c])))
  }
}

/**
 * A pixel behind an opaque one, seen from outside, is a pattern of the subject and no edge; in thin shapes such as letters,
 * which have no inside, it is the backdrop between two strokes. `wall` starts as zeros.
 */
function closeInside ({ image, front, depth, band, around }: Matte, inside: number, wall: Uint8Array): void {
  for (let i = band.length - 1; i >= 0; i--) {
    const p = band[i]
    const found = neighbours(p, image.width, depth.length, around)
    for (let n = 0; n < found; n++) {
      const q = around[n]
      if (depth[q] > depth[p] && (depth[q] > FRONT + inside || wall[q] === 1)) wall[p] = 1
    }
  }
  for (const p of band) {
    const solid = wall[p] === 1
    const found = neighbours(p, image.width, depth.length, around)
    let least = 255
    for (let n = 0; n < found; n++) {
      const q = around[n]
      if (depth[q] < depth[p]) least = Math.min(least, Math.max(wall[q], front[4 * q + 3]))
    }
    wall[p] = depth[p] <= FRONT ? 0 : least
    if (solid && depth[p] > FRONT && least > WALL && front[4 * p + 3] < WALL) copyPixel(image.data, front, p)
  }
}

/** Takes the backdrop's share out of the colours, and the noise out of the shares near nothing. */
function freeColours ({ image, behind, front, band, noise }: Matte): void {
  for (const p of band) {
    const share = front[4 * p + 3] / 255
    if (share === 0 || share === 1) continue
    const contrast = 1 + seenDifference(
      front[4 * p] - behind[3 * p], front[4 * p + 1] - behind[3 * p + 1], front[4 * p + 2] - behind[3 * p + 2])
    const floor = Math.min(0.5, (2 + 2 * noise) / contrast)
    const alpha = Math.max(0, (share - floor) / (1 - floor))
    for (let c = 0; c < 3; c++) {
      const freed = (image.data[4 * p + c] - (1 - share) * behind[3 * p + c]) / share
      const mixed = share * Math.min(255, Math.max(0, freed)) + (1 - share) * front[4 * p + c]
      front[4 * p + c] = alpha === 0 ? 0 : Math.round(mixed)
    }
    front[4 * p + 3] = Math.round(255 * alpha)
  }
}
