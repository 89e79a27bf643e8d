import t from 'tap'
import { findUnlike } from '../../../core/imaging/subject-match.ts'
import { alphaAt, before, height, room, width } from './keyed-pictures.ts'
import { draw, type Picture } from './pictures.ts'

const raster = ({ data, ...size }: Picture) => ({ ...size, data: new Uint8Array(data) })
const image = raster(before(room))
const mask = new Uint8Array(draw(width, height, 1, (x, y) => [alphaAt(x, y) === 1 ? 0 : 255]).data)
const green = () => [0, 255, 0]

t.test('the same subject in another tone is the same', async t => {
  const unlike = findUnlike(image, raster(before(green, { tone: value => value * 0.9 + 12 })), mask)
  t.ok(unlike !== undefined)
  t.ok(unlike?.every((value, pixel) => value >= mask[pixel]), 'all that is masked, and more')
})

t.test('what was moved or repainted is not', async t => {
  const moved = raster(before(green, { alpha: (x, y) => alphaAt(x - 5, y) }))
  t.equal(findUnlike(image, moved, new Uint8Array(draw(width, height, 1, (x, y) => [alphaAt(x - 5, y) === 1 ? 0 : 255]).data)), undefined)
  t.equal(findUnlike(image, raster(draw(width, height, 3, (x, y) => [(x * 37) % 256, (y * 53) % 256, 40])), mask), undefined)
})

t.test('along the edge, where the image still shows its background, the result\'s pixels are taken', async t => {
  const wider = (x: number, y: number) => Math.hypot(x - 80, y - 66) < 40 ? 1 : alphaAt(x, y)
  const wide = new Uint8Array(draw(width, height, 1, (x, y) => [wider(x, y) === 1 ? 0 : 255]).data)
  const grown = raster(before(green, { alpha: wider }))
  const unlike = findUnlike(image, grown, wide)
  // The whole rim is another: either it says so, or it takes the result there.
  t.ok(unlike === undefined || unlike[66 * width + 80 + 39] === 255)
})

t.test('depths may differ', async t => {
  const deep = { ...image, data: Uint16Array.from(image.data, value => value * 257) }
  t.ok(findUnlike(deep, raster(before(green)), mask) !== undefined)
})
