import t from 'tap'
import { openCanvas } from '../../../plugins/local/canvas.ts'
import { completeHole } from '../../../plugins/local/completion.ts'
import { backdrop, fractal, picture, stripes, withBall } from './scenes.ts'
import type { Canvas } from '../../../plugins/local/canvas.ts'
import type { CompletionOptions } from '../../../plugins/local/completion.ts'
import type { Paint } from './scenes.ts'

const options: CompletionOptions = { seed: 1, inward: 1.3, decay: 0 }

function open (width: number, height: number, paint: Paint, inHole: (x: number, y: number) => boolean): { canvas: Canvas, truth: Uint8Array } {
  const canvas = openCanvas(picture(width, height, paint), { left: 0, top: 0, right: width, bottom: height })
  const truth = canvas.data.slice()
  for (let p = 0; p < width * height; p++) {
    if (!inHole(p % width, Math.floor(p / width))) continue
    canvas.hole[p] = 1
    canvas.data.fill(0, p * 4, p * 4 + 4)
  }
  return { canvas, truth }
}
function errorOf ({ data, hole }: Canvas, truth: Uint8Array): number {
  let sum = 0
  let count = 0
  for (let p = 0; p < hole.length; p++) {
    if (hole[p] === 0) continue
    for (let c = 0; c < 3; c++) sum += Math.abs(data[p * 4 + c] - truth[p * 4 + c])
    count += 3
  }
  return sum / count
}

t.test('completes a pattern over several scales, and touches nothing that is known', async t => {
  const { canvas, truth } = open(200, 160, stripes(24, 160), (x, y) => Math.hypot(x - 100, y - 80) < 30)
  t.equal(completeHole(canvas, options), true)
  t.ok(errorOf(canvas, truth) < 2, `${errorOf(canvas, truth)}`)
  canvas.hole.forEach((mark, p) => {
    if (mark === 0 && canvas.data[p * 4] !== truth[p * 4]) t.fail(`${p} has changed`)
  })
})

t.test('the same seed gives the same filling, another one another', async t => {
  const noise = fractal(1)
  const run = (seed: number) => {
    const { canvas } = open(120, 100, (x, y) => [128 + 100 * noise(x, y), 128, 128], (x, y) => Math.hypot(x - 60, y - 50) < 18)
    completeHole(canvas, { ...options, seed })
    return canvas.data
  }
  t.same(run(1), run(1))
  t.notSame(run(1), run(2))
})

t.test('fills holes at the edge, thin ones and ones that vanish at smaller scales', async t => {
  const thin = (x: number, y: number) => y === 40 || Math.abs(x - y - 20) < 1 || (x > 140 && y < 25)
  const { canvas, truth } = open(160, 120, stripes(24, 120), thin)
  t.equal(completeHole(canvas, options), true)
  t.ok(errorOf(canvas, truth) < 2, `${errorOf(canvas, truth)}`)
})

t.test('does not take from objects that stand elsewhere', async t => {
  const { canvas, truth } = open(240, 160, withBall(backdrop(240, 160), { x: 180, y: 90, radius: 30 }), (x, y) => Math.hypot(x - 70, y - 80) < 32)
  completeHole(canvas, options)
  t.ok(errorOf(canvas, truth) < 3, `${errorOf(canvas, truth)}`)
})

t.test('listens to the prior', async t => {
  const { canvas } = open(160, 80, x => x < 80 ? [100, 100, 100] : [106, 106, 106], (x, y) => Math.abs(x - 80) < 8 && Math.abs(y - 40) < 8)
  completeHole(canvas, { ...options, prior: (_x, _y, u) => u < 0.5 ? 0 : 2500 })
  t.ok(canvas.data[(40 * 160 + 76) * 4] <= 101)
})

t.test('fills large holes of large canvases', async t => {
  const paint: Paint = (x, y) => [90 + 60 * Math.sin(x / 40) + y / 20, 120 + 50 * Math.sin(y / 55), 128]
  const { canvas, truth } = open(2004, 1500, paint, (x, y) => Math.abs(x - 1000) < 150 && Math.abs(y - 700) < 160)
  t.equal(completeHole(canvas, options), true)
  t.ok(errorOf(canvas, truth) < 12, `${errorOf(canvas, truth)}`)
})

t.test('refuses a canvas that offers no choice', async t => {
  const { canvas } = open(16, 14, () => [10, 10, 10], (x, y) => x > 6 && x < 9 && y > 6)
  const before = canvas.data.slice()
  t.equal(completeHole(canvas, options), false)
  t.same(canvas.data, before)
  canvas.hole.fill(0)
  t.equal(completeHole(canvas, options), false, 'nothing to fill')
})
