import t from 'tap'
import { readBackdrop, refineBackdrop } from '../../../plugins/local/backdrop.ts'
import { Refusal } from '../../../plugins/local/raster.ts'
import { smooth } from '../../../plugins/local/smooth.ts'
import { surfaceAt } from '../../../plugins/local/surface.ts'
import { ball, box, clutter, ellipse, makePicture, makeScene, plain, shaded, union, type Paint, type SceneParts } from './cut-out-scenes.ts'

const width = 160
const height = 140
const read = (parts: Partial<SceneParts>) => {
  const { image } = makeScene({ width, height, backdrop: plain([240, 238, 230]), shape: ellipse(80, 70, 40, 40), paint: plain([30, 60, 90]), ...parts })
  const means = smooth(image)
  return { backdrop: readBackdrop(image, means), means, image }
}
const errorAt = (surface: ReturnType<typeof readBackdrop>['surface'], paint: Paint, x: number, y: number) => {
  const colour = new Float64Array(3)
  surfaceAt(surface, x, y, colour)
  return Math.max(...paint(x, y).map((value, c) => Math.abs(value - colour[c])))
}
const corners = [[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1], [80, 2], [2, 70]] as const

t.test('a plain backdrop is a flat surface without noise', async t => {
  const { backdrop } = read({})
  t.equal(backdrop.surface.degree, 0)
  t.equal(backdrop.noise, 0)
  t.equal(backdrop.tolerance, 4)
  t.ok(errorAt(backdrop.surface, plain([240, 238, 230]), 80, 70) < 0.1, 'also behind the subject')
})

t.test('measures the noise of a camera', async t => {
  for (const noise of [2, 5]) {
    const { backdrop } = read({ noise })
    t.ok(Math.abs(backdrop.noise - noise) < 0.25 * noise, `${backdrop.noise} for ${noise}`)
  }
})

t.test('follows the shading of a lamp', async t => {
  const lamp = shaded([220, 220, 230], 80, 50, 150, 0.5)
  const { backdrop } = read({ backdrop: lamp, noise: 2 })
  for (const [x, y] of corners) t.ok(errorAt(backdrop.surface, lamp, x, y) < 5, `${x},${y}`)
})

t.test('a subject that stands on the lower edge does not pull the surface', async t => {
  const lamp = shaded([150, 160, 170], 80, 50, 110, 0.5)
  const shape = union(ellipse(80, 50, 25, 32), box(80, 130, 110, 80, 30))
  const { backdrop } = read({ backdrop: lamp, shape, paint: ball(70, 110, 90, [50, 55, 90]), noise: 2 })
  for (const [x, y] of [...corners, [80, height - 1] as const]) t.ok(errorAt(backdrop.surface, lamp, x, y) < 8, `${x},${y}`)
})

t.test('a subject in one corner leaves a plain backdrop plain', async t => {
  const { backdrop } = read({ shape: ellipse(10, 130, 60, 60), noise: 1 })
  t.ok(errorAt(backdrop.surface, plain([240, 238, 230]), 10, 130) < 1)
})

t.test('is refined with all the backdrop that was found', async t => {
  const spot = shaded([230, 230, 230], 80, 70, 60, 0.4)
  const { backdrop, means } = read({ backdrop: spot, shape: () => Infinity })
  const refined = refineBackdrop(backdrop, means, new Uint8Array(width * height).fill(1))
  t.ok(errorAt(backdrop.surface, spot, 80, 70) > 25, 'the ring does not show the light in the middle')
  t.ok(errorAt(refined.surface, spot, 80, 70) < 15)
  t.equal(refined.noise, backdrop.noise)
  t.equal(refineBackdrop(backdrop, means, new Uint8Array(width * height)), backdrop, 'nothing found, nothing changed')
})

t.test('refuses a border that is a scene, or noise, and says what it can do', async t => {
  const landscape: Paint = (x, y) => y < 60 + 8 * Math.sin(x / 20) ? [130 + y, 180 + y / 2, 240] : clutter(16, 7)(x, y)
  for (const [name, paint] of Object.entries({ room: clutter(40, 1), foliage: clutter(12, 2), bokeh: clutter(120, 3), landscape })) {
    const image = makePicture(width, height, paint)
    t.throws(() => readBackdrop(image, smooth(image)), Refusal, name)
  }
  t.throws(() => read({ noise: 60 }), { name: 'Refusal', message: /^the border of the image is not a plain or smoothly shaded background; .*product shots$/ })
  t.throws(() => read({ noise: 13 }), Refusal, 'coarse grain')
})

t.test('reads images of a few pixels', async t => {
  for (const [width, height] of [[1, 1], [2, 3], [16, 16], [5, 40]]) {
    const { backdrop } = read({ width, height, shape: () => Infinity })
    t.ok(errorAt(backdrop.surface, plain([240, 238, 230]), 0, 0) < 0.1, `${width} × ${height}`)
  }
})
