import { createHash } from 'node:crypto'
import sharp, { type OutputInfo, type Sharp } from 'sharp'

export interface Size { readonly width: number, readonly height: number }

/** Decoded pixels, 8 bits a channel. */
export interface Pixels {
  readonly data: Buffer
  readonly info: Size & Pick<OutputInfo, 'channels'>
}

export interface Colour { readonly r: number, readonly g: number, readonly b: number }

/** The colour that a text always gets: vivid, and about as bright for every text. */
export function colourOf (text: string): Colour {
  const hue = createHash('sha256').update(text).digest().readUInt16BE() / 0x10000 * 6
  const ramp = (shift: number) => Math.round(40 + 200 * Math.min(1, Math.max(0, Math.abs((hue + shift) % 6 - 3) - 1)))
  return { r: ramp(0), g: ramp(4), b: ramp(2) }
}

/**
 * A surface that shows who painted it: stripes in the text's colour with the label written across, over and over.
 * Opaque RGB. Not drawn as an SVG: in a process with the kernel, sharp reads none.
 */
export async function paint ({ width, height, label, text }: Size & { readonly label: string, readonly text: string }): Promise<Pixels> {
  const { r, g, b } = colourOf(text)
  const step = Math.max(8, Math.round(Math.min(width, height) / 20))
  const stripes = draw({ width, height }, 3, (x, y) => {
    const shade = Math.floor((x / 2 + y) / step) % 2 === 0 ? 1 : 0.72
    return [r * shade, g * shade, b * shade]
  })
  const writing = { text: `<span foreground="white">${label.replace(/[<&]/g, '')}  </span>`, rgba: true, dpi: step * 7 }
  // A tile that is larger than the surface cannot be laid.
  const tile = await sharp(await sharp({ text: writing }).extend({ bottom: step * 2, background: '#0000' }).png().toBuffer())
    .resize({ width, height, fit: 'inside', withoutEnlargement: true }).png().toBuffer()
  return await toPixels(sharp(stripes.data, { raw: stripes.info }).composite([{ input: tile, tile: true, gravity: 'northwest' }]).removeAlpha())
}

/** Calculates every pixel; levels beyond 0–255 are cut off. */
export function draw (size: Size, channels: 1 | 3 | 4, colour: (x: number, y: number) => readonly number[]): Pixels {
  const { width, height } = size
  const pixels = new Uint8ClampedArray(width * height * channels)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += channels) pixels.set(colour(x, y), at)
  }
  return { data: Buffer.from(pixels.buffer), info: { width, height, channels } }
}

export async function toPixels (picture: Sharp): Promise<Pixels> {
  const { data, info: { width, height, channels } } = await picture.raw().toBuffer({ resolveWithObject: true })
  // Not the whole info: its `premultiplied` is true after a resize although the data are not, and sharp believes it.
  return { data, info: { width, height, channels } }
}
