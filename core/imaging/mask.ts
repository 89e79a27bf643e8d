import { EditError } from '../errors.ts'
import type { MaskKind } from '../model-card.ts'
import type { EditImage, EditMask } from '../request.ts'
import { openEncoded, openPixels, pixelPool, produce } from './codec.ts'
import { readHeader, type Header } from './header.ts'
import type { ImageLimits } from './limits.ts'
import { extentOf } from './mask-extent.ts'
import { readTransparency, type MaskReading } from './mask-transparency.ts'
import { channel, isUniform, type Plane } from './plane.ts'
import { release } from './ownership.ts'

/** A mask that has been checked, and what was done to it, as sentences for the caller. */
export interface CheckedMask {
  readonly mask: EditMask
  readonly warnings: readonly string[]
}

/**
 * Makes the canonical mask out of any accepted image: 8-bit grey, white = edit, of the image's size.
 *
 * - Grey is the brightness of the colours; colour profiles are ignored, as a mask is data. EXIF orientation is honoured.
 * - An alpha channel is read as `MaskReading` says; where the reading is `alpha` a mask must have one.
 * - Another size is stretched to the image's, with a warning: a mask of pure black and white stays so, others are interpolated.
 * - One that marks everything, or nearly, gets a warning: nobody can know that a mask is inverted, but then it looks like it.
 *
 * @param field the caller's name of the mask; every message and warning begins with it.
 * @param size of the image that it masks, pixels, upright.
 * @throws EDIT_ERR_IMAGE_INVALID, EDIT_ERR_IMAGE_TOO_LARGE or EDIT_ERR_IMAGE_UNSUPPORTED, as `admitImage` does;
 * EDIT_ERR_INVALID_REQUEST when it marks nothing to edit, or lacks the alpha channel that it is to be read by.
 */
export async function canonicalMask (
  bytes: Buffer, field: string, size: { readonly width: number, readonly height: number }, limits: ImageLimits, reading: MaskReading = 'auto'
): Promise<CheckedMask> {
  const header = await readHeader(bytes, field, limits)
  const warnings: string[] = []
  if (header.frames > 1) warnings.push(`${field}: only the first of its ${header.frames} frames is used`)

  let plane
  if (header.alpha) {
    const read = await readTransparency(header, reading)
    plane = read.plane
    warnings.push(...read.warnings)
  } else if (reading === 'alpha') {
    throw refused(field, 'has no alpha channel: send a PNG whose transparent pixels are the region to edit')
  } else {
    plane = await brightness(header)
  }
  if (plane.width !== size.width || plane.height !== size.height) {
    warnings.push(`${field}: resized from ${plane.width} × ${plane.height} to the image's ${size.width} × ${size.height} pixels`)
    plane = await stretch(plane, size.width, size.height)
  }
  const extent = await extentOf(plane)
  const { keep, edit } = marks[reading]
  if (extent === 0) throw refused(field, `marks nothing to edit, as it is ${keep} everywhere; ${edit} = edit`)
  if (extent === 1) warnings.push(`${field}: is ${edit} everywhere, so all of the image is to be edited`)
  else if (extent > suspicious) warnings.push(`${field}: nearly all of the image is to be edited: is the mask inverted?`)
  return { mask: plane, warnings }
}

/** Few people mean to keep less than this leaves. */
const suspicious = 0.95

const marks = { auto: { keep: 'black', edit: 'white' }, alpha: { keep: 'opaque', edit: 'transparent' } } as const

function refused (field: string, what: string): EditError {
  return new EditError('EDIT_ERR_INVALID_REQUEST', `${field}: ${what}`, { details: { field } })
}

/** The mask that an image carries in its alpha channel: transparent = edit. undefined when it is opaque everywhere. */
export async function maskFromAlpha (image: EditImage): Promise<EditMask | undefined> {
  if (!image.alpha) return undefined
  const { bytes, width, height } = image
  const source = { bytes, field: 'image', name: 'image', pixels: width * height }
  const { data } = await produce(openEncoded(source).extractChannel('alpha').negate().raw(), source)
  if (isUniform(data, 1) && data[0] === 0) return undefined
  return { pixels: data, width, height }
}

/**
 * The mask as a PNG in a model's dialect, 8 bits a channel, never a palette: grey for `white-edits` and `black-edits`; RGBA for
 * `alpha-edits`, whose transparent pixels are edited and whose colour is black, so that a decoder which drops alpha sees
 * "keep everything".
 *
 * @param levels `binary` leaves only 0 and 255; half an edit and more counts as one.
 */
export async function encodeMask (mask: EditMask, kind: Exclude<MaskKind, 'none'>, levels: 'grey' | 'binary' = 'grey'): Promise<Buffer> {
  const { pixels, width, height } = mask
  const count = width * height
  let pipeline
  if (kind === 'alpha-edits') {
    // White with the mask as its alpha, then negated as a whole: one pass.
    const view = Buffer.from(pixels.buffer, pixels.byteOffset, count)
    pipeline = openPixels(Buffer.alloc(count * 3, 255), width, height, 3)
      .joinChannel(view, { raw: { width, height, channels: 1 }, limitInputPixels: count })
      .negate({ alpha: true })
  } else {
    pipeline = openPixels(pixels, width, height, 1).toColourspace('b-w')
    if (kind === 'black-edits') pipeline.negate()
  }
  // libvips thresholds before it negates, whatever the order here.
  if (levels === 'binary') pipeline.threshold(128, { greyscale: false })
  return pixelPool(count, () => pipeline.png({ compressionLevel: 2 }).toBuffer())
}

async function brightness (header: Header): Promise<Plane> {
  const { data } = await produce(openEncoded(header, { ignoreIcc: true }).toColourspace('b-w').raw(), header)
  return { pixels: data, width: header.width, height: header.height }
}

/** The plane is gone after it. */
async function stretch (plane: Plane, width: number, height: number): Promise<Plane> {
  const kernel = await isBlackAndWhite(plane) ? 'nearest' : 'linear'
  const pipeline = openPixels(plane.pixels, plane.width, plane.height, 1)
    .resize(width, height, { fit: 'fill', kernel }).toColourspace('b-w').raw()
  const pixels = await pixelPool(Math.max(width * height, plane.width * plane.height), () => pipeline.toBuffer())
  release(plane.pixels)
  return { pixels, width, height }
}

/** Only 0 and 255: then a threshold changes nothing. */
export async function isBlackAndWhite ({ pixels, width, height }: EditMask): Promise<boolean> {
  const thresholded = await channel(openPixels(pixels, width, height, 1).threshold(128), width * height)
  const isSame = thresholded.equals(pixels)
  release(thresholded)
  return isSame
}
