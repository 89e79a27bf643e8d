import t from 'tap'
import { openCanvas } from '../../../plugins/local/canvas.ts'
import { createField } from '../../../plugins/local/patch-field.ts'
import { predict, vote } from '../../../plugins/local/patch-vote.ts'
import { grain, picture } from './scenes.ts'
import type { Canvas } from '../../../plugins/local/canvas.ts'
import type { PatchField } from '../../../plugins/local/patch-field.ts'

const width = 80
const height = 50
const noise = grain(120)
function open (): Canvas {
  const canvas = openCanvas(picture(width, height, (x, y) => [128 + noise(x, y), 2 * x, 3 * y], x => x < 50 ? 255 : 200), { left: 0, top: 0, right: width, bottom: height })
  for (let y = 20; y < 30; y++) canvas.hole.fill(1, y * width + 50, y * width + 60)
  return canvas
}
/** Everything from the same number of pixels away. */
function shifted (canvas: Canvas, stride: number, dx: number, dy: number): PatchField {
  const field = createField(canvas, stride)
  field.source.forEach((p, slot) => {
    if (p >= 0) field.source[slot] = (field.rows[Math.floor(slot / field.columns.length)] + dy) * width + field.columns[slot % field.columns.length] + dx
  })
  return field
}

t.test('patches that agree are copied exactly, alpha too', async t => {
  for (const stride of [1, 2, 3, 5]) {
    const canvas = open()
    const known = canvas.data.slice()
    vote(canvas, predict(canvas, shifted(canvas, stride, -30, 4), { spread: 1, inward: 1.3 }))
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const p = y * width + x
        const from = canvas.hole[p] === 1 ? p + 4 * width - 30 : p
        for (let c = 0; c < 4; c++) if (canvas.data[p * 4 + c] !== known[from * 4 + c]) t.fail(`stride ${stride}: ${x}, ${y}, ${c}`)
      }
    }
  }
})

t.test('adds the bias to colours, within their range, and not to alpha', async t => {
  const canvas = open()
  const field = shifted(canvas, 1, -30, 0)
  for (let slot = 0; slot < field.source.length; slot++) field.bias.set([0, 10, 250], slot * 3)
  vote(canvas, predict(canvas, field, { spread: 1, inward: 1 }))
  const p = (25 * width + 55) * 4
  t.same([...canvas.data.subarray(p + 1, p + 4)], [2 * 25 + 10 + (canvas.data[(25 * width + 25) * 4 + 1] - 50), 255, 255])
})

t.test('predicts how neighbours differ', async t => {
  const canvas = open()
  const prediction = predict(canvas, shifted(canvas, 2, -30, 4), { spread: 1.5, inward: 1.3 })
  const out = new Float64Array(4)
  t.equal(prediction.across(54, 24, out), true)
  t.same([...out.subarray(1)].map(Math.round), [2, 0, 0])
  t.equal(prediction.down(54, 24, out), true)
  t.same([...out.subarray(1)].map(Math.round), [0, 3, 0])
  t.equal(prediction.across(5, 5, out), false, 'no patch lies there')
  t.equal(prediction.at(5, 5, out), false)
  // Between two holes there are places in the grid where no patch is wanted.
  canvas.hole[2 * width + 2] = 1
  const between = predict(canvas, shifted(canvas, 1, 10, 10), { spread: 1, inward: 1 })
  t.equal(between.at(30, 12, out), false)
  t.equal(between.down(30, 12, out), false)
})

t.test('cheap patches and those near to what is known are heard most', async t => {
  const canvas = open()
  const field = shifted(canvas, 1, -30, 0)
  const i = field.columns.indexOf(50)
  const j = field.rows.indexOf(25)
  const out = new Float64Array(4)
  // Right of this column all patches say black.
  field.source.forEach((p, slot) => {
    if (p >= 0 && slot % field.columns.length > i) field.bias.fill(-255, slot * 3, slot * 3 + 3)
  })
  const green = (inward: number) => {
    predict(canvas, field, { spread: 2, inward }).at(51, 25, out)
    return out[1]
  }
  t.ok(green(3) > green(1.3) && green(1.3) > green(1))
  const before = green(1)
  field.cost.fill(1000)
  for (let slot = 0; slot < field.cost.length; slot++) if (slot % field.columns.length <= i) field.cost[slot] = 100000
  t.ok(green(1) < before - 5, 'dear ones are heard less')
  t.ok(green(1) > -200, 'but never not at all')
  t.ok(j >= 0)
})
