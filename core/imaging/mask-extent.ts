import { openPixels } from './codec.ts'
import { channel, isUniform, type Plane } from './plane.ts'

/** How much of the image a mask marks: its mean, 0–1 in steps of 1/255. 0 and 1 are exact: nothing at all, and everything in full. */
export async function extentOf ({ pixels, width, height }: Plane): Promise<number> {
  if (isUniform(pixels, 1)) return pixels[0] / 255
  // libvips shrinks faster than anything could add here, and on its own thread.
  const [mean] = await channel(openPixels(pixels, width, height, 1).resize(1, 1, { fit: 'fill', kernel: 'linear' }), width * height)
  return Math.min(254, Math.max(1, mean)) / 255
}
