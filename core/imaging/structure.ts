import type { ImageType } from './sniff.ts'

/** What the outline of a file tells without decoding a pixel. */
export interface Structure {
  /** Why the file cannot be complete, for people; undefined when it looks complete. */
  readonly damage?: string
  /** Frames that libvips does not count (animated PNG). */
  readonly frames?: number
}

/**
 * Walks the chunks, segments or boxes of a file to its end: a header alone reads well in a truncated file. Costs microseconds
 * at any size. Formats that are absent here are either read to their end by libvips with the header, or decoded anyway.
 */
export function inspectStructure (bytes: Buffer, mediaType: ImageType['mediaType']): Structure {
  return walks[mediaType]?.(bytes) ?? {}
}

const walks: Partial<Record<ImageType['mediaType'], (bytes: Buffer) => Structure>> = {
  'image/png': walkPng,
  'image/jpeg': walkJpeg,
  'image/avif': walkAvif
}

/** Samples a pixel by the colour type of IHDR: grey, –, RGB, palette, grey + alpha, –, RGBA. */
const pngSamples = [1, 0, 3, 1, 2, 0, 4]
/** Deflate cannot compress better than this. */
const deflateRatio = 1032

function walkPng (bytes: Buffer): Structure {
  let packed = 0
  let frames: number | undefined
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (at + 12 + length > bytes.length) break
    if (type === 'IDAT') packed += length
    if (type === 'acTL' && length >= 4) frames = bytes.readUInt32BE(at + 8)
    if (type === 'IEND') {
      if ((packed + 1) * deflateRatio < pngSize(bytes)) return { damage: 'it holds less data than its header says' }
      return frames === undefined ? {} : { frames }
    }
    at += 12 + length
  }
  return { damage: 'it ends before its IEND chunk' }
}

/** Least size of the raw pixels, bytes. IHDR is known to be there: libpng has read it. */
function pngSize (bytes: Buffer): number {
  const bits = bytes[24] * (pngSamples[bytes[25]] ?? 0)
  return bytes.readUInt32BE(16) * bytes.readUInt32BE(20) * bits / 8
}

const startOfScan = 0xda
const endOfImage = Buffer.from([0xff, 0xd9])

function walkJpeg (bytes: Buffer): Structure {
  for (let at = 2; at + 4 <= bytes.length;) {
    // As libjpeg does: whatever stands before a marker is skipped.
    if (bytes[at] !== 0xff || bytes[at + 1] === 0xff || bytes[at + 1] === 0) {
      at++
      continue
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    // Searched behind the first scan's header only: the thumbnail in EXIF has an end marker of its own.
    if (bytes[at + 1] === startOfScan) {
      return bytes.lastIndexOf(endOfImage) >= end ? {} : { damage: 'it ends before its end-of-image marker' }
    }
    at = end
  }
  return { damage: 'it ends before its image data' }
}

function walkAvif (bytes: Buffer): Structure {
  const types = new Set<string>()
  for (let at = 0; at < bytes.length;) {
    const size = at + 8 <= bytes.length ? boxSize(bytes, at) : 0
    if (size < 8 || at + size > bytes.length) return { damage: 'it ends in the middle of its data' }
    types.add(bytes.toString('latin1', at + 4, at + 8))
    at += size
  }
  // Small images may lie in an "idat" box inside "meta".
  const data = types.has('mdat') || bytes.includes('idat')
  return types.has('meta') && data ? {} : { damage: 'it ends before its image data' }
}

/** 0 = up to the end of the file, 1 = a 64-bit size follows the type. */
function boxSize (bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at)
  if (size === 0) return bytes.length - at
  return size === 1 && at + 16 <= bytes.length ? Number(bytes.readBigUInt64BE(at + 8)) : size
}
