import t from 'tap'
import { apart, contrastOf } from '../../../core/imaging/gate-contrast.ts'
import { draw } from './pictures.ts'

t.test('a single colour has none, a dot much', t => {
  t.equal(contrastOf(draw(300, 200, 3, () => [20, 90, 40]))?.contrast, 0)
  t.ok(Number(contrastOf(draw(300, 200, 3, (x, y) => x < 10 && y < 10 ? [250, 250, 250] : [20, 90, 40]))?.contrast) > 0.4)
  t.end()
})

t.test('only what is not masked counts', t => {
  const picture = draw(60, 40, 3, x => x < 30 ? [250, 250, 250] : [20, 90, 40])
  const mask = { width: 60, height: 40, pixels: draw(60, 40, 1, x => [x < 30 ? 255 : 0]).data }
  t.equal(contrastOf(picture, mask)?.contrast, 0)
  t.equal(contrastOf(picture, { ...mask, pixels: mask.pixels.map(() => 255) }), undefined)
  t.end()
})

t.test('colours are as far apart as they look', t => {
  t.equal(apart([0.5, 0, 0.3], [0.5, 0.4, 0]), 0.5)
  t.end()
})
