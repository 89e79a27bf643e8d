import sharp from 'sharp'
import { onBackdrop } from '../backdrop.ts'
import { behave, type Habits, type Manners } from '../manners.ts'
import { paint, toPixels, type Size } from '../paint.ts'

/** An image out of a request: it decodes. */
export interface Picture extends Size {
  readonly bytes: Buffer
  readonly format: string
}

export const formats = ['png', 'jpeg', 'webp'] as const
export type Format = typeof formats[number]

/** An image that was made. */
export interface Rendered extends Size {
  readonly bytes: Buffer
  readonly mediaType: string
}

/** undefined: no image, or one that breaks off. */
export async function readPicture (bytes: Buffer): Promise<Picture | undefined> {
  try {
    const { format } = await sharp(bytes).metadata()
    // Read whole: a truncated file has a faultless header.
    const { info: { width, height } } = await toPixels(sharp(bytes))
    return formats.some(known => known === format) ? { bytes, format, width, height } : undefined
  } catch {
    return undefined
  }
}

/** Base64 in its one canonical form: no line breaks, no missing padding. */
export function readBase64 (text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined
}

/** A data URI whose label says what its bytes are. */
export async function readDataUri (text: string): Promise<Picture | undefined> {
  const [, label = '', encoded = ''] = /^data:image\/([a-z]+);base64,(.*)$/s.exec(text) ?? []
  const bytes = readBase64(encoded)
  const picture = bytes && await readPicture(bytes)
  return picture?.format === label ? picture : undefined
}

/** For the call log. */
export function describe ({ format, width, height }: Picture): string {
  return `${format} ${width}×${height}`
}

export interface Wish {
  /** Who painted it. */
  readonly label: string
  /** All that the result depends on beside the image. */
  readonly text: string
  readonly format: Format
  /** Default: the image's. */
  readonly size?: Size | undefined
  /** The safety checker's answer: nothing but black. */
  readonly black?: boolean
  readonly manners?: Manners | undefined
}

/** The edit: what was there shines through stripes in the prompt's colour. */
export async function render (picture: Picture, { label, text, format, size, black = false, manners }: Wish): Promise<Rendered> {
  const { width, height } = size ?? picture
  const layer = await paint({ width, height, label, text })
  const over = await toPixels(sharp(layer.data, { raw: layer.info }).ensureAlpha(manners?.gentle ? 0.15 : 0.45))
  const image = sharp(picture.bytes).toColourspace('srgb').flatten().resize(width, height, { fit: 'fill' })
    .composite([{ input: over.data, raw: over.info }])
  const shown = black ? sharp({ create: { width, height, channels: 3, background: '#000' } }) : image
  const flat = async () => await toPixels(sharp(picture.bytes).toColourspace('srgb').flatten().resize(width, height, { fit: 'fill' }).removeAlpha())
  const painted = (manners?.gentle ? onBackdrop(await flat(), text) : undefined) ?? await toPixels(shown.removeAlpha())
  const { data, info } = manners ? await behave(painted, withSize(manners.habitsOf(painted.info, picture.bytes), size)) : painted
  const bytes = await sharp(data, { raw: info }).toFormat(format, format === 'png' ? { compressionLevel: 2 } : {}).toBuffer()
  return { bytes, mediaType: `image/${format}`, width: info.width, height: info.height }
}

/** A size that was asked for is kept. */
function withSize (habits: Habits, size: Size | undefined): Habits {
  return size === undefined ? habits : { ...habits, size: { width: size.width, height: size.height } }
}
