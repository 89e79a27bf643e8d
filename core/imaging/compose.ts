import { linearLight, type LinearLight } from './linear-light.ts'
import { moveBack } from './move-back.ts'
import { coloursOf, fullOf, hasAlpha, type Raster } from './raster.ts'
import { regionOf, type Bytes, type Region } from './region.ts'
import { measureOffset, type Offset } from './registration.ts'
import { findSeam } from './seam.ts'
import { measureTone } from './tone-match.ts'

export interface ComposeOptions {
  /** What is masked shows nothing in the image: it is the ground on which the image was extended. */
  readonly blank?: boolean
  /** Alpha inside the mask when the result has none: opaque, or as the image has it. */
  readonly opaque?: boolean
}

/**
 * Lays the masked part of a result into the image, in place: what is not masked is never touched, so it stays as it is to the
 * last bit.
 *
 * The result is brought to the image in three ways. A pixel or so by which a model has shifted all of it is taken back. So is the
 * tone by which it differs from the image outside the mask. And along the edge of the mask, inside, image and result are mixed in
 * linear light; but only as far as they are alike there, since otherwise the old picture would shine through as a rim around what
 * replaces it.
 *
 * @param result of the image's size and colour space; its depth may differ. Written to where it has shifted
 * @returns the shift that was taken back; undefined = none was
 */
export function compose (image: Raster, result: Raster, mask: Bytes, { blank = false, opaque = false }: ComposeOptions = {}): Offset | undefined {
  const region = regionOf(mask, 1)
  if (region === undefined) return undefined
  const { depth, peak } = findSeam(mask, region, blank ? 0 : reachFor(image))
  const offset = measureOffset(image, result, mask, grown(region, image, 1 / 8))
  // As far as the tone is looked at.
  if (offset !== undefined) moveBack(result, offset, grown(region, image, 1 / 32))
  const tone = measureTone(image, result, mask, region)
  const layers = layersOf(image, result, opaque)
  const { pixels } = mask
  const { width } = region
  for (let y = 0, at = 0; y < region.height; y++) {
    const shifts = tone?.row(region.top + y)
    for (let x = 0, pixel = (region.top + y) * image.width + region.left; x < width;) {
      const part = pixels[pixel]
      let run = 1
      if (part === 255 && depth[at] === 0 && !layers.isClear) {
        while (x + run < width && depth[at + run] === 0 && pixels[pixel + run] === 255) run++
        lay(image.data, pixel * image.channels, layers, pixel, run, shifts, x)
      } else if (part > 0) {
        lay(layers.values, 0, layers, pixel, 1, shifts, x)
        const edge = depth[at] === 0 ? 1 : Math.max(ramp(depth[at] / peak[at]), unlikeness(layers, pixel))
        mix(layers, pixel, Math.min(part / 255, edge))
      }
      x += run
      at += run
      pixel += run
    }
  }
  return offset
}

/** Levels of 0–255 up to which two pixels show the same, and from which on they do not. */
const alike = 8
const different = 40

/** A region and what is around it, by a share of the image's sides and some pixels more. */
function grown ({ left, top, width, height }: Region, image: Pick<Raster, 'width' | 'height'>, share: number): Region {
  const margin = Math.round(Math.sqrt(image.width * image.height) * share) + 16
  const [x, y] = [Math.max(0, left - margin), Math.max(0, top - margin)]
  return { left: x, top: y, width: Math.min(image.width, left + width + margin) - x, height: Math.min(image.height, top + height + margin) - y }
}

/** Pixels inside the mask over which the result is mixed with the image, in proportion to the image. */
function reachFor ({ width, height }: Pick<Raster, 'width' | 'height'>): number {
  return Math.min(24, Math.max(6, Math.round(Math.sqrt(width * height) / 170)))
}

/** From 0 to 1 without a kink at either end. */
function ramp (at: number): number {
  const t = Math.min(1, Math.max(0, at))
  return t * t * (3 - 2 * t)
}

