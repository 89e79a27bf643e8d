import { crc32, deflateSync } from 'node:zlib'
import type { Raster } from './raster.ts'

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
/** By channels: grey, grey and alpha, RGB, RGB and alpha (ISO/IEC 15948, section 11.2.2). */
const colourTypes = [0, 0, 4, 2, 6]

/** What comes before the pixels. */
export function pngStart ({ data, width, height, channels }: Raster, icc: Uint8Array | undefined): Uint8Array[] {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header[8] = data.BYTES_PER_ELEMENT * 8
  header[9] = colourTypes[channels]
  return [
    signature,
    ...pngChunk('IHDR', header),
    ...icc === undefined ? [] : pngChunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(icc)]))
  ]
}

export function pngEnd (): Uint8Array[] {
  return pngChunk('IEND', new Uint8Array())
}

/** What comes before its data, the data, and what comes behind it. */
export function pngChunk (type: string, data: Uint8Array): [Uint8Array, Uint8Array, Uint8Array] {
  const before = Buffer.alloc(8)
  before.writeUInt32BE(data.length)
  before.write(type, 4, 'latin1')
  const after = Buffer.alloc(4)
  after.writeUInt32BE(crc32(data, crc32(before.subarray(4))))
  return [before, data, after]
}

/** In one buffer of its own, which can be moved between threads. */
export function joined (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
