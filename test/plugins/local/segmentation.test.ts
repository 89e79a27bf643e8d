import t from 'tap'
import { readBackdrop } from '../../../plugins/local/backdrop.ts'
import { findBackground } from '../../../plugins/local/segmentation.ts'
import { smooth } from '../../../plugins/local/smooth.ts'
import { blob, box, makeScene, ring, shaded, union } from './cut-out-scenes.ts'

t.test('splits a mug from a shaded backdrop, with its handle open and without its shadow', async t => {
  const shape = union(box(90, 110, 90, 110, 15), ring(140, 105, 28, 36, 11))
  const { image, truth } = makeScene({
    width: 220, height: 200, backdrop: shaded([236, 236, 238], 90, 40, 250, 0.3), shape, paint: (x, y) => [190 - x / 4, 80, 50 + y / 8], shadow: blob(110, 172, 70, 12, 0.5), noise: 1.5
  })
  const means = smooth(image)
  const { map, backdrop } = findBackground(image, means, readBackdrop(image, means))
  let lost = 0
  let left = 0
  for (let p = 0; p < map.length; p++) {
    if (shape(p % 220, Math.floor(p / 220)) < -1 && map[p] === 1) lost++
    if (shape(p % 220, Math.floor(p / 220)) > 3 && map[p] === 0) left++
  }
  t.equal(truth.data[4 * (105 * 220 + 150) + 3], 0, 'inside the handle')
  t.equal(map[105 * 220 + 150], 1)
  t.ok(lost < 20, `${lost} pixels lost`)
  t.ok(left < 150, `${left} pixels left`)
  t.equal(backdrop.surface.degree, 4, 'the backdrop is known better than from the border alone')
})
