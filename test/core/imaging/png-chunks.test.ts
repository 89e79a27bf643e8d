import { crc32 } from 'node:zlib'
import t from 'tap'
import { joined, pngChunk, pngEnd, pngStart } from '../../../core/imaging/png-chunks.ts'

t.test('a chunk is its length, its type, its data and their sum', async t => {
  const bytes = Buffer.from(joined(pngChunk('teSt', Uint8Array.of(1, 2, 3))))
  t.equal(bytes.readUInt32BE(0), 3)
  t.equal(bytes.toString('latin1', 4, 8), 'teSt')
  t.same([...bytes.subarray(8, 11)], [1, 2, 3])
  t.equal(bytes.readUInt32BE(11), crc32(bytes.subarray(4, 11)))
  t.equal(Buffer.from(joined(pngEnd())).toString('hex'), '0000000049454e44ae426082', 'as the specification has it')
})

t.test('size, depth and colours stand at the beginning, and the profile when there is one', async t => {
  const raster = { data: new Uint16Array(12), width: 3, height: 2, channels: 2 } as const
  const start = Buffer.from(joined(pngStart(raster, undefined)))
  t.equal(start.toString('latin1', 1, 4), 'PNG')
  t.same([start.readUInt32BE(16), start.readUInt32BE(20), start[24], start[25]], [3, 2, 16, 4])
  t.notOk(start.includes('iCCP'))
  t.ok(Buffer.from(joined(pngStart(raster, Uint8Array.of(1)))).includes('iCCP'))
})
