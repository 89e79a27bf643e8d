import t from 'tap'
import { growMask, partsOf } from '../../../plugins/local/mask-growth.ts'

t.test('grows what is marked to all sides, and keeps soft values', async t => {
  const mask = new Uint8Array(7 * 5)
  mask[2 * 7 + 3] = 200
  mask[2 * 7 + 4] = 90
  const grown = growMask(mask, 7, 5, 1)
  t.same([...grown.subarray(7, 14)], [0, 0, 200, 200, 200, 90, 0])
  t.same([...grown.subarray(0, 7)], [0, 0, 0, 0, 0, 0, 0])
  t.same([...growMask(mask, 7, 5, 20)], new Array(35).fill(200), 'stops at the edges')
  t.equal(growMask(mask, 7, 5, 0), mask)
})

const width = 1000
const height = 600
function mark (...boxes: Array<readonly [left: number, top: number, size: number]>): Uint8Array {
  const mask = new Uint8Array(width * height)
  for (const [left, top, size] of boxes) {
    for (let y = top; y < top + size; y++) mask.fill(255, y * width + left, y * width + left + size)
  }
  return mask
}

t.test('parts far from each other get boxes of their own, with surroundings', async t => {
  const boxes = partsOf(mark([96, 96, 32], [800, 480, 16]), width, height)
  t.equal(boxes.length, 2)
  t.same(boxes[0], { left: 48, top: 48, right: 176, bottom: 176 })
  t.same(boxes[1], { left: 752, top: 432, right: 864, bottom: 544 })
})

t.test('larger parts get wider surroundings, up to the edges of the image', async t => {
  const [box] = partsOf(mark([400, 200, 160]), width, height)
  t.ok(box.left < 400 - 160 && box.right > 560 + 160)
  t.match(box, { top: 0, bottom: 560 })
  t.match(partsOf(mark([400, 200, 300]), width, height)[0], { top: 0, bottom: height })
})

t.test('parts whose surroundings meet are one, also when only a union reaches the next', async t => {
  t.equal(partsOf(mark([100, 100, 20], [180, 100, 20]), width, height).length, 1)
  const boxes = partsOf(mark([720, 100, 20], [100, 100, 100], [420, 100, 100]), width, height)
  t.equal(partsOf(mark([720, 100, 20], [420, 100, 100]), width, height).length, 2)
  t.equal(boxes.length, 1, 'the two large ones grow into the first')
})

t.test('finds a part that winds through many blocks as one', async t => {
  const mask = new Uint8Array(width * height)
  for (let x = 0; x < 900; x++) mask[Math.floor(300 + 200 * Math.sin(x / 50)) * width + x] = 1
  t.equal(partsOf(mask, width, height).length, 1)
})

t.test('very many specks are one part', async t => {
  const mask = new Uint8Array(2000 * 2000)
  for (let n = 0; n < 225; n++) mask[(Math.floor(n / 15) * 130 + 20) * 2000 + (n % 15) * 130 + 20] = 255
  t.equal(partsOf(mask, 2000, 2000).length, 1)
  t.same(partsOf(new Uint8Array(100), 10, 10), [], 'nothing marked, no parts')
})
