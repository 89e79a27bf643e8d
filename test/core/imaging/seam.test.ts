import t from 'tap'
import { regionOf, type Bytes } from '../../../core/imaging/region.ts'
import { findSeam } from '../../../core/imaging/seam.ts'
import { draw } from './pictures.ts'

const plane = (width: number, height: number, isMasked: (x: number, y: number) => boolean): Bytes => {
  const { data } = draw(width, height, 1, (x, y) => [isMasked(x, y) ? 255 : 0])
  return { pixels: data, width, height }
}
function seamOf (mask: Bytes, reach: number) {
  const region = regionOf(mask, 1) ?? { left: 0, top: 0, width: 1, height: 1 }
  const seam = findSeam(mask, region, reach)
  const at = (values: Uint8Array) => (x: number, y: number) => values[(y - region.top) * region.width + x - region.left]
  return { ...seam, depthAt: at(seam.depth), peakAt: at(seam.peak) }
}

t.test('depth counts the steps from what is not masked, up to the reach, about as the crow flies', async t => {
  const { depthAt } = seamOf(plane(80, 80, (x, y) => Math.hypot(x - 40, y - 40) < 30), 12)
  for (let y = 0; y < 80; y++) {
    for (let x = 0; x < 80; x++) {
      const distance = 30 - Math.hypot(x - 40, y - 40)
      if (distance <= 0) continue
      const depth = depthAt(x, y)
      if (distance < 10) t.ok(depth > 0 && Math.abs(depth - distance) <= 1.8, `${depth} at ${distance}`)
      if (distance > 14) t.equal(depth, 0, 'deeper than the reach')
    }
  }
})

t.test('the border of the image is no seam', async t => {
  const { depthAt } = seamOf(plane(20, 10, x => x >= 10), 4)
  t.same([10, 11, 12, 13, 14, 19].map(x => depthAt(x, 5)), [1, 2, 3, 4, 0, 0])
  t.same([0, 9].map(y => depthAt(12, y)), [3, 3])
  t.ok(seamOf(plane(9, 9, () => true), 5).depth.every(depth => depth === 0), 'a mask of everything has none')
})

t.test('the peak is how deep the mask gets at a place', async t => {
  // A line three pixels wide that runs into a large square.
  const { depthAt, peakAt } = seamOf(plane(80, 60, (x, y) => x >= 40 ? y >= 10 && y < 50 && x < 75 : y >= 29 && y < 32 && x >= 5), 8)
  t.same([depthAt(20, 29), depthAt(20, 30), depthAt(20, 31)], [1, 2, 1])
  t.same([peakAt(20, 29), peakAt(20, 30), peakAt(20, 31)], [2, 2, 2])
  t.same([peakAt(60, 10), peakAt(60, 14)], [8, 8])
})

t.test('without a reach there is no strip, and it can be as long as it will', async t => {
  t.ok(seamOf(plane(9, 9, x => x > 3), 0).depth.every(depth => depth === 0))
  const stripes = seamOf(plane(200, 200, x => x % 2 === 0), 3)
  t.equal(stripes.depth.filter(depth => depth === 1).length, 20_000)
  t.ok(stripes.peak.every((peak, at) => peak === stripes.depth[at]))
})