/** Two pictures that are laid on each other, and what holds for all of their pixels. */
interface Layers {
  readonly image: Raster
  readonly result: Raster
  readonly colours: number
  /** The image's highest value, and that over the result's. */
  readonly full: number
  readonly gain: number
  readonly light: LinearLight
  readonly imageAlpha: boolean
  readonly resultAlpha: boolean
  /** One of them has alpha. */
  readonly isClear: boolean
  readonly opaque: boolean
  /** The toned colours of the result's pixel that is just worked on. */
  readonly values: Raster['data']
}

function layersOf (image: Raster, result: Raster, opaque: boolean): Layers {
  const full = fullOf(image)
  const [imageAlpha, resultAlpha] = [hasAlpha(image), hasAlpha(result)]
  return {
    image,
    result,
    colours: coloursOf(image),
    full,
    gain: full / fullOf(result),
    light: linearLight(full),
    imageAlpha,
    resultAlpha,
    isClear: imageAlpha || resultAlpha,
    opaque,
    values: full === 255 ? new Uint8Array(3) : new Uint16Array(3)
  }
}

// What runs for every pixel is no closure and makes no objects: both would cost more than the arithmetic.

/** Copies the colours of so many of the result's pixels, toned and in the depth of the image. Only without alpha may they be several. */
function lay (target: Raster['data'], to: number, { result, colours, gain, full }: Layers, pixel: number, count: number, shifts: Float32Array | undefined, x: number): void {
  const { data } = result
  const from = pixel * result.channels
  const length = count * colours
  if (shifts === undefined) {
    if (gain === 1) target.set(data.subarray(from, from + length), to)
    else for (let n = 0; n < length; n++) target[to + n] = data[from + n] * gain
    return
  }
  for (let n = 0, shift = x * colours; n < length; n++, shift++) {
    const value = data[from + n] * gain + shifts[shift]
    target[to + n] = value < 0 ? 0 : value > full ? full : value + 0.5
  }
}

/** 0 where the image and the toned result are alike, 1 where they show different things. */
function unlikeness (layers: Layers, pixel: number): number {
  const { image, colours, full, values } = layers
  let most = opacityGap(layers, pixel) * full
  for (let channel = 0; channel < colours; channel++) most = Math.max(most, Math.abs(image.data[pixel * image.channels + channel] - values[channel]))
  return ramp((most * 255 / full - alike) / (different - alike))
}

/** A hole that is filled would keep a rim to see through, whatever colours it has under its transparency. */
function opacityGap (layers: Layers, pixel: number): number {
  const { image, colours, full, imageAlpha, resultAlpha, opaque } = layers
  if (!imageAlpha) return 0
  const was = image.data[pixel * image.channels + colours] / full
  return resultAlpha ? Math.abs(alphaOfResult(layers, pixel) - was) : opaque ? 1 - was : 0
}

/** From 0 to 1. */
function alphaOfResult ({ result, colours }: Layers, pixel: number): number {
  return result.data[pixel * result.channels + colours] / fullOf(result)
}

/** Writes the mixture of a pixel of the image and the toned one of the result: in linear light, and by what is visible of each. */
function mix (layers: Layers, pixel: number, weight: number): void {
  const { image, colours, full, imageAlpha, resultAlpha, opaque } = layers
  const to = pixel * image.channels
  // Where the result is transparent an image without transparency shows through.
  if (!imageAlpha) return mixColours(layers, to, resultAlpha ? weight * alphaOfResult(layers, pixel) : weight)
  const oldAlpha = image.data[to + colours] / full
  const newAlpha = resultAlpha ? alphaOfResult(layers, pixel) : opaque ? 1 : oldAlpha
  const laid = newAlpha * weight
  const alpha = laid + oldAlpha * (1 - weight)
  mixColours(layers, to, alpha === 0 ? 1 : laid / alpha)
  image.data[to + colours] = Math.round(alpha * full)
}

function mixColours ({ image: { data }, colours, light, values }: Layers, to: number, share: number): void {
  for (let channel = 0; channel < colours; channel++) {
    data[to + channel] = share === 1 ? values[channel] : light.fromLinear(light.toLinear(values[channel]) * share + light.toLinear(data[to + channel]) * (1 - share))
  }
}
