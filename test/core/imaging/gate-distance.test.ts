import t from 'tap'
import type { Cells } from '../../../core/imaging/gate-cells.ts'
import { distanceOf } from '../../../core/imaging/gate-distance.ts'

const columns = 30
const rows = 20
const cells = (lightness: (x: number, y: number) => number): Cells => ({
  columns, rows, lab: Float32Array.from({ length: columns * rows * 3 }, (_, at) => at % 3 === 0 ? lightness(at / 3 % columns, Math.floor(at / 3 / columns)) : 0)
})
const edge = (place: number) => cells(x => Math.min(0.9, Math.max(0.2, 0.5 + (x - place) * 0.4)))
const everywhere = new Uint8Array(columns * rows).fill(1)

t.test('a picture that was moved by part of a cell is no other one', t => {
  t.equal(distanceOf(edge(10), edge(10.5), everywhere), 0)
  t.ok(distanceOf(edge(10), edge(16), everywhere) > 0.3)
  t.end()
})

t.test('what was added and what was taken away count alike', t => {
  const [without, dot] = [cells(() => 0.6), cells((x, y) => Math.hypot(x - 15, y - 10) < 2 ? 0.1 : 0.6)]
  t.equal(distanceOf(without, dot, everywhere), distanceOf(dot, without, everywhere))
  t.ok(distanceOf(without, dot, everywhere) > 0.4)
  t.equal(distanceOf(without, dot, everywhere.map((_, cell) => cell < 100 ? 1 : 0)), 0, 'but not where nothing was to be edited')
  t.end()
})

t.test('what is far enough is not looked at to its end', t => {
  const [even, bar] = [cells(() => 0.6), cells((_, y) => y === 4 ? 0.3 : y > 12 ? 0 : 0.6)]
  t.ok(distanceOf(even, bar, everywhere, 0.05) < 0.2)
  t.ok(distanceOf(even, bar, everywhere) > 0.4)
  t.end()
})

t.test('a single cell has a distance too', t => {
  const one = (value: number): Cells => ({ columns: 1, rows: 1, lab: Float32Array.of(value, 0, 0) })
  t.ok(distanceOf(one(0.2), one(0.7), everywhere) > 0.4)
  t.end()
})
