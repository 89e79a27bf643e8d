import t from 'tap'
import { holdsBlock, maskCells, readCells, soften } from '../../../core/imaging/gate-cells.ts'
import { writeLab } from '../../../core/imaging/gate-lab.ts'
import type { Raster } from '../../../core/imaging/raster.ts'
import { draw } from './pictures.ts'

const whole = { left: 0, top: 0, width: 5, height: 4, cell: 2 }
const raster = (channels: Raster['channels'], pixel: (x: number, y: number) => readonly number[]): Raster => draw(5, 4, channels, pixel)
const labOf = (red: number, green = red, blue = red) => {
  const lab = new Float32Array(3)
  writeLab(red, green, blue, lab, 0)
  return [...lab]
}

t.test('each cell is the mean of its pixels, at the edges of fewer', t => {
  const { columns, rows, lab } = readCells(raster(3, (x, y) => [x === 4 ? 200 : x < 2 ? y * 10 : 100, 50, 0]), whole)
  t.same([columns, rows], [3, 2])
  t.same([...lab.subarray(0, 3)], labOf(5, 50, 0))
  t.same([...lab.subarray(6, 9)], labOf(200, 50, 0))
  t.same([...lab.subarray(9, 12)], labOf(25, 50, 0))
  t.end()
})

t.test('some pixels stand for all', t => {
  const { lab } = readCells(raster(3, (x, y) => x % 2 === 0 && y % 2 === 0 ? [10, 20, 30] : [255, 255, 255]), { ...whole, cell: 4 }, 2)
  t.same([...lab.subarray(0, 3)], labOf(10, 20, 30))
  t.end()
})

t.test('grey, 16 bits and transparency are seen as on a mid grey', t => {
  t.same([...readCells(raster(1, () => [90]), whole).lab.subarray(0, 3)], labOf(90))
  t.same([...readCells(raster(2, () => [90, 0]), whole).lab.subarray(0, 3)], labOf(128))
  t.same([...readCells(raster(4, () => [90, 20, 60, 255]), whole).lab.subarray(0, 3)], labOf(90, 20, 60))
  const deep: Raster = { width: 5, height: 4, channels: 3, data: new Uint16Array(60).fill(90 * 257) }
  t.same([...readCells(deep, whole).lab.subarray(0, 3)], labOf(90))
  t.end()
})

t.test('a dot is softened to a quarter, an even picture stays', t => {
  const dot = { columns: 3, rows: 3, lab: new Float32Array(27) }
  dot.lab[12] = 1
  const { lab } = soften(dot)
  t.same([lab[12], lab[9], lab[0], lab[13]], [0.25, 0.125, 0.0625, 0])
  t.ok(soften({ columns: 2, rows: 1, lab: new Float32Array(6).fill(0.5) }).lab.every(value => value === 0.5))
  t.end()
})

t.test('a cell is masked by an eighth, and free without a trace', t => {
  const mask = { width: 8, height: 4, pixels: draw(8, 4, 1, (x, y) => [x === 0 && y < 2 ? 255 : x === 5 && y === 0 ? 20 : 0]).data }
  t.same([...maskCells(mask, { left: 0, top: 0, width: 8, height: 4, cell: 4 })], [2, 1])
  t.same([...maskCells(mask, { left: 1, top: 0, width: 4, height: 4, cell: 4 })], [0])
  t.end()
})

t.test('a block is three by three whole cells of the mask, wherever it lies, and nothing thinner', t => {
  const parts = (...rows: string[]) => holdsBlock(Uint8Array.from(rows.join(''), Number), rows[0]?.length ?? 0)
  t.equal(parts('0222', '0222', '1222'), true)
  t.equal(parts('2220', '2220', '2220', '0000'), true)
  t.equal(parts('2222', '2222'), false)
  t.equal(parts('0022', '2200', '0222', '2220'), false, 'not across the edges')
  t.equal(parts('22022', '22022', '22022', '22022'), false)
  t.equal(parts('222', '212', '222', '222'), false)
  t.end()
})
