import t from 'tap'
import type { Cells } from '../../../core/imaging/gate-cells.ts'
import { evened } from '../../../core/imaging/gate-even.ts'

const [columns, rows] = [24, 16]
const cells = (lightness: (x: number, y: number) => number): Cells => ({
  columns, rows, lab: Float32Array.from({ length: columns * rows * 3 }, (_, at) => at % 3 === 0 ? lightness(at / 3 % columns, Math.floor(at / 3 / columns)) : 0.1)
})
const disc = (radius: number) => Uint8Array.from({ length: columns * rows }, (_, cell) => Math.hypot(cell % columns - 12, Math.floor(cell / columns) - 8) < radius ? 2 : 0)
const off = (a: Cells, b: Cells) => a.lab.reduce((most, value, at) => Math.max(most, Math.abs(value - b.lab[at])), 0)

t.test('what is masked gets the colours around it', t => {
  const sky = cells((x, y) => 0.4 + 0.005 * x + 0.01 * y)
  const ball = cells((x, y) => Math.hypot(x - 12, y - 8) < 4 ? 0.9 : 0.4 + 0.005 * x + 0.01 * y)
  t.ok(off(evened(ball, disc(5)), sky) < 0.03)
  t.ok(off(evened(ball, disc(4)), sky) < 0.03, 'also when the mask is drawn close')
  t.end()
})

t.test('an even picture stays, all of it masked too', t => {
  const even = cells(() => 0.5)
  for (const parts of [disc(5), disc(100)]) t.ok(off(evened(even, parts), even) < 0.001)
  t.ok(Math.abs(evened(cells(x => x < 12 ? 0.2 : 0.8), disc(100)).lab[0] - 0.5) < 0.001, 'the mean is the one colour')
  t.end()
})
