import t from 'tap'
import { beside, FRONT, listBand, measureDepth, neighbours, OUTSIDE, sortByKey } from '../../../plugins/local/band.ts'
import { createRandom } from '../../../plugins/local/random.ts'

const width = 23
const height = 14
const inside = 3

/** Background with some blocks of subject. */
function blocks (): Uint8Array {
  const map = new Uint8Array(width * height).fill(1)
  for (let y = 3; y < 12; y++) map.fill(0, y * width + 4, y * width + 15)
  map[6 * width + 19] = 0
  return map
}

t.test('depth is the distance to the other side, in steps of a king', async t => {
  const map = blocks()
  const depth = measureDepth(map, width, inside)
  for (let p = 0; p < map.length; p++) {
    let nearest = Infinity
    for (let q = 0; q < map.length; q++) {
      if (map[q] === map[p]) continue
      nearest = Math.min(nearest, Math.max(Math.abs(q % width - p % width), Math.abs(Math.floor(q / width) - Math.floor(p / width))))
    }
    const expected = map[p] === 0 ? FRONT + Math.min(nearest, inside + 1) : FRONT + 1 - Math.min(nearest, OUTSIDE + 1)
    if (depth[p] !== expected) t.fail(`pixel ${p}: ${depth[p]}, not ${expected}`)
  }
})

t.test('the band holds what is near the front, the outermost first', async t => {
  const depth = measureDepth(blocks(), width, inside)
  const depths = Array.from(listBand(depth, inside), p => depth[p])
  t.same(depths, depths.toSorted((a, b) => a - b))
  t.equal(depths[0], FRONT + 1 - OUTSIDE)
  t.equal(depths.at(-1), FRONT + inside)
  t.equal(depths.length, depth.filter(value => value > FRONT - OUTSIDE && value <= FRONT + inside).length)
})

t.test('pixels of one key keep their order', async t => {
  const random = createRandom(5)
  const keys = Array.from({ length: 100 }, () => Math.floor(random() * 4) * 85)
  const sorted = sortByKey(Int32Array.from(keys, (_, i) => i), p => keys[p])
  t.same([...sorted], keys.map((_, i) => i).sort((a, b) => keys[a] - keys[b] || a - b))
})

t.test('finds the neighbours of a pixel within the image', async t => {
  const around = new Int32Array(8)
  const list = (find: typeof beside, pixel: number) => [...around.subarray(0, find(pixel, 4, 12, around))].sort((a, b) => a - b)
  t.same(list(neighbours, 5), [0, 1, 2, 4, 6, 8, 9, 10])
  t.same(list(neighbours, 0), [1, 4, 5])
  t.same(list(neighbours, 11), [6, 7, 10])
  t.same(list(neighbours, 4), [0, 1, 5, 8, 9])
  t.same(list(beside, 5), [1, 4, 6, 9])
  t.same(list(beside, 3), [2, 7])
  t.same(list(beside, 8), [4, 9])
})
