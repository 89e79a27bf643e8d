import { linearLight } from './linear-light.ts'
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
  const mix = createMixer(image, result, { opaque })
  const colours = coloursOf(image)
  const hasOneAlpha = hasAlpha(image) || hasAlpha(result)
  const gain = fullOf(image) / fullOf(result)
  const values = new Float32Array(3)
  const { pixels } = mask
  const { width } = region

  for (let y = 0, at = 0; y < region.height; y++) {
    const shifts = tone?.row(region.top + y)
    for (let x = 0; x < width;) {
      const pixel = (region.top + y) * image.width + region.left + x
      const part = pixels[pixel]
      const isWhole = part === 255 && depth[at] === 0 && !hasOneAlpha
      let run = 1
      if (isWhole) while (x + run < width && depth[at + run] === 0 && pixels[pixel + run] === 255) run++
      if (part > 0) {
        const span = { to: pixel * image.channels, from: pixel * result.channels, length: run * colours }
        const toned = { gain, full: fullOf(image), shifts, shift: x * colours }
        if (isWhole) {
          lay(image.data, result.data, span, toned)
        } else {
          lay(values, result.data, { ...span, to: 0 }, toned)
          const edge = depth[at] === 0 ? 1 : Math.max(ramp(depth[at] / peak[at]), unlikeness(span))
          mix(span, values, Math.min(part / 255, edge))
        }
      }
      x += run
      at += run
    }
  }
  return offset

  /** 0 where the image and the toned result are alike, 1 where they show different things. */
  function unlikeness (span: Span): number {
    let most = opacityGap(span) * fullOf(image)
    for (let channel = 0; channel < colours; channel++) most = Math.max(most, Math.abs(image.data[span.to + channel] - values[channel]))
    return ramp((most * 255 / fullOf(image) - alike) / (different - alike))
  }

  /** A hole that is filled would keep a rim to see through, whatever colours it has under its transparency. */
  function opacityGap ({ to, from }: Span): number {
    if (!hasAlpha(image)) return 0
    const was = image.data[to + colours] / fullOf(image)
    return hasAlpha(result) ? Math.abs(result.data[from + colours] / fullOf(result) - was) : opaque ? 1 - was : 0
  }
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

type Values = Raster['data'] | Float32Array
/** Places of values. */
interface Span { readonly to: number, readonly from: number, readonly length: number }
interface Toned { readonly gain: number, readonly full: number, readonly shifts: Float32Array | undefined, readonly shift: number }

/** Copies colours, toned and in the depth of the image. */
function lay (target: Values, source: Values, { to, from, length }: Span, { gain, full, shifts, shift }: Toned): void {
  if (shifts === undefined) {
    if (gain === 1) target.set(source.subarray(from, from + length), to)
    else for (let n = 0; n < length; n++) target[to + n] = source[from + n] * gain
    return
  }
  for (let n = 0; n < length; n++) {
    const value = source[from + n] * gain + shifts[shift + n]
    target[to + n] = value < 0 ? 0 : value > full ? full : value + 0.5
  }
}

/** Writes the mixture of a pixel of the image and the values of the result's: in linear light, and by what is visible of each. */
function createMixer (image: Raster, result: Raster, { opaque }: Required<Pick<ComposeOptions, 'opaque'>>) {
  const full = fullOf(image)
  const { toLinear, fromLinear } = linearLight(full)
  const colours = coloursOf(image)
  const [imageAlpha, resultAlpha] = [hasAlpha(image), hasAlpha(result)]
  const alphaOf = ({ from }: Span) => result.data[from + colours] / fullOf(result)

  function mixColours (to: number, values: Float32Array, share: number): void {
    for (let channel = 0; channel < colours; channel++) {
      const value = Math.floor(values[channel])
      image.data[to + channel] = share === 1 ? value : fromLinear(toLinear(value) * share + toLinear(image.data[to + channel]) * (1 - share))
    }
  }

  return (span: Span, values: Float32Array, weight: number): void => {
    // Where the result is transparent an image without transparency shows through.
    if (!imageAlpha) return mixColours(span.to, values, resultAlpha ? weight * alphaOf(span) : weight)
    const oldAlpha = image.data[span.to + colours] / full
    const newAlpha = resultAlpha ? alphaOf(span) : opaque ? 1 : oldAlpha
    const laid = newAlpha * weight
    const alpha = laid + oldAlpha * (1 - weight)
    mixColours(span.to, values, alpha === 0 ? 1 : laid / alpha)
    image.data[span.to + colours] = Math.round(alpha * full)
  }
}
