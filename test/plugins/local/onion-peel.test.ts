import t from 'tap'
import { openCanvas } from '../../../plugins/local/canvas.ts'
import { peel } from '../../../plugins/local/onion-peel.ts'
import { findSources } from '../../../plugins/local/patch-field.ts'
import { createRandom } from '../../../plugins/local/random.ts'
import { picture, stripes } from './scenes.ts'
import type { Canvas } from '../../../plugins/local/canvas.ts'
import type { Paint } from './scenes.ts'

const width = 60
const height = 48
function open (paint: Paint, left: number, top: number, right: number, bottom: number): { canvas: Canvas, truth: Uint8Array } {
  const canvas = openCanvas(picture(width, height, paint), { left: 0, top: 0, right: width, bottom: height })
  const truth = canvas.data.slice()
  for (let y = top; y < bottom; y++) {
    canvas.hole.fill(1, y * width + left, y * width + right)
    canvas.data.fill(0, (y * width + left) * 4, (y * width + right) * 4)
  }
  return { canvas, truth }
}
function error (canvas: Canvas, truth: Uint8Array): number {
  let sum = 0
  let count = 0
  for (let p = 0; p < canvas.hole.length; p++) {
    if (canvas.hole[p] === 0) continue
    sum += Math.abs(canvas.data[p * 4] - truth[p * 4])
    count++
  }
  return sum / count
}
const free = () => 0

t.test('carries an edge through the hole', async t => {
  const { canvas, truth } = open((x, y) => y > 12 + x / 2 ? [200, 0, 0] : [40, 0, 0], 20, 14, 34, 28)
  peel(canvas, findSources(canvas), createRandom(1), free)
  t.ok(error(canvas, truth) < 8, `${error(canvas, truth)}`)
})

t.test('carries stripes to the edge of the canvas', async t => {
  const { canvas, truth } = open(stripes(10, 100), 44, 0, 60, 48)
  peel(canvas, findSources(canvas), createRandom(1), free)
  t.ok(error(canvas, truth) < 12, `${error(canvas, truth)}`)
})

t.test('takes content from where the prior likes it', async t => {
  const { canvas } = open(x => x < 30 ? [100, 0, 0] : [104, 0, 0], 24, 16, 36, 30)
  peel(canvas, findSources(canvas), createRandom(1), (_x, _y, u) => u < 30 ? 0 : 2500)
  const row = [...canvas.data.subarray((22 * width + 24) * 4, (22 * width + 36) * 4)].filter((_, n) => n % 4 === 0)
  t.same(row, new Array(12).fill(100))
})
