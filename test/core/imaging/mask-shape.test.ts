import t from 'tap'
import { shapeMask } from '../../../core/imaging/mask-shape.ts'
import { draw } from './pictures.ts'

const plane = (pixel: (x: number, y: number) => number) => {
  const { data, width, height } = draw(80, 60, 1, (x, y) => [pixel(x, y)])
  return { pixels: data, width, height }
}
const box = (margin: number) => plane((x, y) => x >= 30 - margin && x < 50 + margin && y >= 20 - margin && y < 40 + margin ? 255 : 0)

t.test('a mask grows, and fades out', async t => {
  const mask = box(0)
  const original = Buffer.from(mask.pixels)
  const grown = await shapeMask(mask, { grow: 2, feather: 0 })
  t.match(grown, { width: 80, height: 60 })
  t.same(grown.pixels, box(2).pixels)
  const soft = await shapeMask(mask, { grow: 0, feather: 3 })
  t.equal(soft.pixels[30 * 80 + 40], 255)
  t.ok(soft.pixels[30 * 80 + 28] > 0 && soft.pixels[30 * 80 + 31] < 255)
  t.equal(soft.pixels[30 * 80 + 26], 0)
  t.same(mask.pixels, original, 'the mask that was sent stays')
})

t.test('it grows first', async t => {
  const { pixels } = await shapeMask(box(0), { grow: 5, feather: 3 })
  t.equal(pixels[30 * 80 + 29], 255, 'the whole of what was sent is edited in full')
  t.equal(pixels[30 * 80 + 21], 0)
})

t.test('at the border of the image it does not fade', async t => {
  const { pixels } = await shapeMask(plane(x => x < 10 ? 255 : 0), { grow: 0, feather: 4 })
  t.same([pixels[0], pixels[59 * 80], pixels[20 * 80]], [255, 255, 255])
})

t.test('a mask that is not to be shaped is passed on', async t => {
  const mask = box(0)
  t.equal(await shapeMask(mask, { grow: 0, feather: 0 }), mask)
  const nothing = plane(() => 0)
  t.same((await shapeMask(nothing, { grow: 9, feather: 9 })).pixels, nothing.pixels)
})
