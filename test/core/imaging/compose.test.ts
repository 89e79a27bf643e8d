import fc from 'fast-check'
import t from 'tap'
import { compose } from '../../../core/imaging/compose.ts'
import type { Raster } from '../../../core/imaging/raster.ts'
import type { Bytes } from '../../../core/imaging/region.ts'
import { draw } from './pictures.ts'

const side = 200
const plane = (value: (x: number, y: number) => number, size = side) => ({ pixels: draw(size, size, 1, (x, y) => [value(x, y)]).data, width: size, height: size })
const disc = plane((x, y) => Math.hypot(x - 100, y - 100) < 60 ? 255 : 0)
const flat = (colour: readonly number[], size = side) => draw(size, size, colour.length as 1 | 2 | 3 | 4, () => colour) // as many as a test writes
// A Buffer's slice is no copy.
const copyOf = (raster: Raster): Raster => ({ ...raster, data: raster.data instanceof Uint16Array ? raster.data.slice() : new Uint8Array(raster.data) })
const composed = (image: Raster, result: Raster, mask: Bytes = disc, options = {}) => {
  const canvas = copyOf(image)
  compose(canvas, result, mask, options)
  return canvas
}
const at = ({ data, width, channels }: Raster, x: number, y: number) => [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)]
const deep = (raster: Raster): Raster => ({ ...raster, data: Uint16Array.from(raster.data, value => value * 257) })

t.test('what is not masked stays to the last bit, whatever the rest is', async t => {
  const size = 24
  const channels = fc.constantFrom(1, 2, 3, 4) as fc.Arbitrary<Raster['channels']>
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  const cases = fc.record({ of: channels, isDeep: fc.boolean(), withAlpha: fc.boolean(), isDeepResult: fc.boolean(), blank: fc.boolean(), opaque: fc.boolean() }).chain(kind => {
    const colours = kind.of < 3 ? 1 : 3
    const resultChannels = (kind.withAlpha ? colours + 1 : colours) as Raster['channels'] // one or three, and one
    return fc.record({ image: bytes(size * size * kind.of), result: bytes(size * size * resultChannels), mask: bytes(size * size), cut: fc.nat(255) })
      .map(data => ({ ...kind, ...data, resultChannels }))
  })
  t.doesNotThrow(() => fc.assert(fc.property(cases, ({ of, isDeep, isDeepResult, blank, opaque, image, result, mask, cut, resultChannels }) => {
    const raster = (data: Uint8Array, channels: Raster['channels'], wide: boolean): Raster => {
      const made = { data, width: size, height: size, channels }
      return wide ? deep(made) : made
    }
    const original = raster(image, of, isDeep)
    const pixels = mask.map(value => value < cut ? 0 : value)
    const canvas = composed(original, raster(result, resultChannels, isDeep && isDeepResult), { pixels, width: size, height: size }, { blank, opaque })
    return pixels.every((part, pixel) => part > 0 || at(canvas, pixel, 0).every((value, channel) => value === at(original, pixel, 0)[channel]))
  }), { numRuns: 150 }))
})

t.test('deep inside the mask the result is there as it came', async t => {
  const image = draw(side, side, 3, (x, y) => [x, y, 100])
  const result = draw(side, side, 3, (x, y) => Math.hypot(x - 100, y - 100) < 60 ? [y, 255 - x, x] : [x, y, 100])
  const canvas = composed(image, result)
  for (const [x, y] of [[100, 100], [80, 120], [100, 50]] as const) t.same(at(canvas, x, y), at(result, x, y))
  t.same(at(composed(image, deep(result)), 100, 100).length, 3)
  t.same(at(composed(deep(image), result), 100, 100), at(result, 100, 100).map(value => value * 257), 'in the depth of the image')
  t.same(at(composed(deep(image), deep(result)), 100, 100), at(deep(result), 100, 100))
})

