import t from 'tap'
import { openCanvas } from '../../../plugins/local/canvas.ts'
import { createField } from '../../../plugins/local/patch-field.ts'
import { predict, vote } from '../../../plugins/local/patch-vote.ts'
import { blendSeams } from '../../../plugins/local/seam.ts'
import { picture } from './scenes.ts'
import type { Canvas } from '../../../plugins/local/canvas.ts'
import type { Paint } from './scenes.ts'

/** Fills the right part of a canvas from the left, `dx` pixels away, and blends. */
function fill (width: number, height: number, paint: Paint, from: number, dx: number, decay: number): Canvas {
  const canvas = openCanvas(picture(width, height, paint), { left: 0, top: 0, right: width, bottom: height })
  for (let y = 0; y < height; y++) canvas.hole.fill(1, y * width + from, (y + 1) * width)
  const field = createField(canvas, 2)
  field.source.forEach((p, slot) => {
    if (p >= 0) field.source[slot] = field.rows[Math.floor(slot / field.columns.length)] * width + field.columns[slot % field.columns.length] - dx
  })
  const prediction = predict(canvas, field, { spread: 1, inward: 1 })
  vote(canvas, prediction)
  blendSeams(canvas, prediction, decay)
  return canvas
}
const red = (canvas: Canvas, x: number, y: number) => canvas.data[(y * canvas.width + x) * 4]

t.test('shading goes on where the copy is darker', async t => {
  const slope: Paint = (x, y) => [20 + x / 5, 100 + y, 50]
  const canvas = fill(120, 40, slope, 70, 50, 0)
  for (const x of [70, 80, 100, 119]) t.ok(Math.abs(red(canvas, x, 20) - (20 + x / 5)) <= 1, `${x}: ${red(canvas, x, 20)}`)
  t.equal(canvas.data[(20 * 120 + 90) * 4 + 1], 120)
  t.equal(red(canvas, 69, 20), 34, 'known pixels stay')
})

t.test('with a decay the copy comes back to its own colour', async t => {
  const canvas = fill(200, 40, x => [x < 60 ? 80 : 90, 0, 0], 100, 90, 0.1)
  t.ok(red(canvas, 101, 20) >= 87, `${red(canvas, 101, 20)}`)
  t.ok(red(canvas, 140, 20) <= 81, `${red(canvas, 140, 20)}`)
})

t.test('does not smear the colour of an object that the hole cuts', async t => {
  const canvas = fill(120, 40, x => [x < 65 ? 60 : 220, 0, 0], 70, 60, 0)
  for (const x of [71, 75, 90]) t.ok(red(canvas, x, 20) < 75, `${x}: ${red(canvas, x, 20)}`)
})

t.test('very large holes are corrected on a coarser grid', async t => {
  const canvas = fill(2600, 960, x => [20 + x / 100, 0, 0], 1000, 900, 0)
  for (const x of [1010, 1200, 1700]) t.ok(Math.abs(red(canvas, x, 400) - (20 + x / 100)) <= 1, `${x}: ${red(canvas, x, 400)}`)
  t.equal(red(canvas, 999, 400), 30)
})
