import type { Sharp } from 'sharp'
import { openEncoded, openPixels, produce } from './codec.ts'
import { isColourful } from './colourful.ts'
import type { Header } from './header.ts'
import { channel, isUniform, type Plane } from './plane.ts'

/**
 * How a mask whose alpha varies is read.
 *
 * - `alpha`: transparent = edit, whatever the colours. One that is opaque everywhere marks nothing.
 * - `auto`: its grey counts, laid over black (white = edit, so transparent = keep), unless the grey cannot be the message.
 *   Then transparent = edit, with a warning. That is so when
 *   1. all pixels have one colour, the invisible ones included;
 *   2. nothing but black is visible;
 *   3. visible colours are no greys: it is a picture with holes cut out.
 *
 *   One that is opaque everywhere is read by its brightness.
 */
export type MaskReading = 'auto' | 'alpha'

/** Reads a mask that has an alpha channel. Throws EDIT_ERR_IMAGE_INVALID when it does not decode. */
export async function readTransparency (header: Header, reading: MaskReading): Promise<{ plane: Plane, warnings: string[] }> {
  // The file is decoded again for each question: that is faster than to keep all four channels of it in memory.
  const { width, height, pixels: count, field } = header
  const open = () => openEncoded(header, { ignoreIcc: true })
  const ask = async (pipeline: Sharp) => (await produce(pipeline.raw(), header)).data
  const answer = (pixels: Buffer, ...warnings: string[]) => ({ plane: { pixels, width, height }, warnings })

  const kept = await ask(open().extractChannel('alpha'))
  if (reading === 'auto' && isUniform(kept, 1) && kept[0] === 255) return answer(await ask(open().removeAlpha().toColourspace('b-w')))
  const edited = await channel(openPixels(kept, width, height, 1).negate(), count)
  if (reading === 'alpha') return answer(edited)

  const grey = await ask(open().flatten({ background: 'black' }).toColourspace('b-w'))
  const why = await whyNotGrey()
  return why === undefined ? answer(grey) : answer(edited, `${field}: transparent pixels are edited, as ${why}`)

  async function whyNotGrey (): Promise<string | undefined> {
    if (isUniform(await ask(open().removeAlpha().toColourspace('srgb')), 3)) return 'its colour is the same everywhere'
    if (isUniform(grey, 1) && grey[0] === 0) return 'nothing else in it is lighter than black'
    return await isColourful(header) ? 'its colours are no greys' : undefined
  }
}
