import type { Exif, Sharp } from 'sharp'
import { EditError } from '../errors.ts'
import type { MediaType } from '../model-card.ts'
import type { EditImage, OutputWish } from '../request.ts'
import { openEncoded, pixelPool, produce, readMetadata, type EncodedSource, type Produced } from './codec.ts'
import { rasterOf } from './decode.ts'
import type { Header } from './header.ts'
import { surrendered } from './ownership.ts'
import { inThread } from './pixel-threads.ts'
import { hasAlpha } from './raster.ts'
import { addReshape, reshapedSize, type Reshape } from './reshape.ts'

/** An image that has been checked, and what was done to it, as sentences for the caller. */
export interface Checked {
  readonly image: EditImage
  readonly warnings: readonly string[]
}

/** How to encode. Without `background`, what has to become opaque is laid on white. */
export type RenderWish = Pick<OutputWish, 'format' | 'quality' | 'background'>

export interface RenderOptions {
  readonly reshape?: Reshape
  /** What its colours are converted to: plain sRGB, or the profile in the file of this path. Absent: they stay in their own. */
  readonly colours?: 'sRGB' | { readonly path: string, readonly name: string }
  /** EXIF tags to write, by the names that sharp has for them. */
  readonly exif?: Exif | undefined
}

/** The image as it came: its bytes are shared, not copied. Only for what needs no `render`, see `isCanonical`. */
export function keep (header: Header, mediaType: MediaType): EditImage {
  const { bytes, width, height, alpha, profile } = header
  return { bytes, mediaType, width, height, alpha, profile }
}

/**
 * The format in which the kernel can hand the bytes on as they are: upright, a still, a format of the kernel, in grey or RGB.
 * undefined when they have to be rendered.
 */
export function canonicalType (header: Header): MediaType | undefined {
  const { mediaType, upright, frames, colour } = header
  if (!upright || frames > 1 || colour === 'cmyk' || mediaType === 'image/gif' || mediaType === 'image/tiff') return undefined
  return mediaType
}

/**
 * Encodes the image's first frame anew: upright, in the wished format. Grey, 16 bits a channel, alpha and the colour profile
 * stay where the format can hold them; each loss is a warning. No other metadata is carried over.
 *
 * @throws EDIT_ERR_IMAGE_INVALID when the image does not decode, EDIT_ERR_IMAGE_TOO_LARGE when the format cannot hold its sides.
 */
export async function render (header: Header, wish: RenderWish, { reshape = {}, colours, exif }: RenderOptions = {}): Promise<Checked> {
  const { field, alpha, colour, profiled, profile } = header
  const format = formats[wish.format]
  const { width, height } = reshapedSize(header, reshape)
  if (!fitsFormat(wish.format, { width, height })) {
    throw new EditError('EDIT_ERR_IMAGE_TOO_LARGE', `${field}: ${width} × ${height} pixels do not fit into ${format.name}, which holds ${format.maxSide} a side`, {
      details: { field, maxSide: format.maxSide }
    })
  }
  const warnings = straightened(header)
  const warn = (what: string) => warnings.push(`${field}: ${what}`)

  const pipeline = openEncoded(header)
  addReshape(pipeline, reshape)
  const grey = colour === 'grey' && format.grey
  if (header.deep && !format.deep) warn(`reduced to 8 bits a channel, as ${format.name} holds no more`)
  pipeline.toColourspace(spaces[grey ? 'grey' : 'rgb'][header.deep && format.deep ? 'deep' : 'flat'])

  // A profile describes the channels it came with: kept on other channels it would lie. Not kept, libvips converts by it.
  const kept = profiled && colours === undefined && (colour === 'rgb' || grey)
  if (kept) pipeline.keepIccProfile()
  else if (typeof colours === 'object') pipeline.withIccProfile(colours.path)
  else if (profile !== null && colour !== 'cmyk' && colours === undefined) warn(`converted from the colour profile "${profile}" to sRGB`)
  if (exif !== undefined) pipeline.withExif(exif)

  const { background } = wish
  if (alpha && background !== undefined && background !== 'transparent') {
    pipeline.flatten({ background })
  } else if (alpha && !format.alpha) {
    warn(`laid on white, as ${format.name} has no transparency`)
    pipeline.flatten({ background: 'white' })
  }

  const source = { ...header, pixels: Math.max(header.pixels, width * height) }
  // EXIF tags, other profiles than its own and two channels are for libvips to write.
  const isOwn = wish.format === 'image/png' && exif === undefined && typeof colours !== 'object' && !(grey && alpha)
  const { data, info } = isOwn
    ? await producePng(pipeline, source, { deep: header.deep, icc: kept ? (await readMetadata(header.bytes)).icc : undefined })
    : await produce(format.encode(pipeline, wish.quality), source)
  return {
    image: {
      bytes: data,
      mediaType: wish.format,
      width: info.width,
      height: info.height,
      alpha: info.hasAlpha,
      profile: kept ? profile : typeof colours === 'object' ? colours.name : null
    },
    warnings
  }
}

