import { EditError } from '../errors.ts'
import type { MediaType } from '../model-card.ts'
import type { OutputWish } from '../request.ts'
import { openEncoded, produce } from './codec.ts'
import { readHeader, type Header } from './header.ts'
import type { ImageLimits } from './limits.ts'
import { withProfile, type Profile } from './profile-file.ts'
import { canonicalType, fitsFormat, keep, render, type Checked, type RenderOptions } from './render.ts'
import { reshapedSize, type Reshape } from './reshape.ts'

/** What a result gets back of what was sent. */
export interface FinishOptions {
  readonly reshape?: Reshape | undefined
  /** The profile of the image that was sent: a result in sRGB is converted to it. */
  readonly profile?: Profile | undefined
  readonly exif?: RenderOptions['exif']
  /** A result that needs no new encoding is decoded all the same, to see that it can be (default). */
  readonly verify?: boolean
}

type Wish = Pick<OutputWish, 'format' | 'quality' | 'background'>

/**
 * What a provider's result is, by its header.
 * @throws EDIT_ERR_OUTPUT_REJECTED when it is no image or too large.
 */
export async function readResult (result: Uint8Array, limits: ImageLimits): Promise<Header> {
  return await asRejection(() => readHeader(Buffer.from(result.buffer, result.byteOffset, result.length), 'result', limits))
}

/**
 * Verifies a provider's result and gives it the wished format, shape and colours.
 *
 * Nothing the provider says is believed: type and size come from the bytes, and every pixel is decoded, because a truncated
 * file has a faultless header. In the wished form already, the bytes pass untouched; they are encoded anew for another
 * format, shape or profile, for a wished quality of a lossy format or a wished background, to turn them upright, to write or leave
 * metadata, or to leave animation or CMYK. Each loss is a warning; so is a PNG in place of a format that cannot hold the size.
 *
 * @throws EDIT_ERR_OUTPUT_REJECTED when it does not decode.
 */
export async function finishImage (header: Header, wish: Wish, options: FinishOptions = {}): Promise<Checked> {
  return await asRejection(async () => {
    const { reshape = {} } = options
    const size = reshapedSize(header, reshape)
    if (fitsFormat(wish.format, size)) return await asWished(header, wish, options)
    // The result is good and may be paid for: better another format than none.
    const { image, warnings } = await asWished(header, { ...wish, format: 'image/png' }, options)
    return { image, warnings: [`result: encoded as image/png, as ${wish.format} cannot hold ${size.width} × ${size.height} pixels`, ...warnings] }
  })
}

async function asWished (header: Header, wish: Wish, { reshape = {}, profile, exif, verify = true }: FinishOptions): Promise<Checked> {
  const requality = wish.quality !== undefined && wish.format !== 'image/png'
  const flatten = header.alpha && wish.background !== undefined && wish.background !== 'transparent'
  // Other profiles than sRGB are the vendor's own choice, and describe what is there.
  const recolour = profile !== undefined && header.profile === null
  const reshaped = reshape.crop !== undefined || reshape.scaledTo !== undefined
  if (canonicalType(header) === wish.format && !requality && !flatten && !recolour && !reshaped && exif === undefined) {
    return verify ? await asItCame(header, wish.format) : { image: keep(header, wish.format), warnings: [] }
  }
  if (!recolour) return await render(header, wish, { reshape, exif })
  return await withProfile(profile, colours => render(header, wish, { reshape, exif, colours }))
}

/** Reads every pixel and keeps none: shrinking to one pixel streams the whole image through a few lines of memory. */
async function asItCame (header: Header, mediaType: MediaType): Promise<Checked> {
  await produce(openEncoded(header).resize(1, 1, { fit: 'fill', kernel: 'linear' }).raw(), header)
  return { image: keep(header, mediaType), warnings: [] }
}

async function asRejection<T> (work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof EditError)) throw error
    throw new EditError('EDIT_ERR_OUTPUT_REJECTED', error.message, { cause: error, details: { ...error.details, gate: error.code === 'EDIT_ERR_IMAGE_TOO_LARGE' ? 'limits' : 'damaged' } })
  }
}
