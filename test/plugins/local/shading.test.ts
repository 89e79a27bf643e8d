import t from 'tap'
import { floodAlike } from '../../../plugins/local/alike.ts'
import { readBackdrop } from '../../../plugins/local/backdrop.ts'
import { bendAt, growShading } from '../../../plugins/local/shading.ts'
import { smooth } from '../../../plugins/local/smooth.ts'
import { ball, blob, box, ellipse, makeScene, plain, type SceneParts } from './cut-out-scenes.ts'
import { compress } from './compress.ts'

const side = 200

async function grow (parts: Partial<SceneParts>, quality?: number) {
  const scene = makeScene({ width: side, height: side, backdrop: plain([240, 240, 240]), shape: ellipse(100, 90, 50, 50), paint: ball(100, 90, 50, [200, 40, 30]), ...parts })
  const image = quality === undefined ? scene.image : await compress(scene.image, quality)
  const means = smooth(image)
  const backdrop = readBackdrop(image, means)
  const map = new Uint8Array(side * side)
  floodAlike(map, image, means, backdrop)
  for (let p = 0; p < map.length; p++) map[p] &= 1
  const before = map.slice()
  growShading(map, means, backdrop)
  const wrong = (truth: number) => map.reduce((sum, value, p) => sum + (scene.truth.data[4 * p + 3] === truth && value === (truth === 0 ? 0 : 1) ? 1 : 0), 0) / map.length
  return { at: (x: number, y: number) => map[y * side + x], before: (x: number, y: number) => before[y * side + x], lost: wrong(255), left: wrong(0) }
}

t.test('a soft shadow goes with the background, up to the object that throws it', async t => {
  for (const noise of [0, 2, 4]) {
    const { at, before, lost, left } = await grow({ shadow: blob(110, 148, 60, 14, 0.5), noise })
    t.equal(before(110, 150), 0)
    t.equal(at(110, 150), 1)
    t.ok(lost < 0.001 && left < 0.01, `lost ${lost}, left ${left}`)
  }
})

t.test('also a shadow that compression has roughened', async t => {
  const { at, lost, left } = await grow({ shadow: blob(110, 148, 60, 14, 0.5) }, 75)
  t.equal(at(110, 150), 1)
  t.ok(lost < 0.005 && left < 0.02, `lost ${lost}, left ${left}`)
})

t.test('a pool of light is backdrop too', async t => {
  const { at } = await grow({ backdrop: (x, y) => { const light = 180 + 40 * Math.exp(-((x - 100) ** 2 + (y - 170) ** 2) / 600); return [light, light, light] } })
  t.equal(at(100, 170), 1)
})

t.test('a grey object with an edge is no shadow, whatever its colour', async t => {
  for (const grey of [232, 200, 120]) {
    const { at } = await grow({ paint: plain([grey, grey, grey]) })
    t.equal(at(100, 90), 0, `${grey}`)
  }
})

t.test('what is of another hue, much darker or much brighter is no shadow', async t => {
  const spot = (colour: readonly [number, number, number]) => grow({
    backdrop: (x, y) => { const share = Math.exp(-((x - 60) ** 2 + (y - 60) ** 2) / 1500); return [0, 1, 2].map(c => 150 + share * (colour[c] - 150)) as [number, number, number] }, // three of three
    shape: ellipse(160, 160, 20, 20)
  })
  for (const colour of [[150, 60, 60], [20, 20, 20], [255, 255, 255]] as const) t.equal((await spot(colour)).at(60, 60), 0, colour.join())
})

t.test('a leak through a faint place in the outline is taken back', async t => {
  // The object's shade runs through the backdrop's own: there its outline vanishes.
  const paint = (x: number) => { const light = 190 + 110 * (x - 50) / 100; return [light, light, light] as const }
  const { lost } = await grow({ shape: box(100, 100, 100, 120), paint })
  t.ok(lost < 0.08, `${lost}`)
})

t.test('on a black backdrop nothing is a shadow', async t => {
  const { at } = await grow({ backdrop: plain([0, 0, 0]) })
  t.equal(at(100, 90), 0)
  t.equal(at(5, 5), 1)
})

t.test('a ramp does not bend, an edge does; at the border nothing is known', async t => {
  const width = 12
  const ramp = Uint8Array.from({ length: width * 12 * 3 }, (_, i) => 5 * (Math.floor(i / 3) % width))
  t.equal(bendAt(ramp, width, width * 12, 6 * width + 6), 0)
  const edge = ramp.map((_, i) => Math.floor(i / 3 / width) < 6 ? 0 : 90)
  t.equal(bendAt(edge, width, width * 12, 6 * width + 6), 90)
  t.equal(bendAt(edge, width, width * 12, width + 1), 0)
})
