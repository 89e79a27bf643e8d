import t from 'tap'
import { createMembrane, diffuse, fixed, free, outside } from '../../../plugins/local/diffusion.ts'

t.test('stretches a plane through a frame that lies in a plane', async t => {
  const membrane = createMembrane(33, 21)
  const plane = (x: number, y: number) => 3 * x - 2 * y + 10
  for (let y = 0, p = 0; y < 21; y++) {
    for (let x = 0; x < 33; x++, p++) {
      const rim = x === 0 || y === 0 || x === 32 || y === 20
      membrane.kind[p] = rim ? fixed : free
      if (rim) membrane.values.fill(plane(x, y), p * 4, p * 4 + 4)
    }
  }
  diffuse(membrane)
  for (let y = 0, p = 0; y < 21; y++) {
    for (let x = 0; x < 33; x++, p++) t.ok(Math.abs(membrane.values[p * 4 + 2] - plane(x, y)) < 0.5, `${x}, ${y}`)
  }
})

t.test('follows the steps that are wanted', async t => {
  const membrane = createMembrane(40, 24)
  membrane.kind.fill(free)
  membrane.kind[0] = fixed
  for (let p = 0; p < 40 * 24; p++) {
    membrane.right[p * 4] = p % 40 === 19 ? 8 : 0
    membrane.down[p * 4] = 0.5
  }
  diffuse(membrane)
  const step = membrane.values[(10 * 40 + 20) * 4] - membrane.values[(10 * 40 + 19) * 4]
  t.ok(Math.abs(step - 8) < 1, `a jump stays a jump: ${step}`)
  const slope = (membrane.values[(20 * 40 + 5) * 4] - membrane.values[(4 * 40 + 5) * 4]) / 16
  t.ok(Math.abs(slope - 0.5) < 0.1, `a slope stays a slope: ${slope}`)
})

t.test('fades away from the frame with a decay', async t => {
  const membrane = createMembrane(64, 8)
  membrane.kind.fill(free)
  for (let y = 0; y < 8; y++) {
    membrane.kind[y * 64] = fixed
    membrane.values[y * 64 * 4] = 100
  }
  diffuse(membrane, 0.2)
  const at = (x: number) => membrane.values[(4 * 64 + x) * 4]
  t.ok(at(1) > 75 && at(1) < 90)
  t.ok(at(5) > 25 && at(5) < 50)
  t.ok(at(40) < 2)
})

t.test('cells outside have no influence, and a free cell between them keeps its value', async t => {
  const membrane = createMembrane(3, 3)
  membrane.kind.fill(outside)
  membrane.values.fill(50)
  membrane.kind[4] = free
  membrane.values[16] = 7
  diffuse(membrane)
  t.equal(membrane.values[16], 7)
  membrane.kind[3] = fixed
  membrane.values[12] = 20
  diffuse(membrane)
  t.ok(Math.abs(membrane.values[16] - 20) < 0.01)
})
