import t from 'tap'
import { openCanvas } from '../../../plugins/local/canvas.ts'
import { createRandom } from '../../../plugins/local/random.ts'
import { measureStrangeness } from '../../../plugins/local/strangeness.ts'
import { grain, picture } from './scenes.ts'

const size = 80
const noise = grain(10)
const flecks = grain(160)
const canvas = openCanvas(picture(size, size, (x, y) => {
  if (Math.hypot(x - 60, y - 20) < 9) return [200, 30, 40]
  if (Math.hypot(x - 20, y - 60) < 9) return [120 + flecks(x, y), 120 + flecks(x, y), 120 + flecks(x, y)]
  return [120 + noise(x, y), 120, 120]
}), { left: 0, top: 0, right: size, bottom: size })
for (let y = 35; y < 45; y++) canvas.hole.fill(1, y * size + 35, y * size + 45)

t.test('what looks like the surroundings of the hole is not strange, another colour or texture is', async t => {
  const map = measureStrangeness(canvas, 5, createRandom(1))
  t.equal(map[10 * size + 10], 0)
  t.equal(map[40 * size + 32], 0, 'the rim itself')
  t.ok(map[20 * size + 60] > 2500, 'an object')
  t.ok(map[60 * size + 20] > 300, 'the same colour on average, but rough')
})

t.test('counts what borders on the hole as familiar, whatever it is', async t => {
  const near = { ...canvas, hole: canvas.hole.slice() }
  for (let y = 30; y < 45; y++) near.hole.fill(1, y * size + 35, y * size + 60)
  t.ok(measureStrangeness(near, 8, createRandom(1))[20 * size + 60] < 100)
})

t.test('says nothing when there is no hole, or nothing known around a pixel', async t => {
  t.ok(measureStrangeness({ ...canvas, hole: new Uint8Array(size * size) }, 5, createRandom(1)).every(value => value === 0))
  t.ok(measureStrangeness({ ...canvas, hole: new Uint8Array(size * size).fill(1) }, 5, createRandom(1)).every(value => value === 0))
})
