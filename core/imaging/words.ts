import { endianness } from 'node:os'
import type { Raster } from './raster.ts'

/**
 * The values as words of four bytes, the first of them lowest: what is done to all of them takes a third of the time. As many as are whole.
 * undefined where that cannot be: in 16 bits a channel, where the memory does not begin with a word, or on a machine with the highest byte first.
 */
export function wordsOf ({ data }: Pick<Raster, 'data'>): Int32Array | undefined {
  if (!(data instanceof Uint8Array) || data.byteOffset % 4 !== 0 || endianness() !== 'LE') return undefined
  return new Int32Array(data.buffer, data.byteOffset, data.length >> 2)
}
