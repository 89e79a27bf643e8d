import t from 'tap'
import { linearLight } from '../../../core/imaging/linear-light.ts'

t.test('it is sRGB\'s curve', async t => {
  const { toLinear, fromLinear } = linearLight(255)
  t.same([toLinear(0), toLinear(255), fromLinear(0), fromLinear(1)], [0, 1, 0, 255])
  // Half of the light of white is 188, and 188 is half of it.
  t.equal(fromLinear(0.5), 188)
  t.ok(Math.abs(toLinear(188) - 0.5) < 0.005)
  t.ok(Math.abs(toLinear(10) - 10 / 255 / 12.92) < 1e-6, 'straight near black')
})

t.test('every value comes back, of 16 bits within a level', async t => {
  const { toLinear, fromLinear } = linearLight(255)
  for (let value = 0; value < 256; value++) t.equal(fromLinear(toLinear(value)), value)
  const deep = linearLight(65535)
  let most = 0
  for (let value = 0; value < 65536; value++) most = Math.max(most, Math.abs(deep.fromLinear(deep.toLinear(value)) - value))
  t.ok(most <= 2, `${most}`)
})

t.test('light beyond black and white is cut off', async t => {
  const { fromLinear } = linearLight(255)
  t.same([fromLinear(-1), fromLinear(2)], [0, 255])
})
