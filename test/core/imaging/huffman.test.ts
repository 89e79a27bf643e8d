import { constants, deflateSync, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { createHuffmanDeflate } from '../../../core/imaging/huffman.ts'

function deflated (...pieces: Uint8Array[]) {
  const deflate = createHuffmanDeflate()
  // Each answer is taken before the next piece is written, as a scratch is used again.
  return Buffer.concat([...pieces.map(piece => deflate.write(piece)), deflate.end()])
}
const inflated = (bytes: Buffer) => inflateSync(bytes, { finishFlush: constants.Z_FINISH })

t.test('zlib reads what was written, in any number of pieces of any length', async t => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 6 })
  t.doesNotThrow(() => fc.assert(fc.property(pieces, pieces => inflated(deflated(...pieces)).equals(Buffer.concat(pieces))), { numRuns: 300 }))
  t.equal(inflated(deflated()).length, 0)
  for (const length of [1, 2, 3]) t.ok(inflated(deflated(Buffer.alloc(length, 7), Buffer.alloc(5, 9))).equals(Buffer.concat([Buffer.alloc(length, 7), Buffer.alloc(5, 9)])))
})

t.test('it is as small as zlib makes it without looking for repetitions', async t => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => 128 + Math.round(6 * Math.sin(at * at) * Math.cos(at * 7) ** 3))
  const other = deflateSync(bytes, { level: 1, strategy: constants.Z_HUFFMAN_ONLY }).length
  const { length } = deflated(bytes)
  t.ok(length < other * 1.05, `${length}, zlib ${other}`)
  t.ok(inflated(deflated(bytes)).equals(bytes))
})

t.test('however uneven the bytes are, no code gets too long', async t => {
  // By Fibonacci's numbers a code gets one bit longer from byte to byte.
  const counts = Array.from({ length: 24 }, (_, n) => n).reduce<number[]>((all, n) => [...all, n < 2 ? 1 : all[n - 1] + all[n - 2]], [])
  const bytes = Uint8Array.from(counts.flatMap((count, value) => Array.from({ length: count * 5 }, () => value)))
  const written = deflated(bytes)
  t.ok(inflated(written).equals(bytes))
  t.ok(written.length < bytes.length / 2.5, `${written.length} of ${bytes.length}`)
})
