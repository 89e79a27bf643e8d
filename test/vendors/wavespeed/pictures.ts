import sharp from 'sharp'
import { onBackdrop } from '../backdrop.ts'
import { behave, type Manners } from '../manners.ts'
import { colourOf, paint, toPixels, type Size } from '../paint.ts'
import type { Picture } from './inputs.ts'
import type { Format } from './models.ts'

// What is larger is painted at this size and enlarged: thirty million pixels one by one take their time.
const longestPainted = 1024

export interface Wish {
  /** The picture to edit, then references. */
  readonly pictures: readonly Picture[]
  readonly prompt: string
  /** Written across the result. */
  readonly label: string
  readonly size: Size
  readonly format: Format
  readonly manners?: Manners | undefined
}

/**
 * The edited picture, encoded: the first one in the asked size, washed with the colour of the prompt, over a band that says who
 * made it; references stand in its upper right corner.
 */
export async function editPicture ({ pictures: [first, ...references], prompt, label, size, format, manners }: Wish): Promise<Buffer> {
  if (first === undefined) throw new TypeError('an edit without its picture')
  const shrink = Math.min(1, longestPainted / Math.max(size.width, size.height))
  const [width, height] = [size.width, size.height].map(side => Math.max(1, Math.round(side * shrink))) as [number, number] // one for each
  const band = await paint({ width, height: Math.max(1, Math.round(height / 4)), label, text: prompt })
  const washing = { create: { width, height, channels: 4 as const, background: { ...colourOf(prompt), alpha: 0.3 } } }
  const thumbnails = await Promise.all(references.map(async ({ bytes }, index) => {
    const side = Math.max(1, Math.floor(width / 8))
    return { input: await flat(bytes).resize(side, side, { fit: 'cover' }).png().toBuffer(), left: width - side * (index % 8 + 1), top: Math.floor(index / 8) * side }
  }))
  const washed = flat(first.bytes).resize(width, height, { fit: 'cover' })
    .composite([{ input: washing }, ...manners?.gentle ? [] : [{ input: band.data, raw: band.info, gravity: 'south' }], ...thumbnails])
    .removeAlpha()
  const asTold = manners?.gentle ? onBackdrop(await toPixels(flat(first.bytes).resize(width, height, { fit: 'fill' }).removeAlpha()), prompt) : undefined
  const done = asTold ?? await toPixels(washed)
  const { data, info } = manners ? await behave(done, manners.habitsOf(done.info, done.data)) : done
  return await sharp(data, { raw: info }).resize(size.width, size.height, { fit: 'fill' })
    .toFormat(format, format === 'png' ? { compressionLevel: 2 } : {}).toBuffer()
}

function flat (bytes: Buffer) {
  return sharp(bytes).flatten({ background: '#fff' }).toColourspace('srgb')
}