/** In half of the time that libvips takes for it. */
async function producePng (pipeline: Sharp, source: EncodedSource, { deep, icc }: { readonly deep: boolean, readonly icc: Uint8Array | undefined }): Promise<Produced> {
  const { data, ...info } = await rasterOf(pipeline, source, deep)
  const bytes = surrendered(data)
  const raster = { data: deep ? new Uint16Array(bytes.buffer) : bytes, ...info }
  const png = await pixelPool(source.pixels, async () => await inThread('encode', { raster, icc }, [bytes]))
  return { data: Buffer.from(png.buffer), info: { ...info, hasAlpha: hasAlpha(info) } }
}

/** What decoding alone does to an image, as sentences for the caller. */
export function straightened ({ field, upright, frames, colour }: Header): string[] {
  return [
    ...upright ? [] : [`${field}: turned upright, as its EXIF orientation says`],
    ...frames > 1 ? [`${field}: only the first of its ${frames} frames is used`] : [],
    ...colour === 'cmyk' ? [`${field}: converted from CMYK to sRGB`] : []
  ]
}

/** Can the format hold an image of this size? */
export function fitsFormat (mediaType: MediaType, size: { readonly width: number, readonly height: number }): boolean {
  return Math.max(size.width, size.height) <= formats[mediaType].maxSide
}

const spaces = { grey: { flat: 'b-w', deep: 'grey16' }, rgb: { flat: 'srgb', deep: 'rgb16' } } as const

interface Format {
  readonly name: string
  readonly maxSide: number
  readonly alpha: boolean
  readonly grey: boolean
  readonly deep: boolean
  encode (pipeline: Sharp, quality?: number): Sharp
}

// The efforts are the fastest before size suffers: the next steps cost many times the time for a few per cent. The default
// qualities lose nothing that shows: what was not to be changed should not change.
const formats: Readonly<Record<MediaType, Format>> = {
  'image/png': {
    name: 'PNG',
    maxSide: 0x7fffffff,
    alpha: true,
    grey: true,
    deep: true,
    encode: pipeline => pipeline.png({ compressionLevel: 2, adaptiveFiltering: true })
  },
  'image/jpeg': {
    name: 'JPEG',
    maxSide: 65535,
    alpha: false,
    grey: true,
    deep: false,
    // Tables made for the image would be 4 % smaller, in four times the time and with all of it in memory twice over.
    encode: (pipeline, quality = 95) => pipeline.jpeg({ quality, chromaSubsampling: quality < 90 ? '4:2:0' : '4:4:4', optimiseCoding: false })
  },
  'image/webp': {
    name: 'WebP',
    maxSide: 16383,
    alpha: true,
    grey: false,
    deep: false,
    encode: (pipeline, quality = 95) => pipeline.webp({ quality, effort: 2 })
  },
  'image/avif': {
    name: 'AVIF',
    maxSide: 16384,
    alpha: true,
    grey: false,
    deep: false,
    encode: (pipeline, quality = 80) => pipeline.avif({ quality, effort: 0 })
  }
}
