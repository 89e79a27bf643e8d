import { EditError } from '../errors.ts'
import type { MediaType } from '../model-card.ts'
import type { OutputWish } from '../request.ts'
import { openEncoded, produce } from './codec.ts'
import { readHeader, type Header } from './header.ts'
import type { ImageLimits } from './limits.ts'
import { canonicalType, fitsFormat, keep, render, type Checked } from './render.ts'

/**
 * Verifies a provider's result and gives it the wished format.
 *
 * Nothing the provider says is believed: type and size come from the bytes, and every pixel is decoded, because a truncated
 * file has a faultless header. In the wished format already, the bytes pass untouched; they are encoded anew for another
 * format, for a wished quality of a lossy format, to turn them upright, or to leave animation or CMYK. Each loss is a warning;
 * so is a PNG in place of a format that cannot hold the size.
 *
 * @throws EDIT_ERR_OUTPUT_REJECTED when it is no image, is too large, or does not decode.
 */
export async function finishImage (result: Uint8Array, wish: OutputWish, limits: ImageLimits): Promise<Checked> {
  const bytes = Buffer.from(result.buffer, result.byteOffset, result.length)
  try {
    const header = await readHeader(bytes, 'result', limits)
    if (!fitsFormat(wish.format, header)) return await asPng(header, wish)
    const requality = wish.quality !== undefined && wish.format !== 'image/png'
    if (canonicalType(header) !== wish.format || requality) return await render(header, wish)
    return await asItCame(header, wish.format)
  } catch (error) {
    if (!(error instanceof EditError)) throw error
    throw new EditError('EDIT_ERR_OUTPUT_REJECTED', error.message, { cause: error, details: error.details })
  }
}

/** Reads every pixel and keeps none: shrinking to one pixel streams the whole image through a few lines of memory. */
async function asItCame (header: Header, mediaType: MediaType): Promise<Checked> {
  await produce(openEncoded(header).resize(1, 1, { fit: 'fill', kernel: 'linear' }).raw(), header)
  return { image: keep(header, mediaType), warnings: [] }
}

/** The result is good and may be paid for: better another format than none. */
async function asPng (header: Header, wish: OutputWish): Promise<Checked> {
  const { image, warnings } = await render(header, { format: 'image/png' })
  const { width, height } = image
  return { image, warnings: [`result: encoded as image/png, as ${wish.format} cannot hold ${width} × ${height} pixels`, ...warnings] }
}
