import t from 'tap'
import { boundsOf, depths, halve, openCanvas, straighten } from '../../../plugins/local/canvas.ts'
import { picture } from './scenes.ts'

t.test('opens a part of a picture, with nothing where the picture does not reach', async t => {
  const image = picture(4, 3, (x, y) => [10 * x, 20 * y, 5])
  const canvas = openCanvas(image, { left: 2, top: -1, right: 6, bottom: 2 })
  t.match(canvas, { width: 4, height: 3 })
  t.same([...canvas.data.subarray(4 * 4, 4 * 4 + 8)], [20, 0, 5, 255, 30, 0, 5, 255], 'row 0 of the picture is row 1 here')
  t.equal(canvas.data[6 * 4 + 3], 0, 'right of the picture')
  t.notOk(canvas.hole.includes(1))
})

t.test('gives back the straight colours that it was opened with', async t => {
  const image = picture(256, 1, x => [x, 255 - x, 128], x => [255, 128, 1, 0][x % 4])
  const canvas = openCanvas(image, { left: 0, top: 0, right: 256, bottom: 1 })
  const out = new Uint8Array(4)
  for (let x = 0; x < 256; x++) {
    straighten(canvas.data, x * 4, out, 0)
    t.equal(out[3], image.data[x * 4 + 3])
    // An alpha of 1 keeps next to nothing of a colour, by its nature.
    const loss = [0, 1, 255, 255][x % 4]
    for (let c = 0; c < 3; c++) t.ok(Math.abs(out[c] - image.data[x * 4 + c]) <= loss, `pixel ${x}`)
    if (out[3] === 0) t.same([...out], [0, 0, 0, 0], 'nothing is seen, so no colour is invented')
  }
})

t.test('halves by averaging what is known alone', async t => {
  const canvas = openCanvas(picture(3, 2, (x, y) => [x === 0 ? 100 : 50, y * 10, 0]), { left: 0, top: 0, right: 3, bottom: 2 })
  canvas.hole[0] = 1
  const half = halve(canvas)
  t.match(half, { width: 2, height: 1 })
  t.same([...half.data.subarray(0, 4)], [67, 7, 0, 255], 'three known pixels')
  t.same([...half.data.subarray(4, 8)], [50, 5, 0, 255], 'an odd side ends in half a cell')
  t.same([...half.hole], [0, 0])
  canvas.hole.fill(1, 0, 2)
  canvas.hole[3] = 1
  t.same([...halve(canvas).hole], [1, 0], 'mostly unknown is unknown')
})

t.test('finds the box around what is marked', async t => {
  const marks = new Uint8Array(5 * 4)
  t.same(boundsOf(marks, 5, 4), { left: 0, top: 0, right: 0, bottom: 0 })
  marks[1 * 5 + 3] = 1
  marks[2 * 5 + 1] = 7
  t.same(boundsOf(marks, 5, 4), { left: 1, top: 1, right: 4, bottom: 3 })
})

t.test('measures how deep in the hole a pixel lies, with edges of the canvas not counting as known', async t => {
  const canvas = openCanvas(picture(5, 5, () => [0, 0, 0]), { left: 0, top: 0, right: 5, bottom: 5 })
  for (let p = 0; p < 25; p++) canvas.hole[p] = p % 5 >= 2 ? 1 : 0
  t.same([...depths(canvas).subarray(10, 15)], [0, 0, 1, 2, 3])
  canvas.hole.fill(1)
  canvas.hole[24] = 0
  t.equal(depths(canvas)[0], 4, 'diagonals are one step')
})
