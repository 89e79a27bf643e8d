import { crc32 } from 'node:zlib'
import type { Metadata } from 'sharp'

/** What is taken from a header. */
export type HeaderFacts = Pick<Metadata, 'autoOrient' | 'orientation' | 'pages' | 'space' | 'depth' | 'hasAlpha' | 'icc'>

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const typeOf = (name: string) => Buffer.from(name, 'latin1').readUInt32BE(0)
const [IHDR, IDAT, IEND] = [typeOf('IHDR'), typeOf('IDAT'), typeOf('IEND')]
/** Chunks that change nothing of what is taken, by their length in bytes. */
const silent = new Map([[typeOf('pHYs'), 9], [typeOf('gAMA'), 4], [typeOf('sRGB'), 1]])
/** By the colour type of IHDR. */
const colours: Readonly<Record<number, { readonly space: Metadata['space'], readonly deep: Metadata['space'], readonly hasAlpha: boolean }>> = {
  0: { space: 'b-w', deep: 'grey16', hasAlpha: false },
  2: { space: 'srgb', deep: 'rgb16', hasAlpha: false },
  4: { space: 'b-w', deep: 'grey16', hasAlpha: true },
  6: { space: 'srgb', deep: 'rgb16', hasAlpha: true }
}
/** Above it libvips is asked. */
const longestSide = 100_000
const headLength = 33

/**
 * What libvips says of a PNG, for the plain ones that most are: whole bytes a sample, no palette, profile, EXIF or animation, and nothing
 * that looks damaged up to the pixels. To ask libvips takes a thread's turn, as long as all the rest of a small edit. undefined = it has to be asked.
 */
export function plainPng (bytes: Buffer): HeaderFacts | undefined {
  if (bytes.length < headLength || !bytes.subarray(0, 8).equals(signature)) return undefined
  if (bytes.readUInt32BE(8) !== 13 || bytes.readUInt32BE(12) !== IHDR || !isSound(bytes, 8, 13)) return undefined
  const [width, height, bits, colour] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes.readUInt8(24), colours[bytes.readUInt8(25)]]
  // Neither an unknown compression or filter, nor interlaced.
  if (colour === undefined || (bits !== 8 && bits !== 16) || bytes.readUIntBE(26, 3) !== 0) return undefined
  if (Math.min(width, height) === 0 || Math.max(width, height) > longestSide || !isPlain(bytes)) return undefined
  return {
    autoOrient: { width, height },
    space: bits === 8 ? colour.space : colour.deep,
    depth: bits === 8 ? 'uchar' : 'ushort',
    hasAlpha: colour.hasAlpha
  } as HeaderFacts // sharp leaves out what an image does not have, too.
}

/** Nothing but pixels behind the first chunk, and what is silent before them; to its end. */
function isPlain (bytes: Buffer): boolean {
  const seen = new Set<number>()
  let hasPixels = false
  for (let at = headLength; at + 12 <= bytes.length;) {
    const [length, type] = [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
    if (at + 12 + length > bytes.length) return false
    if (type === IEND) return hasPixels
    if (type === IDAT) hasPixels = true
    else if (hasPixels || seen.has(type) || silent.get(type) !== length || !isSound(bytes, at, length)) return false
    seen.add(type)
    at += 12 + length
  }
  return false
}

function isSound (bytes: Buffer, at: number, length: number): boolean {
  return crc32(bytes.subarray(at + 4, at + 8 + length)) === bytes.readUInt32BE(at + 8 + length)
}
