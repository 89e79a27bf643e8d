import { once } from 'node:events'
import { constants, createDeflate, deflateSync, type ZlibOptions } from 'node:zlib'
import { createHuffmanDeflate } from './huffman.ts'
import { joined, pngChunk, pngEnd, pngStart } from './png-chunks.ts'
import { filterRows, type FilteredRows } from './png-filter.ts'
import type { Raster } from './raster.ts'

/** Bytes of rows that are handed to the compressor at once. */
const stripLength = 1024 * 1024

/**
 * A PNG in a third of the time that libvips takes: the bytes of a photograph hardly ever repeat, so they are only coded by
 * their frequency, which costs some per cent in size. Where they do repeat, they are compressed in full.
 * @param icc a colour profile for the raster's channels
 */
export async function encodePng (raster: Raster, icc?: Uint8Array | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const rows = filterRows(raster, false)
  const parts = pngStart(raster, icc)
  const compression = chooseCompression(rows)
  const compressor = compression === 'huffman' ? createHuffmanDeflate() : createZlib(compression)
  const rowsPerStrip = Math.max(1, Math.floor(stripLength / rows.rowLength))
  const strip = new Uint8Array(rowsPerStrip * rows.rowLength)
  for (let from = 0; from < rows.count; from += rowsPerStrip) {
    const to = Math.min(rows.count, from + rowsPerStrip)
    rows.write(strip, from, to)
    const data = await compressor.write(strip.subarray(0, (to - from) * rows.rowLength))
    if (data.length > 0) parts.push(...pngChunk('IDAT', data))
  }
  parts.push(...pngChunk('IDAT', await compressor.end()), ...pngEnd())
  return joined(parts)
}

/** Pieces of a stream come when they are full: each answer is what has come since the last. */
function createZlib (options: ZlibOptions) {
  const deflate = createDeflate({ ...options, chunkSize: stripLength })
  let come: Buffer[] = []
  deflate.on('data', (data: Buffer) => come.push(data))
  const take = () => {
    const taken = Buffer.concat(come)
    come = []
    return taken
  }
  return {
    async write (bytes: Uint8Array) {
      // Drained, it has read the strip, which is then filled anew.
      if (!deflate.write(bytes)) await once(deflate, 'drain')
      return take()
    },
    async end () {
      const ended = once(deflate, 'end')
      deflate.end()
      await ended
      return take()
    }
  }
}

/** The slower ones, the faster first. */
const compressions: readonly ZlibOptions[] = [{ level: 1, strategy: constants.Z_RLE }, { level: 1 }]
const samples = 3
const sampleLength = 16 * 1024
/** What repeats often does so from row to row. */
const leastRows = 4
/** A slower one has to be so much smaller than the one before it to be worth its time. */
const worthwhile = 0.9

function chooseCompression ({ rowLength, count, write }: FilteredRows): ZlibOptions | 'huffman' {
  const height = Math.min(count, Math.max(leastRows, Math.ceil(sampleLength / rowLength)))
  const sample = new Uint8Array(height * samples * rowLength)
  for (let n = 0; n < samples; n++) {
    const from = Math.round((count - height) * n / (samples - 1))
    write(sample.subarray(n * height * rowLength), from, from + height)
  }
  let best: { options: ZlibOptions | 'huffman', length: number } = {
    options: 'huffman', length: deflateSync(sample, { level: 1, strategy: constants.Z_HUFFMAN_ONLY }).length
  }
  for (const options of compressions) {
    const { length } = deflateSync(sample, options)
    if (length < worthwhile * best.length) best = { options, length }
  }
  return best.options
}
