import fc from 'fast-check'
import t from 'tap'
import { countChanges, shareOf } from '../../../core/imaging/changes.ts'
import type { Raster } from '../../../core/imaging/raster.ts'

const raster = (channels: Raster['channels'], values: number[], Type: typeof Uint8Array | typeof Uint16Array = Uint8Array): Raster =>
  ({ data: Type.from(values), width: values.length / channels, height: 1, channels })
const none = (count: number) => new Uint8Array(count)

t.test('a pixel is changed when any channel is, and only unmasked ones count', async t => {
  const image = raster(3, [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3])
  const result = raster(3, [1, 2, 3, 1, 2, 4, 0, 2, 3, 9, 9, 9])
  t.same(countChanges(image, result, none(4), 0), { changed: 3, total: 4 })
  t.same(countChanges(image, result, Uint8Array.of(0, 0, 1, 255), 0), { changed: 1, total: 2 })
  t.same(countChanges(image, image, none(4), 0), { changed: 0, total: 4 })
  t.same(countChanges(image, result, Uint8Array.of(9, 9, 9, 9), 0), { changed: 0, total: 0 })
})

t.test('a difference up to the tolerance is none', async t => {
  const image = raster(3, [100, 100, 100, 100, 100, 100])
  t.same(countChanges(image, raster(3, [102, 98, 100, 103, 100, 100]), none(2), 2), { changed: 1, total: 2 })
  const deep = raster(1, [1000, 1000], Uint16Array)
  t.same(countChanges(deep, raster(1, [1514, 1515], Uint16Array), none(2), 2), { changed: 1, total: 2 })
})

t.test('an image of 16 bits is compared with a result of 8 in 8', async t => {
  const image = raster(3, [25700, 25700 + 128, 25700 - 128, 25700, 25700, 25700 + 129], Uint16Array)
  t.same(countChanges(image, raster(3, [100, 100, 100, 100, 100, 100]), none(2), 0), { changed: 1, total: 2 })
})

t.test('transparency counts, and what is invisible in both has no colour', async t => {
  const image = raster(4, [9, 9, 9, 0, 9, 9, 9, 0, 9, 9, 9, 128, 9, 9, 9, 255])
  t.same(countChanges(image, raster(4, [1, 2, 3, 0, 9, 9, 9, 1, 9, 9, 9, 128, 9, 9, 9, 255]), none(4), 0), { changed: 1, total: 4 })
  t.same(countChanges(image, raster(3, [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]), none(4), 0), { changed: 3, total: 4 }, 'a result without it is opaque')
  t.same(countChanges(raster(3, [9, 9, 9, 9, 9, 9]), raster(4, [9, 9, 9, 255, 9, 9, 9, 254]), none(2), 0), { changed: 1, total: 2 })
  t.same(countChanges(raster(2, [9, 255, 8, 255]), raster(1, [9, 9]), none(2), 0), { changed: 1, total: 2 }, 'greys, too')
})

t.test('of nothing no share is changed', async t => {
  t.equal(shareOf({ changed: 1, total: 4 }), 0.25)
  t.equal(shareOf({ changed: 0, total: 0 }), 0)
})

t.test('where any difference counts, pixels are counted alike however they lie in memory', async t => {
  const value = fc.integer({ min: 0, max: 3 })
  const pixels = fc.array(fc.tuple(value, value, value, value, value, value, fc.constantFrom(0, 0, 1)), { maxLength: 50 })
  await t.resolves(fc.assert(fc.asyncProperty(pixels, fc.integer({ min: 0, max: 4 }), async (pixels, offset) => {
    const part = (from: number): Raster => {
      const data = new Uint8Array(offset + pixels.length * 3).subarray(offset)
      data.set(pixels.flatMap(pixel => pixel.slice(from, from + 3).map(value => value << 6)))
      return { data, width: pixels.length, height: 1, channels: 3 }
    }
    const kept = pixels.filter(([, , , , , , masked]) => masked === 0)
    const changed = kept.filter(([a, b, c, d, e, f]) => a !== d || b !== e || c !== f).length
    const counted = countChanges(part(0), part(3), Uint8Array.from(pixels, pixel => pixel[6]), 0)
    return counted.changed === changed && counted.total === kept.length
  })))
})
