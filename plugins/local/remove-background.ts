import { readBackdrop } from './backdrop.ts'
import { extractMatte } from './matting.ts'
import { Refusal, type LocalOperation, type Raster } from './raster.ts'
import { findBackground } from './segmentation.ts'
import { smooth } from './smooth.ts'

/**
 * Cuts the subject out of a plain or smoothly shaded backdrop: RGBA with soft edges whose colours hold nothing of the
 * backdrop. Soft shadows go with the background. An image that is cut out already comes back as it is.
 * @throws Refusal when the border is no such backdrop, or there is nothing to tell apart
 */
export const removeBackground: LocalOperation = image => {
  // A copy of its own: the slice of a Buffer would share the memory.
  if (isCutOut(image)) return { ...image, data: new Uint8Array(image.data) }
  const means = smooth(image)
  const segmentation = findBackground(image, means, readBackdrop(image, means))
  const pixels = image.width * image.height
  let background = 0
  for (const value of segmentation.map) background += value
  if (background > 0.9995 * pixels) throw new Refusal('there is no subject before the background that stands out from it')
  if (background < 0.05 * pixels) throw new Refusal('the subject fills the image: there is no background to remove')
  const cut = extractMatte(image, means, segmentation)
  for (let a = 3; a < cut.data.length; a += 4) {
    if (image.data[a] < 255) cut.data[a] = Math.round(cut.data[a] * image.data[a] / 255)
  }
  return cut
}

/** The border is transparent in part: the alpha channel holds a cut-out. */
export function isCutOut ({ data, width, height }: Raster): boolean {
  let clear = 0
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1)
    for (let x = 0; x < width; x += step) if (data[4 * (y * width + x) + 3] < 128) clear++
  }
  return clear > 0.05 * 2 * (width + height)
}
