import fc from 'fast-check'
import t from 'tap'
import { featherPlane } from '../../../core/imaging/mask-feather.ts'

const feathered = (pixels: ArrayLike<number>, width: number, by: number) => {
  const plane = { pixels: Uint8Array.from(pixels), width, height: pixels.length / width }
  featherPlane(plane, by)
  return [...plane.pixels]
}

const edge = (length: number) => Array.from({ length }, (_, at) => at < length / 2 ? 0 : 255)

t.test('an edge becomes a smooth ramp over the pixels to both sides, and nothing else changes', async t => {
  for (const by of [1, 2, 3, 8, 20]) {
    const ramp = feathered(edge(60), 60, by)
    t.ok(ramp.every((value, at) => at === 0 || value >= ramp[at - 1]), 'it rises')
    t.same(ramp.slice(0, 30 - by), new Array(30 - by).fill(0), 'outside it is kept')
    t.same(ramp.slice(30 + by), new Array(30 - by).fill(255), 'inside it is edited')
    t.ok(ramp[30 - by] > 0 || by > 8, `it begins ${by} pixels outside`)
    t.ok(ramp.slice(0, 30).every((value, at) => Math.abs(value + ramp[59 - at] - 255) <= 2), 'both sides are alike')
  }
})

t.test('it goes the same way down as across', async t => {
  const across = feathered([...edge(20), ...edge(20), ...edge(20)], 20, 4)
  const down = feathered(edge(20).flatMap(value => [value, value, value]), 3, 4)
  t.same(down, across.slice(0, 20).flatMap(value => [value, value, value]))
})

t.test('the border of the plane is no edge, and a plane may be smaller than the reach', async t => {
  const size = fc.integer({ min: 1, max: 12 })
  t.doesNotThrow(() => fc.assert(fc.property(size, size, fc.nat(255), fc.integer({ min: 0, max: 40 }), (width, height, value, by) =>
    feathered(new Uint8Array(width * height).fill(value), width, by).every(result => result === value))))
})

t.test('the whole keeps its weight', async t => {
  const pixels = new Uint8Array(61 * 61)
  for (let y = 20; y < 40; y++) pixels.fill(255, y * 61 + 20, y * 61 + 40)
  const sum = feathered(pixels, 61, 9).reduce((total, value) => total + value, 0)
  t.ok(Math.abs(sum / (400 * 255) - 1) < 0.01, `${sum / (400 * 255)}`)
})

t.test('nothing is feathered by nothing', async t => {
  t.same(feathered([0, 255, 0], 3, 0), [0, 255, 0])
})
