import t from 'tap'
import { filterRows } from '../../../core/imaging/png-filter.ts'
import type { Raster } from '../../../core/imaging/raster.ts'

const raster = (channels: Raster['channels'], rows: number[][], Type: typeof Uint8Array | typeof Uint16Array = Uint8Array): Raster =>
  ({ data: Type.from(rows.flat()), width: rows[0].length / channels, height: rows.length, channels })
function written (picture: Raster, plain = false, from = 0, to = picture.height) {
  const { rowLength, write } = filterRows(picture, plain)
  const bytes = new Uint8Array(rowLength * (to - from))
  write(bytes, from, to)
  return Array.from({ length: to - from }, (_, row) => [...bytes.subarray(row * rowLength, (row + 1) * rowLength)])
}

t.test('each band of rows gets the filter that leaves the least', async t => {
  const noisy = Array.from({ length: 60 }, (_, x) => x * 97 % 256)
  const rising = Array.from({ length: 60 }, (_, x) => 40 + 3 * x)
  const spiky = Array.from({ length: 60 }, (_, x) => x % 13 === 1 ? 0 : 200)
  const band = (row: number[]) => [row, row, row, row]
  const rows = written(raster(1, [...band(rising), ...band(noisy), noisy, ...band(rising).slice(1), ...band(spiky)]))
  t.same(rows.map(([filter]) => filter), [...band([1]), ...band([0]), ...band([2]), ...band([0])].flat())
  t.same(rows[0].slice(0, 5), [1, 40, 3, 3, 3], 'differences to the left')
  t.same(rows[4], [0, ...noisy], 'none')
  t.same(rows[8], [2, ...noisy.map(() => 0)], 'differences to above')
})

t.test('differences are taken between the same channels, modulo 256', async t => {
  const [row] = written(raster(3, [Array.from({ length: 60 }, (_, at) => [250, 10, 128][at % 3] + Math.floor(at / 3) * 2)]))
  t.same(row.slice(0, 7), [1, 250, 10, 128, 2, 2, 2])
  t.same(row[10], 2, 'across 255')
})

t.test('16 bits are big-endian', async t => {
  const deep = raster(1, [[0x1234, 0x1235], [0x1334, 0x1335]], Uint16Array)
  t.same(written(deep, true), [[0, 0x12, 0x34, 0x12, 0x35], [0, 0x13, 0x34, 0x13, 0x35]])
})

t.test('a part of the rows is written as it is in the whole', async t => {
  const rows = Array.from({ length: 9 }, (_, y) => Array.from({ length: 120 }, (_, x) => (x * y * 7 + y) % 256))
  for (const Type of [Uint8Array, Uint16Array]) {
    const picture = raster(4, rows, Type)
    t.same(written(picture, false, 4, 7), written(picture).slice(4, 7))
  }
})
