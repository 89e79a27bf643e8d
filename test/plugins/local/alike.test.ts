import t from 'tap'
import { ALIKE, BACKGROUND, eachDifference, floodAlike, roomRadius, SUBJECT } from '../../../plugins/local/alike.ts'
import { readBackdrop } from '../../../plugins/local/backdrop.ts'
import { smooth } from '../../../plugins/local/smooth.ts'
import { box, ellipse, makeScene, plain, ring, stroke, union, type SceneParts } from './cut-out-scenes.ts'

const side = 140
const white = plain([240, 240, 240])
const dark = plain([40, 50, 90])

function flood (parts: Partial<SceneParts>, tolerance?: number) {
  const { image } = makeScene({ width: side, height: side, backdrop: white, shape: box(70, 70, 80, 80), paint: dark, ...parts })
  const means = smooth(image)
  const read = readBackdrop(image, means)
  const backdrop = { ...read, tolerance: tolerance ?? read.tolerance }
  const map = new Uint8Array(side * side)
  const strongest = floodAlike(map, image, means, backdrop)
  return { at: (x: number, y: number) => map[y * side + x], strongest, means, backdrop }
}

t.test('what looks like the backdrop and reaches the border is background', async t => {
  const { at, strongest } = flood({})
  t.equal(at(5, 70), BACKGROUND)
  t.equal(at(27, 70), BACKGROUND, 'close to the subject')
  t.equal(at(70, 70), SUBJECT)
  t.ok(Math.abs(strongest - 191) < 3, `${strongest}`)
})

t.test('what looks like the backdrop behind a closed outline is only alike', async t => {
  const { at } = flood({ shape: ring(70, 70, 40, 40, 10) })
  t.equal(at(70, 70), ALIKE)
  t.equal(at(5, 5), BACKGROUND)
})

t.test('does not pass a gap that is narrower than a leak may be', async t => {
  const gap = (width: number) => union(box(70, 30, 80, 8), box(70, 110, 80, 8), box(34, 70, 8, 80), box(106, 50 - width / 2, 8, 40), box(106, 90 + width / 2, 8, 40))
  t.equal(flood({ shape: gap(1) }).at(70, 70), ALIKE)
  t.equal(flood({ shape: gap(14) }).at(70, 70), BACKGROUND)
})

t.test('a faint edge holds the flood back, where a step of the same height in the light is none', async t => {
  const faint = flood({ shape: ellipse(70, 70, 40, 40), paint: plain([231, 231, 231]) }, 12)
  t.not(faint.at(70, 70), BACKGROUND)
  const fading = (x: number) => Math.round(240 - 9 * Math.exp(-(((x - 70) / 30) ** 2)))
  const slope = flood({ backdrop: (x, y) => plain([fading(x), fading(x), fading(x)])(x, y), shape: () => Infinity }, 12)
  t.equal(slope.at(70, 70), BACKGROUND)
})

t.test('allows for the echoes of compression beside a strong edge, not elsewhere', async t => {
  const echo = plain([230, 230, 230])
  const paint = (x: number, y: number) => box(70, 70, 60, 60)(x, y) < 0 ? dark(x, y) : echo(x, y)
  t.equal(flood({ shape: union(box(70, 70, 60, 60), box(38, 70, 4, 60)), paint }).at(38, 70), BACKGROUND)
  t.equal(flood({ shape: union(box(100, 70, 60, 60), box(38, 70, 4, 60)), paint: (x, y) => x < 60 ? echo(x, y) : dark(x, y) }).at(38, 70), SUBJECT)
})

t.test('in a quiet image a single pixel between two strokes is alike, in grain it is not', async t => {
  const shape = union(stroke(40, 30, 40, 110, 7), stroke(49, 30, 49, 110, 7))
  const between = Array.from({ length: 40 }, (_, i) => 50 + i)
  t.ok(between.every(y => flood({ shape }).at(44, y) !== SUBJECT || flood({ shape }).at(45, y) !== SUBJECT))
  const { at } = flood({ shape, noise: 4 })
  t.ok(between.every(y => at(44, y) === SUBJECT && at(45, y) === SUBJECT))
})

t.test('visits every n-th row', async t => {
  const { means, backdrop } = flood({})
  const rows = new Set<number>()
  eachDifference(means, backdrop.surface, (p, _, x, y) => {
    if (p !== y * side + x) t.fail(`${p}`)
    rows.add(y)
  }, 7)
  t.same([...rows], Array.from({ length: 20 }, (_, i) => 7 * i))
})

t.test('a leak is measured by the size of the image', async t => {
  t.equal(roomRadius(16, 16), 1)
  t.equal(roomRadius(1400, 2000), 35)
})