t.test('a tone that the model shifted everywhere is taken out, so there is no edge', async t => {
  const image = draw(side, side, 3, (x, y) => [100 + x / 4, 120, 90 + y / 4])
  const shifted = draw(side, side, 3, (x, y) => [110 + x / 4, 112, 95 + y / 4])
  const canvas = composed(image, shifted)
  t.ok(canvas.data.every((value, place) => Math.abs(value - image.data[place]) <= 1))
  const bright = composed(flat([250, 250, 3]), flat([240, 255, 8]), disc)
  t.ok(bright.data.every((value, place) => Math.abs(value - [250, 250, 3][place % 3]) <= 1), 'within black and white')
  const extremes = composed(flat([250, 250, 3]), draw(side, side, 3, (x, y) => Math.hypot(x - 100, y - 100) < 20 ? [255, 240, 1] : [240, 255, 8]))
  t.same(at(extremes, 100, 100), [255, 235, 0], 'and no further, where a colour would be beyond them')
})

t.test('where image and result are alike they are mixed along the edge, inside the mask', async t => {
  // Two tones on either side: no shift can explain both, so they are left to the mixture.
  const image = draw(side, side, 3, (x, y) => [120, 120, (x + y) % 2 === 0 ? 100 : 112])
  const result = draw(side, side, 3, (x, y) => [120, 120, (x + y) % 2 === 0 ? 112 : 100])
  const canvas = composed(image, result, plane(x => x < 100 ? 255 : 0))
  const blue = Array.from({ length: 8 }, (_, n) => at(canvas, 99 - n, 100)[2] - at(image, 99 - n, 100)[2])
  t.equal(at(canvas, 100, 100)[2], at(image, 100, 100)[2])
  t.ok(Math.abs(blue[0]) < 12 && Math.abs(blue[7]) === 12, blue.join(' '))
})

t.test('what replaces something else has no rim of it', async t => {
  const image = draw(side, side, 3, (x, y) => Math.hypot(x - 100, y - 100) < 60 ? [200, 30, 30] : [180, 180, 180])
  const canvas = composed(image, flat([180, 180, 180]))
  t.ok(canvas.data.every(value => value === 180))
})

t.test('a thin stroke is edited in full in its middle', async t => {
  const canvas = composed(flat([100, 100, 100]), draw(side, side, 3, (_, y) => y >= 99 && y < 102 ? [110, 110, 110] : [100, 100, 100]), plane((_, y) => y >= 99 && y < 102 ? 255 : 0))
  t.same([98, 99, 100, 101, 102].map(y => at(canvas, 50, y)[0] > 100), [false, true, true, true, false])
  t.equal(at(canvas, 50, 100)[0], 110)
})

t.test('a grey mask mixes in linear light', async t => {
  const canvas = composed(flat([0, 0, 0]), draw(side, side, 3, x => x < 20 ? [0, 0, 0] : [255, 255, 255]), plane(x => x < 20 ? 0 : 128))
  t.same(at(canvas, 150, 100), [188, 188, 188])
})

t.test('transparency of an image and a result are laid over each other', async t => {
  const image = flat([40, 80, 120, 100])
  const half = plane(x => x < 20 ? 0 : 128)
  t.same(at(composed(image, flat([40, 80, 120, 255])), 100, 100), [40, 80, 120, 255])
  t.same(at(composed(image, flat([40, 80, 120, 0])), 100, 100), [40, 80, 120, 0])
  t.same(at(composed(image, flat([40, 80, 120, 255]), half), 150, 100), [40, 80, 120, Math.round(100 + 155 * 128 / 255)])
  t.same(at(composed(flat([0, 0, 0, 0]), flat([255, 255, 255, 0]), half), 150, 100)[3], 0, 'nothing and nothing')
  t.same(at(composed(flat([0, 0, 0, 0]), flat([9, 8, 7, 255]), half), 150, 100), [9, 8, 7, 128], 'what was invisible lends no colour')
})

