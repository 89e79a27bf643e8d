import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { defaultImageLimits, ImageLimits } from '../../../core/imaging/limits.ts'

t.test('the defaults satisfy the schema and cannot be changed', async t => {
  t.ok(Value.Check(ImageLimits, defaultImageLimits))
  t.strictSame(defaultImageLimits, { maxBytes: 52_428_800, maxPixels: 100_000_000, maxSide: 30_000, maxFrames: 1000 })
  t.ok(Object.isFrozen(defaultImageLimits))
})

t.test('a limit is at least 1, and an unknown one is refused', async t => {
  t.notOk(Value.Check(ImageLimits, { ...defaultImageLimits, maxSide: 0 }))
  t.notOk(Value.Check(ImageLimits, { ...defaultImageLimits, maxWidth: 10 }))
})
