import { openEncoded, openPixels, pixelPool, produce } from './codec.ts'
import type { Header } from './header.ts'
import { channel, isUniform, type Plane } from './plane.ts'

/**
 * How a mask whose alpha varies is read.
 *
 * - `alpha`: transparent = edit, whatever the colours, as OpenAI's API has it.
 * - `auto`: its grey counts, laid over black (white = edit, so transparent = keep), unless the grey cannot be the message.
 *   Then transparent = edit, with a warning. That is so when
 *   1. all pixels have one colour, the invisible ones included;
 *   2. nothing but black is visible;
 *   3. visible colours are no greys: it is a picture with holes cut out.
 *
 * In both, a mask that is opaque everywhere is read by its brightness.
 */
export type MaskReading = 'auto' | 'alpha'

/** Reads a mask that has an alpha channel. Pixel by pixel in libvips, never in JavaScript. */
export async function readTransparency (header: Header, reading: MaskReading): Promise<{ plane: Plane, warnings: string[] }> {
  const { width, height, pixels: count, field } = header
  const { data } = await produce(openEncoded(header, { ignoreIcc: true }).toColourspace('srgb').raw(), header)
  const open = () => openPixels(data, width, height, 4)
  const plane = (pixels: Buffer): Plane => ({ pixels, width, height })

  const kept = await pixelPool(count, () => open().extractChannel('alpha').raw().toBuffer())
  const opaque = isUniform(kept, 1) && kept[0] === 255
  const grey = await channel(open().flatten({ background: 'black' }), count)
  if (opaque) return { plane: plane(grey), warnings: [] }

  const why = reading === 'alpha' ? 'asked for' : await whyNotGrey()
  if (why === undefined) return { plane: plane(grey), warnings: [] }
  const edited = await channel(openPixels(kept, width, height, 1).negate(), count)
  return { plane: plane(edited), warnings: reading === 'alpha' ? [] : [`${field}: transparent pixels are edited, as ${why}`] }

  async function whyNotGrey (): Promise<string | undefined> {
    const colours = await pixelPool(count, () => open().removeAlpha().raw().toBuffer())
    if (isUniform(colours, 3)) return 'its colour is the same everywhere'
    if (isUniform(grey, 1) && grey[0] === 0) return 'nothing else in it is lighter than black'
    return await isColourful() ? 'its colours are no greys' : undefined
  }

  /** Judged by a thumbnail, where neither the noise of compression nor the colour of invisible pixels counts. */
  async function isColourful (): Promise<boolean> {
    const thumbnail = await pixelPool(count, () => open().resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true, kernel: 'linear' }).raw().toBuffer())
    for (let at = 0; at < thumbnail.length; at += 4) {
      const [red, green, blue, alpha] = thumbnail.subarray(at, at + 4)
      if (alpha >= 128 && Math.max(red, green, blue) - Math.min(red, green, blue) > greyTolerance) return true
    }
    return false
  }
}

const thumbnailSide = 256
/** Largest spread between the channels of what still counts as grey. */
const greyTolerance = 24
