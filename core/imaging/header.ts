import type { Metadata } from 'sharp'
import { EditError, type ErrorCode } from '../errors.ts'
import { readMetadata, type EncodedSource } from './codec.ts'
import type { ImageLimits } from './limits.ts'
import { profileName } from './profile.ts'
import { plainPng, type HeaderFacts } from './plain-png.ts'
import { loadSharp } from './sharp.ts'
import { acceptedFormats, lookalike, sniff, type ImageType } from './sniff.ts'
import { inspectStructure } from './structure.ts'

/** What is known of an image without decoding it: it is of an accepted type, within the limits, and looks complete. */
export interface Header extends EncodedSource {
  /** undefined = it is in no file that could be given. */
  readonly mediaType: ImageType['mediaType'] | undefined
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  /** No EXIF orientation turns it. */
  readonly upright: boolean
  /** Frames or pages, from 1. */
  readonly frames: number
  readonly alpha: boolean
  readonly colour: 'grey' | 'rgb' | 'cmyk' | 'other'
  /** More than 8 bits a channel. */
  readonly deep: boolean
  /** It has a colour profile, sRGB or another. */
  readonly profiled: boolean
  /** Name of its colour profile, null for sRGB or none. */
  readonly profile: string | null
}

/**
 * Reads and checks the header, in microseconds at any size: a small file that claims many pixels costs no memory.
 *
 * @param field the caller's name of the input; every message begins with it.
 * @throws EDIT_ERR_IMAGE_INVALID, EDIT_ERR_IMAGE_TOO_LARGE or EDIT_ERR_IMAGE_UNSUPPORTED.
 */
export async function readHeader (bytes: Buffer, field: string, limits: ImageLimits): Promise<Header> {
  const refuse = (code: ErrorCode, what: string, details = {}, cause?: unknown) =>
    new EditError(code, `${field}: ${what}`, { cause, details: { field, ...details } })
  const tooLarge = (what: string, limit: Partial<ImageLimits>) => refuse('EDIT_ERR_IMAGE_TOO_LARGE', what, limit)

  if (bytes.length === 0) throw refuse('EDIT_ERR_IMAGE_INVALID', 'is empty; it must hold an image')
  const { maxBytes, maxPixels, maxSide, maxFrames } = limits
  if (bytes.length > maxBytes) throw tooLarge(`${bytes.length} bytes, at most ${maxBytes} are accepted`, { maxBytes })
  const type = sniff(bytes)
  if (type === undefined) {
    throw refuse('EDIT_ERR_IMAGE_UNSUPPORTED', `looks like ${lookalike(bytes)}; accepted are ${acceptedFormats}`)
  }

  // Whoever works on it then, be it a plugin with a sharp of its own, does so when what sharp may open has been set.
  loadSharp()
  let metadata: HeaderFacts
  try {
    metadata = plainPng(bytes) ?? await readMetadata(bytes)
  } catch (cause) {
    throw refuse('EDIT_ERR_IMAGE_INVALID', `the ${type.name} is damaged or incomplete, its header cannot be read`, {}, cause)
  }
  const { width, height } = metadata.autoOrient
  const pixels = width * height
  if (Math.max(width, height) > maxSide) throw tooLarge(`${width} × ${height} pixels, at most ${maxSide} a side are accepted`, { maxSide })
  if (pixels > maxPixels) throw tooLarge(`${width} × ${height} = ${pixels} pixels, at most ${maxPixels} are accepted`, { maxPixels })

  const structure = inspectStructure(bytes, type.mediaType)
  if (structure.damage !== undefined) throw refuse('EDIT_ERR_IMAGE_INVALID', `the ${type.name} is incomplete: ${structure.damage}`)
  const frames = structure.frames ?? metadata.pages ?? 1
  if (frames > maxFrames) throw tooLarge(`${frames} frames, at most ${maxFrames} are accepted`, { maxFrames })

  return {
    bytes,
    field,
    name: type.name,
    mediaType: type.mediaType,
    width,
    height,
    pixels,
    upright: (metadata.orientation ?? 1) <= 1,
    frames,
    alpha: metadata.hasAlpha,
    colour: colours[metadata.space] ?? 'other',
    deep: metadata.depth !== 'uchar',
    profiled: metadata.icc !== undefined,
    profile: metadata.icc === undefined ? null : profileName(metadata.icc)
  }
}

const colours: Partial<Record<Metadata['space'], Header['colour']>> = {
  'b-w': 'grey', grey16: 'grey', srgb: 'rgb', rgb16: 'rgb', cmyk: 'cmyk'
}
