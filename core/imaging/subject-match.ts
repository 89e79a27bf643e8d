import { growPlane } from './mask-growth.ts'
import { fullOf, type Raster } from './raster.ts'

/** Levels of 0–255 by which two pixels of one tone may differ and show the same. */
const alike = 32
/** Shares of pixels that may differ: within the subject, as models smooth and sharpen, and along its edge, where a shift shows. */
const mostInside = 0.1
const mostAlong = 0.25
/** Pixels from the edge: the first ones are a mixture in both, and say nothing. */
const first = 1
const last = 4

/**
 * Where a result's own pixels have to be taken so that its subject can have the image's everywhere else: where it is masked, and along
 * the edge where the image still shows its background. undefined when the two do not show the same in the same place.
 * @param image and result are of one size, with three colours; their tones may differ
 * @param mask 0 = the subject, opaque
 */
export function findUnlike (image: Raster, result: Raster, mask: Uint8Array): Uint8Array | undefined {
  const { width, height } = image
  const differs = createComparison(image, result, mask)
  const grown = [first, last].map(by => {
    const plane = { pixels: new Uint8Array(mask), width, height }
    growPlane(plane, by)
    return plane.pixels
  })
  const [touching, along] = grown
  const counts = { inside: 0, insideUnlike: 0, along: 0, alongUnlike: 0 }
  const unlike = new Uint8Array(mask)
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] > 0) continue
    const isUnlike = differs(pixel)
    if (along[pixel] === 0) {
      counts.inside++
      if (isUnlike) counts.insideUnlike++
      continue
    }
    if (isUnlike) unlike[pixel] = 255
    if (touching[pixel] > 0) continue
    counts.along++
    if (isUnlike) counts.alongUnlike++
  }
  return counts.insideUnlike > mostInside * counts.inside || counts.alongUnlike > mostAlong * counts.along ? undefined : unlike
}

/** Do two pixels differ, once the mean difference of all is taken out? */
function createComparison (image: Raster, result: Raster, mask: Uint8Array): (pixel: number) => boolean {
  const gain = 255 / fullOf(image)
  const resultGain = 255 / fullOf(result)
  const difference = (pixel: number, channel: number) =>
    image.data[pixel * image.channels + channel] * gain - result.data[pixel * result.channels + channel] * resultGain
  const mean = [0, 0, 0]
  let count = 0
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] > 0) continue
    count++
    for (let channel = 0; channel < 3; channel++) mean[channel] += difference(pixel, channel)
  }
  return pixel => [0, 1, 2].some(channel => Math.abs(difference(pixel, channel) - mean[channel] / count) > alike)
}
