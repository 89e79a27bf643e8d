import { countChanges } from './changes.ts'
import { readFlatBackdrop, thinned } from './flat-backdrop.ts'
import { pack, type Further } from './packed.ts'
import { measure, withBoth, type Comparison, type Damage, type Preserved } from './preserve-work.ts'
import { fullOf, hasAlpha, type Raster } from './raster.ts'

/** The image has no parts that are wholly transparent, or the result shows more than one flat colour there. */
export interface NoBackdrop { readonly uneven: true }

/** Of the places that are transparent in the image: the others are what the model has painted there. */
const leastShare = 0.5
/** Levels. */
const mostSpread = 8
/** Levels from the backdrop up to which a pixel belongs to it, and from which on it hides it. */
const [same, other] = [14, 56]

/**
 * Gives a result the transparency of its image back, where the model has laid it on one flat colour. What it has painted over
 * the transparent part stays.
 * @param further see `pack`
 */
export async function restoreAlphaOfImage ({ further, ...comparison }: Comparison & { readonly further: Further }): Promise<Preserved | Damage | NoBackdrop> {
  return await withBoth(comparison, async ({ canvas, result, mask, icc, warnings }) => {
    const restored = restoreAlpha(canvas, result)
    if (restored === undefined) return { uneven: true }
    const changes = { ...countChanges(canvas, restored, mask.pixels, 2), ...measure(comparison, canvas, restored, mask) }
    return { picture: await pack(restored, icc, further), alpha: true, profiled: icc !== undefined, warnings, ...changes }
  })
}

function restoreAlpha (image: Raster, result: Raster): Raster | undefined {
  if (!hasAlpha(image) || image.channels !== 4 || hasAlpha(result)) return undefined
  const { width, height } = result
  const clear: number[] = []
  for (let pixel = 0; pixel < width * height; pixel++) if (image.data[pixel * 4 + 3] === 0) clear.push(pixel)
  // Of an image that shows nothing, all that a model has painted is new.
  if (clear.length === width * height) return undefined
  const backdrop = readFlatBackdrop(result, thinned(clear))
  if (backdrop === undefined || backdrop.share < leastShare || backdrop.spread > mostSpread) return undefined
  const full = fullOf(result)
  const gain = 255 / full
  const ownFull = fullOf(image)
  const data = full === 255 ? new Uint8Array(width * height * 4) : new Uint16Array(width * height * 4)
  const ground = new Float64Array(3)
  for (let pixel = 0, to = 0, from = 0; pixel < width * height; pixel++, to += 4, from += 3) {
    const own = image.data[pixel * 4 + 3] / ownFull
    backdrop.colourAt(pixel % width, Math.floor(pixel / width), ground)
    let most = 0
    for (let c = 0; c < 3; c++) most = Math.max(most, Math.abs(result.data[from + c] * gain - ground[c]))
    // Half transparent in the image, a pixel differs from the backdrop by what it shows: that is nothing new.
    const alpha = own > 0 ? own : Math.min(1, Math.max(0, (most - same) / (other - same)))
    if (alpha === 0) continue
    for (let c = 0; c < 3; c++) {
      const freed = ground[c] + (result.data[from + c] * gain - ground[c]) / alpha
      data[to + c] = Math.round(Math.min(255, Math.max(0, freed)) / gain)
    }
    data[to + 3] = Math.round(alpha * full)
  }
  return { data, width, height, channels: 4 }
}
