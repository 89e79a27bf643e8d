import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import type { Raster } from './raster.ts'

/** What must come back as it was, beside the pixels. */
export interface Traits {
  /** It has an alpha channel. */
  readonly alpha: boolean
  /** The colour profile that the pixels are in; undefined = sRGB. */
  readonly profile: Buffer | undefined
  /** It had more than 8 bits a channel. */
  readonly deep: boolean
}

/**
 * Decodes an image. `native`: in the numbers of its own colour profile, which then goes back onto the result, so that
 * untouched pixels stay what they were; otherwise converted to sRGB, so that images can be put together.
 */
export async function decodeImage (bytes: Uint8Array, native: boolean): Promise<{ raster: Raster, traits: Traits }> {
  const { icc, space, depth, hasAlpha } = await sharp(bytes).metadata()
  // A profile for grey does not describe the three channels that the result will have.
  const profile = native && space !== 'b-w' && space !== 'grey16' ? icc : undefined
  const { data, info: { width, height } } = await sharp(bytes, { ignoreIcc: profile !== undefined })
    .toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { raster: { data, width, height }, traits: { alpha: hasAlpha, profile, deep: depth !== 'uchar' } }
}

/** Decodes a grey mask: one byte a pixel. */
export async function decodeMask (bytes: Uint8Array): Promise<Uint8Array> {
  return await sharp(bytes, { ignoreIcc: true }).removeAlpha().toColourspace('b-w').raw().toBuffer()
}

/** Encodes as PNG, 8 bits a channel; with alpha if it had alpha or has something transparent now. */
export async function encodeImage ({ data, width, height }: Raster, { alpha, profile }: Traits): Promise<Uint8Array> {
  const pixels = sharp(data, { raw: { width, height, channels: 4 } })
  if (!alpha && isOpaque(data)) pixels.removeAlpha()
  const png = await pixels.png({ compressionLevel: 2, adaptiveFiltering: true }).toBuffer()
  return profile === undefined ? png : attachProfile(png, profile)
}

function isOpaque (data: Uint8Array): boolean {
  for (let at = 3; at < data.length; at += 4) {
    if (data[at] !== 255) return false
  }
  return true
}

/** Signature and header of every PNG; an `iCCP` chunk goes right behind them (PNG specification, section 5.6). */
const headerBytes = 33

// sharp would convert the pixels to the profile, but they are in it already.
function attachProfile (png: Buffer, profile: Buffer): Buffer {
  const chunk = Buffer.concat([Buffer.from('iCCPICC profile\0\0', 'latin1'), deflateSync(profile)])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(chunk.length - 4)
  frame.writeUInt32BE(crc32(chunk), 4)
  return Buffer.concat([png.subarray(0, headerBytes), frame.subarray(0, 4), chunk, frame.subarray(4), png.subarray(headerBytes)])
}
