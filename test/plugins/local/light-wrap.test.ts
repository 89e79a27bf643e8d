import t from 'tap'
import { wrapAt, wrapLight } from '../../../plugins/local/light-wrap.ts'
import { box, makeScene, plain } from './cut-out-scenes.ts'

async function wrap (width: number, height: number) {
  const { truth } = makeScene({ width, height, backdrop: plain([0, 0, 0]), shape: box(width / 2 - 0.5, height / 2 - 0.5, width / 2, height / 2), paint: plain([9, 9, 9]) })
  const behind = new Uint8Array(width * height * 3)
  for (let p = 0; p < width * height; p++) behind.fill(p % width < width / 2 ? 255 : 0, 3 * p, 3 * p + 3)
  const found = await wrapLight(truth, behind)
  const sample = new Float64Array(4)
  return { found, at: (x: number, y: number) => { wrapAt(found, x, y, sample); return [...sample] } }
}

t.test('the background is near at the subject\'s edge and far in its middle', async t => {
  const { at } = await wrap(200, 160)
  t.ok(at(0.5, 0.5)[3] < 0.02)
  t.ok(Math.abs(at(0.25, 0.5)[3] - 1) < 0.2, `${at(0.25, 0.5)[3]}`)
  t.ok(at(0.26, 0.5)[3] > at(0.27, 0.5)[3])
  t.equal(at(0.02, 0.5)[3], 1)
})

t.test('its light is the background\'s, blurred', async t => {
  const { at } = await wrap(200, 160)
  t.ok(at(0.1, 0.1)[0] > 0.99)
  t.ok(at(0.9, 0.9)[0] < 0.01)
  const middle = at(0.5, 0.5)[0]
  t.ok(middle > 0.1 && middle < 0.6)
})

t.test('is small for a large image, and has values up to its corners', async t => {
  const { found, at } = await wrap(1100, 30)
  t.same([found.width, found.height], [512, 14])
  for (const [x, y] of [[0, 0], [1, 1], [0, 1], [1, 0]]) t.ok(at(x, y).every(value => value >= 0 && value <= 1))
  const tiny = await wrap(1, 1)
  t.same([tiny.found.width, tiny.found.height], [1, 1])
})
