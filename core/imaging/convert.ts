import type { MediaType } from '../model-card.ts'
import type { EditImage } from '../request.ts'
import { readHeader } from './header.ts'
import { ownLimits } from './limits.ts'
import { render, type Checked } from './render.ts'
import type { Reshape } from './reshape.ts'

export interface ConvertOptions {
  /** 1–100, for lossy formats. Given, an image of the right format is encoded anew, e.g. to make it smaller. */
  readonly quality?: number
  readonly reshape?: Reshape
  /** Its colours are to be plain sRGB. */
  readonly srgb?: boolean
  /** The caller's name of the image, for messages. */
  readonly field?: string
}

/**
 * The image in another format, shape or colour space, e.g. as a model card takes it. One that is so already comes back as it is.
 * Colour profile, alpha, grey and depth stay where the format can hold them; each loss is a warning (JPEG: alpha is laid
 * on white).
 *
 * @throws EDIT_ERR_IMAGE_INVALID when the image does not decode, EDIT_ERR_IMAGE_TOO_LARGE when the format cannot hold its sides.
 */
export async function convertImage (image: EditImage, mediaType: MediaType, options: ConvertOptions = {}): Promise<Checked> {
  const { quality, reshape, srgb = false, field = 'image' } = options
  const toSrgb = srgb && image.profile !== null
  if (image.mediaType === mediaType && quality === undefined && reshape === undefined && !toSrgb) return { image, warnings: [] }
  return render(await readHeader(image.bytes, field, ownLimits(image.bytes, image)), { format: mediaType, quality }, { ...reshape && { reshape }, ...toSrgb && { colours: 'sRGB' } })
}
