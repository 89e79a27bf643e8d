import sharp from 'sharp'
import type { Raster } from '../../../plugins/local/raster.ts'

/** The picture after a trip through JPEG with half the resolution for hue, as most pictures on the web have made. */
export async function compress ({ data, width, height }: Raster, quality: number): Promise<Raster> {
  const jpeg = await sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha().jpeg({ quality }).toBuffer()
  return { data: await sharp(jpeg).ensureAlpha().raw().toBuffer(), width, height }
}
