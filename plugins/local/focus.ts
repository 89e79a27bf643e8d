import sharp from 'sharp'
import { byteOf, linearOf } from './oklab.ts'
import type { Raster } from './raster.ts'

/** Standard deviation of the strongest blur, as a share of the image's mean side. */
const widestBlur = 0.02

/** Beyond this standard deviation (pixels) a few box filters are as good as a true Gaussian, and several times faster. */
const wide = 8

/**
 * Blurs as a lens does: in linear light, so that bright spots bloom and no dark seams come between colours. Colours
 * count by their alpha; alpha itself stays. `amount` 0–1 scales with the image, so that it looks the same in every size.
 */
export async function blurPixels (image: Raster, amount: number): Promise<Raster> {
  const { width, height, data } = image
  const sigma = Math.max(0.3, amount * widestBlur * Math.sqrt(width * height))
  const light = new Uint16Array(width * height * 3)
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const share = data[from + 3] * 257
    for (let channel = 0; channel < 3; channel++) light[to + channel] = Math.round(linearOf[data[from + channel]] * share)
  }
  const blurred = await gaussian(light, image, sigma)
  const weights = await blurAlpha(image, sigma)
  const result = new Uint8Array(data)
  for (let to = 0, from = 0, pixel = 0; to < data.length; to += 4, from += 3, pixel++) {
    const weight = weights?.[pixel] ?? 65535
    // Colours that nobody sees stay as they are.
    if (weight === 0 || data[to + 3] === 0) continue
    for (let channel = 0; channel < 3; channel++) result[to + channel] = byteOf(blurred[from + channel] / weight)
  }
  return { ...image, data: result }
}

/** Differences smaller than this many byte steps are noise rather than detail. */
const noise = 1.5

/** The largest change of a byte: beyond it, edges get halos. */
const largestStep = 45

/** Sharpens by unsharp masking of the luma alone, so that no colour fringes arise; alpha stays. `amount` 0–1. */
export async function sharpenPixels (image: Raster, amount: number): Promise<Raster> {
  const { width, height, data } = image
  const sigma = Math.min(3, Math.max(0.8, 0.0008 * Math.sqrt(width * height)))
  const luma = (at: number) => 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2]
  const weighted = new Uint16Array(width * height)
  for (let pixel = 0; pixel < weighted.length; pixel++) weighted[pixel] = Math.round(luma(pixel * 4) * data[pixel * 4 + 3] * 257 / 255)
  const blurred = await gaussian(weighted, image, sigma)
  const weights = await blurAlpha(image, sigma)
  const result = new Uint8ClampedArray(data)
  for (let pixel = 0, at = 0; pixel < weighted.length; pixel++, at += 4) {
    const weight = weights?.[pixel] ?? 65535
    if (data[at + 3] === 0) continue
    const detail = luma(at) - blurred[pixel] * 255 / weight
    const change = 2.5 * amount * detail ** 3 / (detail ** 2 + noise ** 2)
    const step = Math.min(largestStep, Math.max(-largestStep, change))
    for (let channel = 0; channel < 3; channel++) result[at + channel] = data[at + channel] + step
  }
  return { ...image, data: new Uint8Array(result.buffer) }
}

/** The alpha channel blurred, 16 bit; undefined when the image is opaque. */
async function blurAlpha (image: Raster, sigma: number): Promise<Uint16Array | undefined> {
  const alpha = new Uint16Array(image.width * image.height)
  let opaque = true
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    alpha[pixel] = image.data[pixel * 4 + 3] * 257
    opaque &&= alpha[pixel] === 65535
  }
  return opaque ? undefined : await gaussian(alpha, image, sigma)
}

async function gaussian (values: Uint16Array, { width, height }: Raster, sigma: number): Promise<Uint16Array> {
  const channels = values.length === width * height ? 1 : 3
  const space = channels === 1 ? 'grey16' : 'rgb16'
  const { buffer, byteOffset, length } = await sharp(values, { raw: { width, height, channels } })
    .pipelineColourspace(space)
    .blur({ sigma, precision: sigma > wide ? 'approximate' : 'integer' })
    .toColourspace(space)
    .raw({ depth: 'ushort' })
    .toBuffer()
  return new Uint16Array(buffer, byteOffset, length / 2)
}
