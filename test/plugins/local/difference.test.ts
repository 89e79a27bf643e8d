import t from 'tap'
import { seenDifference } from '../../../plugins/local/difference.ts'

t.test('brightness counts in full, in both directions', async t => {
  t.ok(Math.abs(seenDifference(20, 20, 20) - 20) < 1e-9)
  t.ok(Math.abs(seenDifference(-20, -20, -20) - 20) < 1e-9)
})

t.test('hue without brightness counts half', async t => {
  const red = 40
  const green = -0.299 / 0.587 * red
  t.ok(Math.abs(seenDifference(red, green, 0) - 20) < 1e-9)
})
