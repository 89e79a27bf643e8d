import fc from 'fast-check'
import t from 'tap'
import { boxOf } from '../../../core/imaging/mask-box.ts'
import { regionOf } from '../../../core/imaging/region.ts'

const plane = (width: number, height: number, marks: ReadonlyArray<readonly [x: number, y: number]>) => {
  const pixels = new Uint8Array(width * height)
  for (const [x, y] of marks) pixels[y * width + x] = 1
  return { pixels, width, height }
}

t.test('it holds everything that is marked, and nothing more', async t => {
  t.same(await boxOf(plane(9, 7, [[3, 2], [5, 4]])), { left: 3, top: 2, width: 3, height: 3 })
  t.same(await boxOf(plane(9, 7, [[0, 0]])), { left: 0, top: 0, width: 1, height: 1 })
  t.same(await boxOf(plane(9, 7, [[8, 6]])), { left: 8, top: 6, width: 1, height: 1 })
  t.same(await boxOf(plane(1, 1, [[0, 0]])), { left: 0, top: 0, width: 1, height: 1 })
  t.equal(await boxOf(plane(9, 7, [])), undefined)
})

t.test('it is what a look at every pixel finds, also in a piece of a larger buffer', async t => {
  const cases = fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 200 }))
    .chain(([width, height]) => fc.record({ width: fc.constant(width), height: fc.constant(height), marks: fc.array(fc.tuple(fc.nat(width - 1), fc.nat(height - 1)), { maxLength: 5 }) }))
  await t.resolves(fc.assert(fc.asyncProperty(cases, async ({ width, height, marks }) => {
    const mask = plane(width, height, marks)
    const larger = new Uint8Array(mask.pixels.length + 9).fill(255)
    larger.set(mask.pixels, 4)
    const [found, inPiece] = await Promise.all([boxOf(mask), boxOf({ ...mask, pixels: larger.subarray(4, -5) })])
    const expected = regionOf(mask)
    return JSON.stringify(found) === JSON.stringify(expected) && JSON.stringify(inPiece) === JSON.stringify(expected)
  }), { numRuns: 300 }))
})

t.test('others have their turn meanwhile', async t => {
  let turns = 0
  const count = () => {
    turns++
    turning = setImmediate(count)
  }
  let turning = setImmediate(count)
  t.after(() => clearImmediate(turning))
  await boxOf(plane(10, 1000, [[3, 900]]))
  t.ok(turns >= 10, `${turns}`)
})
