import fc from 'fast-check'
import t from 'tap'
import { openPixels } from '../../../core/imaging/codec.ts'
import { channel, isUniform } from '../../../core/imaging/plane.ts'
import { picture } from './pictures.ts'

t.test('tells whether all pixels are alike', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 8 }), (channels, pixels) => {
    const rows = pixels.map(pixel => Buffer.from(pixel.map(value => value % 2)).subarray(0, channels))
    return isUniform(Buffer.concat(rows), channels) === rows.every(row => row.equals(rows[0]))
  }), { numRuns: 500 }))
})

t.test('runs a pipeline that ends in one channel', async t => {
  const { data, width, height } = picture(6, 5, 1)
  t.strictSame(await channel(openPixels(data, width, height, 1), 30), data)
  t.strictSame(await channel(openPixels(data, width, height, 1).negate(), 30), Buffer.from(data.map(value => 255 - value)))
})
