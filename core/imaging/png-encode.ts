import { once } from 'node:events'
import { constants, crc32, createDeflate, deflateSync, type ZlibOptions } from 'node:zlib'
import { filterRows, type FilteredRows } from './png-filter.ts'
import type { Raster } from './raster.ts'

export interface PngOptions {
  /** A colour profile for the raster's channels. */
  readonly icc?: Uint8Array | undefined
  /** Not compressed: for bytes that are decoded again at once. */
  readonly stored?: boolean
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
/** By channels: grey, grey and alpha, RGB, RGB and alpha (ISO/IEC 15948, section 11.2.2). */
const colourTypes = [0, 0, 4, 2, 6]
/** Bytes of rows that are handed to the compressor at once. */
const stripLength = 512 * 1024

/**
 * A PNG in less than half of the time that libvips takes: the bytes of a photograph hardly ever repeat, so they are only coded by
 * their frequency, which costs some per cent in size. Where they do repeat, they are compressed in full.
 */
export async function encodePng (raster: Raster, { icc, stored = false }: PngOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const rows = filterRows(raster, stored)
  const parts: Uint8Array[] = [signature, ...chunk('IHDR', header(raster))]
  if (icc !== undefined) parts.push(...chunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(icc)])))
  const deflate = createDeflate({ ...stored ? { level: 0 } : chooseCompression(rows), chunkSize: stripLength })
  deflate.on('data', (data: Buffer) => parts.push(...chunk('IDAT', data)))
  const ended = once(deflate, 'end')
  const rowsPerStrip = Math.max(1, Math.floor(stripLength / rows.rowLength))
  const strip = new Uint8Array(rowsPerStrip * rows.rowLength)
  for (let from = 0; from < rows.count; from += rowsPerStrip) {
    const to = Math.min(rows.count, from + rowsPerStrip)
    rows.write(strip, from, to)
    // Drained, it has read the strip, which is then filled anew.
    if (!deflate.write(strip.subarray(0, (to - from) * rows.rowLength))) await once(deflate, 'drain')
  }
  deflate.end()
  await ended
  parts.push(...chunk('IEND', new Uint8Array()))
  return joined(parts)
}

function header ({ data, width, height, channels }: Raster): Buffer {
  const bytes = Buffer.alloc(13)
  bytes.writeUInt32BE(width)
  bytes.writeUInt32BE(height, 4)
  bytes[8] = data.BYTES_PER_ELEMENT * 8
  bytes[9] = colourTypes[channels]
  return bytes
}

function chunk (type: string, data: Uint8Array): Uint8Array[] {
  const before = Buffer.alloc(8)
  before.writeUInt32BE(data.length)
  before.write(type, 4, 'latin1')
  const after = Buffer.alloc(4)
  after.writeUInt32BE(crc32(data, crc32(before.subarray(4))))
  return [before, data, after]
}

/** In one buffer of its own, which can be moved between threads. */
function joined (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The fastest first. */
const compressions: readonly ZlibOptions[] = [
  { level: 1, strategy: constants.Z_HUFFMAN_ONLY }, { level: 1, strategy: constants.Z_RLE }, { level: 2 }
]
const samples = 3
const sampleLength = 16 * 1024
/** What repeats often does so from row to row. */
const leastRows = 4
/** A slower one has to be so much smaller than the one before it to be worth its time. */
const worthwhile = 0.9

function chooseCompression ({ rowLength, count, write }: FilteredRows): ZlibOptions {
  const height = Math.min(count, Math.max(leastRows, Math.ceil(sampleLength / rowLength)))
  const sample = new Uint8Array(height * samples * rowLength)
  for (let n = 0; n < samples; n++) {
    const from = Math.round((count - height) * n / (samples - 1))
    write(sample.subarray(n * height * rowLength), from, from + height)
  }
  const [first, ...slower] = compressions
  let best = { options: first, length: deflateSync(sample, first).length }
  for (const options of slower) {
    const { length } = deflateSync(sample, options)
    if (length < worthwhile * best.length) best = { options, length }
  }
  return best.options
}
