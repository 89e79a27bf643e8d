import t from 'tap'
import type { Cells } from '../../../core/imaging/gate-cells.ts'
import { withoutDrift } from '../../../core/imaging/gate-drift.ts'

const cells = (lab: (cell: number) => readonly number[]): Cells => ({ columns: 20, rows: 10, lab: Float32Array.from(Array.from({ length: 200 }, (_, cell) => lab(cell)).flat()) })
const image = cells(cell => [0.3 + 0.002 * cell, 0.1 * Math.sin(cell), 0.1 * Math.cos(2 * cell)])
const everywhere = new Uint8Array(200).fill(1)
const off = (a: Cells, b: Cells) => a.lab.reduce((most, value, at) => Math.max(most, Math.abs(value - b.lab[at])), 0)

t.test('a shift, and one that depends on the colour, are taken out', t => {
  const drifted: Cells = { ...image, lab: image.lab.map((value, at) => value * (at % 3 === 0 ? 1.01 : 0.9) + 0.005) }
  t.ok(off(withoutDrift(image, drifted, everywhere, 0.05), image) < 0.003)
  t.end()
})

t.test('what is edited neither counts nor vanishes', t => {
  const edited: Cells = { ...image, lab: image.lab.map((value, at) => at < 90 && at % 3 === 0 ? value + 0.3 : value) }
  const { lab } = withoutDrift(image, edited, everywhere, 0.02)
  t.ok(lab[0] - image.lab[0] > 0.27)
  t.ok(Math.abs(lab[300] - image.lab[300]) < 0.005)
  t.end()
})

t.test('more than may be is not taken out', t => {
  const brighter: Cells = { ...image, lab: image.lab.map((value, at) => at % 3 === 0 ? value + 0.1 : value) }
  t.ok(off(withoutDrift(image, brighter, everywhere, 0.02), image) > 0.07)
  t.end()
})

t.test('where nothing can be compared nothing is taken out', t => {
  t.same(withoutDrift(image, image, new Uint8Array(200), 0.02), image)
  t.end()
})
