import { floodAlike, SUBJECT } from './alike.ts'
import { refineBackdrop, type Backdrop } from './backdrop.ts'
import { openHoles } from './holes.ts'
import type { Raster } from './raster.ts'
import { growShading } from './shading.ts'
import { clearSpecks } from './specks.ts'

export interface Segmentation {
  /** One byte a pixel: BACKGROUND or SUBJECT. Pixels on the edge of a subject count as subject. */
  readonly map: Uint8Array
  readonly backdrop: Backdrop
}

/**
 * Splits the image into background and subject: what looks like the backdrop and reaches the border, with the soft shadows
 * on it, and holes in the subject that show clearly the backdrop.
 */
export function findBackground (image: Raster, means: Uint8Array, first: Backdrop): Segmentation {
  const rough = new Uint8Array(means.length / 3)
  floodAlike(rough, image, means, first)
  growShading(rough, means, first)
  const backdrop = refineBackdrop(first, means, rough)
  const map = rough.fill(SUBJECT)
  const strongest = floodAlike(map, image, means, backdrop)
  openHoles(map, image, means, backdrop)
  growShading(map, means, backdrop)
  clearSpecks(map, means, backdrop, strongest)
  return { map, backdrop }
}
