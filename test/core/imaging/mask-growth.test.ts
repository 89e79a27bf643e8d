import fc from 'fast-check'
import t from 'tap'
import { growPlane } from '../../../core/imaging/mask-growth.ts'

const grown = (pixels: ArrayLike<number>, width: number, by: number) => {
  const plane = { pixels: Uint8Array.from(pixels), width, height: pixels.length / width }
  growPlane(plane, by)
  return plane.pixels
}

const dot = (side: number, value = 255) => {
  const pixels = new Uint8Array(side * side)
  pixels[(side * side - 1) / 2] = value
  return pixels
}

t.test('a dot grows to an octagon that comes near a circle', async t => {
  for (const by of [1, 2, 3, 4, 10, 25]) {
    const side = 2 * by + 5
    const centre = by + 2
    const pixels = grown(dot(side), side, by)
    for (let at = 0; at < pixels.length; at++) {
      const [x, y] = [Math.abs(at % side - centre), Math.abs(Math.floor(at / side) - centre)]
      const distance = Math.hypot(x, y)
      if (distance > by * 1.1 + 1) t.equal(pixels[at], 0, `${x},${y} lies outside of ${by}`)
      if (distance <= by - 0.5) t.equal(pixels[at], 255, `${x},${y} lies within ${by}`)
      if (x === 0 || y === 0) t.equal(pixels[at], Math.max(x, y) <= by ? 255 : 0, 'straight on it is exact')
    }
  }
})

t.test('each pixel takes the highest value of its neighbourhood, and only of that, up to the borders', async t => {
  const planes = fc.integer({ min: 1, max: 20 }).chain(width => fc.integer({ min: 1, max: 20 }).chain(height =>
    fc.uint8Array({ minLength: width * height, maxLength: width * height }).map(pixels => ({ pixels, width, height }))))
  t.doesNotThrow(() => fc.assert(fc.property(planes, fc.integer({ min: 0, max: 24 }), ({ pixels, width, height }, by) => {
    const side = 2 * by + 1
    const neighbourhood = grown(dot(side), side, by)
    const result = grown(pixels, width, by)
    return result.every((value, at) => {
      let highest = 0
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [dx, dy] = [x - at % width + by, y - Math.floor(at / width) + by]
          if (dx < 0 || dy < 0 || dx >= side || dy >= side || neighbourhood[dy * side + dx] === 0) continue
          highest = Math.max(highest, pixels[y * width + x])
        }
      }
      return value === highest
    })
  }), { numRuns: 60 }))
})

t.test('nothing grows by nothing', async t => {
  t.same(grown([0, 9, 0], 3, 0), [0, 9, 0])
  t.same(grown(new Uint8Array(9), 3, 5), new Uint8Array(9))
})