t.test('a hole that is filled has no rim to see through, though its hidden colours are those of its surroundings', async t => {
  const image = draw(side, side, 4, (x, y) => [40, 80, 120, Math.hypot(x - 100, y - 100) < 57 ? 0 : 255])
  for (const [result, options] of [[flat([40, 80, 120]), { opaque: true }], [flat([40, 80, 120, 255]), {}], [deep(flat([40, 80, 120, 255])), {}]] as const) {
    t.ok(composed(image, result, disc, options).data.every((value, place) => place % 4 < 3 || value === 255))
  }
})

t.test('a result without transparency is opaque or takes that of the image', async t => {
  const image = flat([40, 80, 120, 100])
  t.same(at(composed(image, flat([9, 9, 9])), 100, 100), [9, 9, 9, 100])
  t.same(at(composed(image, flat([9, 9, 9]), disc, { opaque: true }), 100, 100), [9, 9, 9, 255])
})

t.test('an image without transparency shows through where the result is transparent', async t => {
  const image = flat([255, 255, 255])
  t.same(at(composed(image, flat([0, 0, 0, 0])), 100, 100), [255, 255, 255])
  t.same(at(composed(image, flat([0, 0, 0, 255])), 100, 100), [0, 0, 0])
  t.same(at(composed(image, flat([0, 0, 0, 128])), 100, 100)[0], 187)
  t.same(at(composed(flat([255]), flat([0, 255])), 100, 100), [0], 'grey, too')
})

t.test('blank ground is not mixed with', async t => {
  const mask = plane(x => x >= 100 ? 255 : 0)
  const ground = draw(side, side, 3, x => x < 100 ? [100, 100, 100] : [0, 0, 0])
  t.ok(composed(ground, flat([100, 100, 100]), mask, { blank: true }).data.every(value => value === 100))
  t.ok(composed(ground, flat([110, 110, 110]), mask, { blank: true }).data.every(value => Math.abs(value - 100) <= 1), 'the tone goes on')
})

t.test('without a mask nothing is laid', async t => {
  const image = flat([1, 2, 3])
  t.same(composed(image, flat([9, 9, 9]), plane(() => 0)).data, image.data)
})

t.test('a picture that a model has shifted is moved back, so that what goes on inside of the mask meets what is around it', async t => {
  const stripes = (shift: number) => draw(side, side, 3, (x, y) => [1, 2, 3].map(n => Math.round(120 + 60 * Math.sin((x - shift) / 4 + n) + 20 * Math.cos(y / 6))))
  const was = stripes(0).data
  const differences = (result: Raster) => Math.max(...Array.from(result.data, (value, place) => Math.abs(value - was[place])))
  t.ok(differences(composed(stripes(0), stripes(1))) <= 1, `${differences(composed(stripes(0), stripes(1)))}`)
  t.ok(differences(composed(stripes(0), stripes(-0.5))) <= 3, `${differences(composed(stripes(0), stripes(-0.5)))}`)
  t.ok(differences(stripes(1)) > 12, 'which is little beside what it was')
  const told = compose(copyOf(stripes(0)), stripes(1), disc)
  t.ok(told && Math.abs(told.x - 1) < 0.1 && Math.abs(told.y) < 0.1, 'and it is told')
  t.equal(compose(copyOf(stripes(0)), stripes(0), disc), undefined)
})

t.test('in a small image, too, six pixels are mixed along the edge', async t => {
  const size = 32
  const [image, result] = [flat([120, 120, 100], size), flat([120, 120, 112], size)]
  // A tone that differs from place to place is no shift: it stays for the mixture.
  for (const picture of [image, result]) for (let at = 2; at < picture.data.length; at += 6) picture.data[at] = 212 - picture.data[at]
  const blue = (canvas: Raster, x: number) => Math.abs(at(canvas, x, 16)[2] - at(image, x, 16)[2])
  const canvas = composed(image, result, plane(x => x < 16 ? 255 : 0, size))
  const row = Array.from({ length: 9 }, (_, n) => blue(canvas, 16 - n))
  t.equal(row[0], 0)
  for (let n = 1; n <= 6; n++) t.ok(row[n] > row[n - 1], row.join(' '))
  t.ok(row[5] < 12)
  t.same(row.slice(7), [12, 12], 'then there is nothing but the result')
})
