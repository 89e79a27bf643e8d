import sharp from 'sharp'
import { draw, toPixels, type Pixels, type Size } from '../paint.ts'

/** A red ball before a light wall: a PNG, opaque unless `alpha` makes the left half transparent. */
export async function ballPicture ({ width, height }: Size, alpha = false): Promise<Buffer> {
  const { data, info } = draw({ width, height }, 4, (x, y) =>
    [...isBall({ width, height }, x, y) ? [200, 40, 40] : [200, 220 - 40 * y / height, 240], alpha && x < width / 2 ? 0 : 255])
  const picture = sharp(data, { raw: info })
  return await (alpha ? picture : picture.removeAlpha()).png({ compressionLevel: 2 }).toBuffer()
}

/** Where the ball is: white on black. */
export async function ballMask ({ width, height }: Size): Promise<Buffer> {
  const { data, info } = draw({ width, height }, 1, (x, y) => [isBall({ width, height }, x, y) ? 255 : 0])
  return await sharp(data, { raw: info }).toColourspace('b-w').png().toBuffer()
}

export async function flatPicture (size: Size, colour: readonly [number, number, number]): Promise<Buffer> {
  return await sharp({ create: { ...size, channels: 3, background: { r: colour[0], g: colour[1], b: colour[2] } } }).png({ compressionLevel: 1 }).toBuffer()
}

export async function decode (bytes: Uint8Array): Promise<Pixels> {
  return await toPixels(sharp(bytes))
}

export function pixelAt ({ data, info: { width, channels } }: Pixels, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)]
}

function isBall ({ width, height }: Size, x: number, y: number): boolean {
  return Math.hypot(x - width / 2, y - height / 2) < Math.min(width, height) / 4
}
