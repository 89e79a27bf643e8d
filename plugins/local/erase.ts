import { openCanvas, straighten } from './canvas.ts'
import { completeHole } from './completion.ts'
import { smooth } from './first-filling.ts'
import { growMask, partsOf } from './mask-growth.ts'
import { Refusal } from './raster.ts'
import type { Box, Canvas } from './canvas.ts'
import type { LocalOperation, Raster } from './raster.ts'

/** Of the image, in percent: larger regions no longer have enough around them to tell what belongs there. */
const mostPercent = 20
const defaultGrowth = 3

/**
 * Removes what the mask covers and fills the gap from its surroundings. Where the mask is between 0 and 255 the fill and the
 * image are mixed; pixels at which the mask, after it has been grown, is 0 keep their exact values.
 *
 * Parameters: `grow_mask` 0–20 (default 3), how many pixels the mask grows first, because what is left of an object's edge
 * would be continued; `seed`, an integer: another one gives another filling, the same one the same.
 *
 * @throws {Refusal} the mask is missing or empty, or covers more than the operation can fill well
 */
export const erase: LocalOperation = (image, { mask, parameters }) => {
  const { width, height } = image
  if (mask === undefined) throw new Refusal('erase needs a mask that marks what to remove')
  const covered = mask.reduce((sum, value) => sum + value, 0) / 255 / mask.length * 100
  if (covered === 0) throw new Refusal('the mask marks nothing to erase')
  if (covered > mostPercent) {
    throw new Refusal(`erase fills regions of up to ${mostPercent} % of the image; this mask covers ${Math.ceil(covered)} %`)
  }
  const grown = growMask(mask, width, height, integer(parameters.grow_mask, defaultGrowth))
  const result: Raster = { width, height, data: image.data.slice() }
  for (const box of partsOf(grown, width, height)) {
    const canvas = openCanvas(image, box)
    for (let y = box.top; y < box.bottom; y++) {
      for (let x = box.left; x < box.right; x++) {
        canvas.hole[(y - box.top) * canvas.width + x - box.left] = grown[y * width + x] > 0 ? 1 : 0
      }
    }
    if (!completeHole(canvas, { seed: integer(parameters.seed, 0), inward: 1.3, decay: 0 })) smooth(canvas)
    mix(result, canvas, box, grown)
  }
  return result
}

/** Lays the canvas over the image where the mask says. Colours are mixed by how much of each is seen. */
function mix ({ data, width }: Raster, canvas: Canvas, box: Box, mask: Uint8Array): void {
  const fill = new Uint8Array(4)
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      const share = mask[y * width + x] / 255
      if (share === 0) continue
      const p = (y * width + x) * 4
      straighten(canvas.data, ((y - box.top) * canvas.width + x - box.left) * 4, fill, 0)
      const before = data[p + 3] * (1 - share)
      const after = fill[3] * share
      for (let c = 0; c < 3; c++) data[p + c] = Math.round((data[p + c] * before + fill[c] * after) / Math.max(1, before + after))
      data[p + 3] = Math.round(before + after)
    }
  }
}

function integer (value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : fallback
}
