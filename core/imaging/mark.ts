import type { EditImage, EditMask } from '../request.ts'
import { openEncoded, openPixels, pixelPool, produce } from './codec.ts'
import { loadSharp } from './sharp.ts'

/**
 * The image with everything that a mask covers, even in part, painted over in one flat colour. Its colours become plain sRGB; it is a PNG,
 * so that the colour has a sharp edge.
 * @throws {EditError} EDIT_ERR_IMAGE_INVALID when it does not decode
 */
export async function markImage ({ bytes, width, height, alpha }: EditImage, mask: EditMask, colour: string): Promise<EditImage> {
  const source = { bytes, field: 'image', name: 'image', pixels: width * height }
  const raw = { width, height, channels: 1 as const }
  const covered = await pixelPool(source.pixels, () => openPixels(mask.pixels, width, height, 1).threshold(1).toColourspace('b-w').raw().toBuffer())
  const paint = await pixelPool(source.pixels, () => loadSharp()({ create: { width, height, channels: 3, background: colour } })
    .joinChannel(covered, { raw }).raw().toBuffer())
  const marked = openEncoded(source).toColourspace('srgb').composite([{ input: paint, raw: { ...raw, channels: 4 } }])
  // Laid on with transparency, it has some of its own.
  if (!alpha) marked.removeAlpha()
  const { data } = await produce(marked.png({ compressionLevel: 2 }), source)
  return { bytes: data, mediaType: 'image/png', width, height, alpha, profile: null }
}
