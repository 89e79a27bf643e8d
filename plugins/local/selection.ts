import sharp from 'sharp'
import { inLightness, leastColourful, rise, surveyColour, weigh, type Seen } from './colour-survey.ts'
import type { ColourRange } from './colour-words.ts'
import type { Raster } from './raster.ts'
import { findRegions, paintRegions } from './regions.ts'

/** A selection of fewer pixels is noise. */
const leastPixels = 12

/**
 * How much each pixel belongs to a colour, 0–255, with soft edges and without speckle; null when the image has nothing
 * of that colour. `mask` limits where to look.
 */
export async function selectColour (image: Raster, range: ColourRange, mask: Uint8Array | undefined): Promise<Uint8Array | null> {
  const { hues } = range
  return hues === null ? await selectGrey(image, range, mask) : await selectHue(image, { ...range, hues }, mask)
}

async function selectGrey (image: Raster, range: ColourRange, mask: Uint8Array | undefined): Promise<Uint8Array | null> {
  // Black may be further off neutral before anybody calls it a colour.
  const slack = range.family === 'black' ? 1.5 : 1
  const [plain] = weigh(image, mask, { middle: 0, half: 0 }, [
    ({ chroma, lightness }) => (1 - rise(chroma, 0.03 * slack, 0.06 * slack)) * inLightness(lightness, range)
  ])
  return await clean(image, plain, mask)
}

async function selectHue (image: Raster, range: ColourRange & { hues: readonly [number, number] }, mask: Uint8Array | undefined): Promise<Uint8Array | null> {
  const found = surveyColour(image, mask, range)
  if (found === null) return null
  const byHue = ({ beyond }: Seen, low: number, high: number) => 1 - rise(beyond, low, high)
  const byColour = ({ colourfulness }: Seen, threshold: number) => rise(colourfulness, 0.75 * threshold, 1.25 * threshold)
  const weakly = Math.max(0.4 * leastColourful, 0.33 * found.typical)
  const strongly = Math.min(4 * leastColourful, Math.max(leastColourful, 0.6 * found.typical))
  const [weak, strong, beside, within] = weigh(image, mask, found, [
    seen => byHue(seen, -5, 5) * byColour(seen, weakly) * rise(seen.lightness, 0.06, 0.14) * inLightness(seen.lightness, range),
    seen => byHue(seen, -1, 1) * byColour(seen, strongly),
    seen => byHue(seen, -10, 20) * rise(seen.colourfulness, 0.015, 0.04),
    seen => byHue(seen, 15, 45) * rise(seen.colourfulness, 0.015, 0.04)
  ])
  const core = await clean(image, keepConnected(weak, strong, image.width), mask)
  return core && await addFringe(image, { core, beside, within }, mask)
}

/** Pale and shaded parts count where they hang together with what is strongly coloured. */
function keepConnected (weak: Uint8Array, strong: Uint8Array, width: number): Uint8Array {
  const map = weak.map((weight, pixel) => weight < 64 ? 0 : strong[pixel] < 128 ? 1 : 2)
  const regions = findRegions(map, width, [1, 2], true)
  const seeded = new Set<number>()
  regions.region.forEach((region, run) => {
    if (!seeded.has(region) && map.subarray(regions.from[run], regions.to[run]).includes(2)) seeded.add(region)
  })
  paintRegions(map, regions, 0, region => !seeded.has(region))
  return weak.map((weight, pixel) => map[pixel] === 0 ? 0 : weight)
}

/** Takes single pixels out and fills single holes; null when next to nothing remains. */
async function clean (image: Raster, weights: Uint8Array, mask: Uint8Array | undefined): Promise<Uint8Array | null> {
  const { width, height } = image
  const window = width * height > 2_000_000 ? 5 : 3
  const pixels = plane(image, weights)
  // libvips refuses a window that is larger than the image.
  if (Math.min(width, height) >= window) pixels.median(window)
  const smooth = await pixels.blur(0.7).toColourspace('b-w').raw().toBuffer()
  let sum = 0
  for (let pixel = 0; pixel < smooth.length; pixel++) {
    if (mask !== undefined) smooth[pixel] = Math.round(smooth[pixel] * mask[pixel] / 255)
    sum += smooth[pixel]
  }
  return sum < 255 * Math.min(leastPixels, smooth.length / 4) ? null : smooth
}

/**
 * Adds what lies beside the core, where its colour is mixed with its neighbours' (else a seam of the old colour would
 * stay), and small places within it, such as reflections.
 */
async function addFringe (image: Raster, { core, beside, within }: Record<'core' | 'beside' | 'within', Uint8Array>, mask: Uint8Array | undefined): Promise<Uint8Array> {
  const side = Math.sqrt(image.width * image.height)
  const spread = async (reach: number) => await plane(image, core).blur(Math.max(1.5, reach)).toColourspace('b-w').raw().toBuffer()
  const near = await spread(side / 600)
  const around = await spread(side / 36)
  return core.map((weight, pixel) => {
    const fringe = Math.max(beside[pixel] * rise(near[pixel], 10, 100), within[pixel] * rise(around[pixel], 130, 180))
    return Math.max(weight, Math.round(mask === undefined ? fringe : fringe * mask[pixel] / 255))
  })
}

function plane ({ width, height }: Raster, values: Uint8Array) {
  return sharp(values, { raw: { width, height, channels: 1 } })
}
