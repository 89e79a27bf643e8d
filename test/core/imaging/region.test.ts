import t from 'tap'
import { copyIn, copyOut, regionOf } from '../../../core/imaging/region.ts'
import { draw } from './pictures.ts'

const plane = (pixel: (x: number, y: number) => number) => {
  const { data, width, height } = draw(20, 12, 1, (x, y) => [pixel(x, y)])
  return { pixels: data, width, height }
}

t.test('the region holds all that is above 0, and the margin as far as the plane reaches', async t => {
  const dots = plane((x, y) => (x === 3 && y === 4) || (x === 9 && y === 2) ? 1 : 0)
  t.same(regionOf(dots), { left: 3, top: 2, width: 7, height: 3 })
  t.same(regionOf(dots, 3), { left: 0, top: 0, width: 13, height: 8 })
  t.same(regionOf(dots, 100), { left: 0, top: 0, width: 20, height: 12 })
  t.same(regionOf(plane((x, y) => x === 19 && y === 11 ? 255 : 0)), { left: 19, top: 11, width: 1, height: 1 })
  t.equal(regionOf(plane(() => 0), 5), undefined)
})

t.test('a region is copied out and in again', async t => {
  const source = plane((x, y) => x + 20 * y)
  const region = { left: 4, top: 3, width: 5, height: 2 }
  const part = copyOut(source, region)
  t.same([...part.pixels], [64, 65, 66, 67, 68, 84, 85, 86, 87, 88])
  part.pixels.fill(7)
  t.equal(source.pixels[64], 64, 'the copy is its own')
  copyIn(part, source, region)
  t.same(source.pixels, plane((x, y) => x >= 4 && x < 9 && y >= 3 && y < 5 ? 7 : x + 20 * y).pixels)
})
