import { createAdler } from './adler.ts'
import { joined, pngChunk, pngEnd, pngStart } from './png-chunks.ts'
import { filterRows } from './png-filter.ts'
import type { Raster } from './raster.ts'

/** Most bytes of a stored block (RFC 1951, section 3.2.4), and those in front of it. */
const blockLength = 65535
const blockHeader = 5
/** Bytes of rows that are written at once. */
const stripLength = 512 * 1024

/**
 * A PNG that is not compressed, for bytes that are decoded again at once. Its length is known beforehand, so that nothing of it is in
 * memory twice.
 */
export function storePng (raster: Raster, icc: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  const rows = filterRows(raster, true)
  const length = rows.rowLength * rows.count
  const start = joined(pngStart(raster, icc))
  const end = joined(pngEnd())
  const dataLength = 2 + length + Math.ceil(length / blockLength) * blockHeader + 4
  const png = new Uint8Array(start.length + 12 + dataLength + end.length)
  png.set(start)
  png.set(end, png.length - end.length)
  const data = png.subarray(start.length + 8, start.length + 8 + dataLength)

  const adler = createAdler()
  data.set([0x78, 0x01])
  let at = 2
  let left = length
  let room = 0
  const append = (bytes: Uint8Array) => {
    for (let from = 0; from < bytes.length;) {
      if (room === 0) {
        room = Math.min(left, blockLength)
        data.set([left === room ? 1 : 0, room & 255, room >> 8, ~room & 255, ~room >> 8 & 255], at)
        at += blockHeader
      }
      const part = bytes.subarray(from, from + room)
      data.set(part, at)
      at += part.length
      from += part.length
      room -= part.length
      left -= part.length
    }
  }
  const rowsPerStrip = Math.max(1, Math.floor(stripLength / rows.rowLength))
  const strip = new Uint8Array(rowsPerStrip * rows.rowLength)
  for (let from = 0; from < rows.count; from += rowsPerStrip) {
    const to = Math.min(rows.count, from + rowsPerStrip)
    rows.write(strip, from, to)
    const written = strip.subarray(0, (to - from) * rows.rowLength)
    append(written)
    adler.add(written)
  }
  data.set(adler.digest(), at)
  const [before, , after] = pngChunk('IDAT', data)
  png.set(before, start.length)
  png.set(after, start.length + 8 + dataLength)
  return png
}
