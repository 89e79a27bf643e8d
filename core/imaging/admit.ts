import { readHeader } from './header.ts'
import type { ImageLimits } from './limits.ts'
import { canonicalType, keep, render, type Checked } from './render.ts'

/**
 * Checks an image of the caller's and makes it canonical.
 *
 * A PNG, JPEG, WebP or AVIF that is upright passes as it came, byte for byte. What it is and how large comes from its bytes;
 * its outline is walked, so a truncated file is refused, but its pixels are not decoded: that costs more than all the rest
 * of a request, and a decoder that meets damage later says EDIT_ERR_IMAGE_INVALID too.
 *
 * Turned by EXIF, a GIF, a TIFF, animated or CMYK, it is decoded and becomes a PNG, which loses nothing, with a warning for
 * whatever shows: colour profile and 16-bit depth stay, the first frame is used, CMYK becomes sRGB.
 *
 * @param field the caller's name of the input; every message and warning begins with it.
 * @throws EDIT_ERR_IMAGE_INVALID (empty, damaged, truncated), EDIT_ERR_IMAGE_TOO_LARGE (a limit, named in `details`) or
 * EDIT_ERR_IMAGE_UNSUPPORTED (no accepted format); `details.field` is the field.
 */
export async function admitImage (bytes: Buffer, field: string, limits: ImageLimits): Promise<Checked> {
  const header = await readHeader(bytes, field, limits)
  const mediaType = canonicalType(header)
  if (mediaType !== undefined) return { image: keep(header, mediaType), warnings: [] }
  return render(header, { format: 'image/png' })
}
