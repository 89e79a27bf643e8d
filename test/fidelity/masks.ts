import sharp from 'sharp'
import { draw, open } from '../core/imaging/pictures.ts'

interface Size { readonly width: number, readonly height: number }

/** Shapes that people paint. Each says of a place, from 0 to 1 across and down, whether it is masked; `unit` is the shorter side, pixels. */
const shapes = {
  small: (x, y) => Math.hypot(x - 0.62, y - 0.4) < 0.09,
  disc: (x, y, { width, height }) => Math.hypot((x - 0.45) * width, (y - 0.52) * height) < Math.min(width, height) * 0.28,
  large: (x, y) => x > 0.08 && x < 0.9 && y > 0.1 && y < 0.93,
  border: (x, y) => x < 0.3 + 0.1 * Math.sin(y * 9),
  corner: (x, y) => x + y > 1.35,
  thin: (x, y, { width, height }) => Math.abs((y - 0.2 - 0.6 * x) * height) < Math.max(0.6, Math.min(width, height) / 150) && x > 0.15 && x < 0.85,
  two: (x, y) => Math.hypot(x - 0.25, y - 0.35) < 0.13 || (Math.abs(x - 0.72) < 0.14 && Math.abs(y - 0.66) < 0.12),
  rest: (x, y) => Math.hypot(x - 0.5, y - 0.5) > 0.33,
  all: () => true,
  half: x => x < 0.5
} satisfies Record<string, (x: number, y: number, size: Size) => boolean>

export type Shape = keyof typeof shapes | 'soft'

/** White where to edit. */
export interface Mask extends Size {
  /** One byte a pixel. */
  readonly pixels: Buffer
  readonly png: Buffer
}

export async function makeMask (shape: Shape, size: Size): Promise<Mask> {
  const { width, height } = size
  const isMasked: (x: number, y: number, size: Size) => boolean = shapes[shape === 'soft' ? 'disc' : shape]
  const hard = draw(width, height, 1, (x, y) => [isMasked((x + 0.5) / width, (y + 0.5) / height, size) ? 255 : 0])
  const pixels = shape === 'soft'
    ? await sharp(hard.data, { raw: { width, height, channels: 1 } }).blur(Math.max(0.5, Math.min(width, height) / 30)).toColourspace('b-w').raw().toBuffer()
    : hard.data
  // Something has to be masked, however small the image is.
  if (!pixels.some(value => value > 0)) pixels[Math.floor(pixels.length / 2)] = 255
  return { pixels, width, height, png: await open({ ...hard, data: pixels }).png({ compressionLevel: 6 }).toBuffer() }
}
