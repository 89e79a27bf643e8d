import t from 'tap'
import { readLight, slopeAt } from '../../../plugins/local/light.ts'
import { makePicture, plain, type Paint } from './cut-out-scenes.ts'

function light (paint: Paint, width = 60, height = 40) {
  const found = readLight(makePicture(width, height, paint))
  if (found === null) throw new Error('opaque pictures have light')
  return found
}

t.test('a grey picture has lightness, and neither contrast nor colour', async t => {
  const { lightness, contrast, colourfulness, a, b } = light(plain([119, 119, 119]))
  t.ok(Math.abs(lightness - 0.57) < 0.01, `${lightness}`)
  for (const value of [contrast, colourfulness, a, b]) t.ok(Math.abs(value) < 1e-3)
})

t.test('tells warm light from cold light', async t => {
  t.ok(light(plain([255, 190, 120])).b > 0.05)
  t.ok(light(plain([120, 170, 255])).b < -0.05)
})

t.test('leaves say less about the light than a wall of the same distance from grey', async t => {
  const leaves = light(plain([70, 140, 40]))
  t.ok(leaves.a < 0)
  t.ok(Math.hypot(leaves.a, leaves.b) < 0.5 * leaves.colourfulness, `${leaves.a} ${leaves.b}`)
})

t.test('measures contrast', async t => {
  const { contrast } = light(x => x < 30 ? [0, 0, 0] : [255, 255, 255])
  t.ok(Math.abs(contrast - 0.5) < 0.02, `${contrast}`)
})

t.test('knows the side that the light comes from', async t => {
  const difference = new Float64Array(3)
  const left = light(x => [250 - 3 * x, 200 - 3 * x, 180 - 3 * x], 60, 400)
  slopeAt(left, -1, 0, difference)
  t.ok(difference[0] > 0.1, 'brighter on the left')
  slopeAt(left, 0, 1, difference)
  t.ok(Math.abs(difference[0]) < 0.01, 'the same from top to bottom')
  slopeAt(left, 0, 0, difference)
  t.same([...difference], [0, 0, 0])
})

t.test('what is transparent has no say; a picture without visible pixels has no light', async t => {
  const picture = makePicture(40, 40, x => x < 20 ? [255, 255, 255] : [30, 30, 30])
  for (let p = 0; p < 1600; p++) if (p % 40 < 20) picture.data[4 * p + 3] = 0
  const seen = readLight(picture)
  t.ok(seen !== null && seen.lightness < 0.3 && seen.contrast < 0.01)
  picture.data.fill(0)
  t.equal(readLight(picture), null)
})

t.test('a black picture has light without a colour', async t => {
  const { lightness, a, b } = light(plain([0, 0, 0]))
  t.same([lightness, a, b], [0, 0, 0])
})
