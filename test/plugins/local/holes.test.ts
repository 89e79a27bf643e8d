import t from 'tap'
import { BACKGROUND, floodAlike, SUBJECT } from '../../../plugins/local/alike.ts'
import { readBackdrop } from '../../../plugins/local/backdrop.ts'
import { openHoles } from '../../../plugins/local/holes.ts'
import { smooth } from '../../../plugins/local/smooth.ts'
import { ball, box, ellipse, makeScene, plain, ring, shaded, stroke, union, type Paint, type SceneParts } from './cut-out-scenes.ts'

const side = 200

function open (parts: Partial<SceneParts>) {
  const { image } = makeScene({ width: side, height: side, backdrop: plain([246, 246, 246]), shape: ring(100, 100, 60, 60, 20), paint: plain([30, 110, 70]), noise: 1, ...parts })
  const means = smooth(image)
  const backdrop = readBackdrop(image, means)
  const map = new Uint8Array(side * side)
  floodAlike(map, image, means, backdrop)
  openHoles(map, image, means, backdrop)
  return (x: number, y: number) => map[y * side + x]
}

const inside = (shape: (x: number, y: number) => number, inner: Paint, outer: Paint): Paint => (x, y) => shape(x, y) < 0 ? inner(x, y) : outer(x, y)
const green = plain([30, 110, 70])

t.test('a handle shows the backdrop', async t => {
  t.equal(open({})(100, 100), BACKGROUND)
  const lamp = shaded([236, 236, 238], 60, 40, 200, 0.3)
  t.equal(open({ backdrop: lamp })(100, 100), BACKGROUND, 'also a shaded one')
})

t.test('so do the counters of small letters, and the gaps of a comb', async t => {
  const at = open({ shape: union(ring(60, 60, 5, 6, 2), box(120, 150, 90, 10), ...Array.from({ length: 8 }, (_, i) => stroke(85 + 10 * i, 90, 85 + 10 * i, 150, 5)), box(120, 90, 90, 10)), noise: 0 })
  t.equal(at(60, 60), BACKGROUND)
  for (let x = 90; x < 150; x += 10) t.equal(at(x, 120), BACKGROUND, `${x}`)
})

t.test('a label that is only nearly of the backdrop\'s colour stays', async t => {
  const at = open({ shape: box(100, 100, 90, 150, 20), paint: inside(box(100, 100, 60, 50), plain([251, 250, 247]), green) })
  t.equal(at(100, 100), SUBJECT)
})

t.test('a highlight stays, though it is as white as the backdrop', async t => {
  const at = open({ backdrop: plain([255, 255, 255]), shape: ellipse(100, 100, 80, 80), paint: ball(100, 100, 80, [200, 40, 30]), noise: 0 })
  t.equal(at(69, 61), SUBJECT)
})

t.test('a small spot of the backdrop\'s colour in a large subject stays', async t => {
  const at = open({ shape: box(100, 100, 150, 150), paint: inside(box(100, 100, 8, 8), plain([246, 246, 246]), green) })
  t.equal(at(100, 100), SUBJECT)
})

t.test('a narrow bay with sharp walls is background, a leak along a vanishing outline is not', async t => {
  const bay = open({ shape: union(box(80, 100, 30, 120), box(114, 100, 30, 120)), noise: 0 })
  t.equal(bay(97, 100), BACKGROUND)
  const strip: Paint = x => { const light = 246 + 1.1 * (x - 100); return [light, light, light - 4] }
  const leak = open({ shape: box(100, 100, 120, 120), paint: strip, noise: 0.8 })
  t.equal(leak(100, 100), SUBJECT)
})

t.test('a hole that the image\'s border cuts off is background already', async t => {
  t.equal(open({ shape: ring(100, 0, 60, 60, 20) })(100, 2), BACKGROUND)
})
