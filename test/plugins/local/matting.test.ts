import t from 'tap'
import { extractMatte } from '../../../plugins/local/matting.ts'
import { smooth } from '../../../plugins/local/smooth.ts'
import { fitSurface } from '../../../plugins/local/surface.ts'
import { box, compareMatte, ellipse, makeScene, plain, stroke, union, type Colour, type SceneParts } from './cut-out-scenes.ts'

const side = 120

/** The matte of a scene whose outline is known: what is left to find is how pixels on it are mixed. */
function matte (parts: Partial<SceneParts> & { behind?: Colour }) {
  const behind = parts.behind ?? [230, 225, 215]
  const scene = makeScene({ width: side, height: side, backdrop: plain(behind), shape: ellipse(60, 60, 30, 40), paint: plain([40, 70, 160]), ...parts })
  const map = Uint8Array.from({ length: side * side }, (_, p) => scene.truth.data[4 * p + 3] === 0 ? 1 : 0)
  const one = { x: Float64Array.of(0), y: Float64Array.of(0), colours: Float64Array.from(behind) }
  const backdrop = { surface: fitSurface(one, { width: side, height: side }, 0, 0.5).surface, noise: parts.noise ?? 0, tolerance: 4 }
  const cut = extractMatte(scene.image, smooth(scene.image), { map, backdrop })
  return { cut, scene, alpha: (x: number, y: number) => cut.data[4 * (y * side + x) + 3], ...compareMatte(cut, scene.truth) }
}

t.test('finds the share of the subject in every pixel of an anti-aliased edge, and its colour', async t => {
  const { edge, halo } = matte({})
  t.ok(edge < 0.01, `${edge}`)
  t.ok(halo < 1.5, `${halo}`)
})

t.test('noise and a soft focus take little away', async t => {
  t.ok(matte({ noise: 3 }).edge < 0.02)
  const soft = matte({ softness: 5 })
  t.ok(soft.edge < 0.06, `${soft.edge}`)
})

t.test('a subject of several colours keeps each of them up to its edge', async t => {
  const paint = (x: number, y: number): Colour => (Math.floor(x / 10) + Math.floor(y / 10)) % 2 === 0 ? [190, 40, 40] : [30, 60, 120]
  const { edge, halo } = matte({ paint })
  t.ok(edge < 0.03, `${edge}`)
  t.ok(halo < 4, `${halo}`)
})

t.test('what is transparent has no colour, what is inside is untouched', async t => {
  const { cut, scene } = matte({ paint: (x, y) => [x, y, 90] })
  t.same([...cut.data.subarray(0, 4)], [0, 0, 0, 0])
  const middle = 4 * (60 * side + 60)
  t.same([...cut.data.subarray(middle, middle + 4)], [...scene.image.data.subarray(middle, middle + 4)])
})

t.test('a pattern of the backdrop\'s colour behind an opaque edge stays opaque', async t => {
  const { alpha } = matte({ shape: box(60, 60, 80, 80), paint: (x, y) => x === 23 && y > 50 && y < 70 ? [230, 225, 215] : [40, 70, 160] })
  for (let y = 51; y < 70; y++) t.equal(alpha(23, y), 255, `${y}`)
})

t.test('between two thin strokes the backdrop is transparent, though it counted as subject', async t => {
  const shape = union(stroke(40, 30, 40, 90, 2), stroke(43.6, 30, 43.6, 90, 2))
  const map = (x: number, y: number) => shape(x, y) < 0.2 || (x === 42 && y >= 30 && y <= 90)
  const scene = makeScene({ width: side, height: side, backdrop: plain([255, 255, 255]), shape, paint: plain([0, 0, 0]) })
  const one = { x: Float64Array.of(0), y: Float64Array.of(0), colours: Float64Array.of(255, 255, 255) }
  const backdrop = { surface: fitSurface(one, { width: side, height: side }, 0, 0.5).surface, noise: 0, tolerance: 4 }
  const cut = extractMatte(scene.image, smooth(scene.image), { map: Uint8Array.from({ length: side * side }, (_, p) => map(p % side, Math.floor(p / side)) ? 0 : 1), backdrop })
  for (let y = 32; y < 89; y++) t.equal(cut.data[4 * (y * side + 42) + 3], 0, `${y}`)
  t.ok(compareMatte(cut, scene.truth).edge < 0.03)
})

t.test('where no outside is near, the surface stands for the backdrop', async t => {
  const comb = union(...Array.from({ length: 12 }, (_, i) => stroke(30 + 5 * i, 30, 30 + 5 * i, 90, 2.4)))
  const { edge } = matte({ shape: comb })
  t.ok(edge < 0.04, `${edge}`)
})
