import t from 'tap'
import { halve, openCanvas } from '../../../plugins/local/canvas.ts'
import { createField, enlargeField, findSources, reach } from '../../../plugins/local/patch-field.ts'
import { createRandom } from '../../../plugins/local/random.ts'
import { grain, picture } from './scenes.ts'
import type { Box, Canvas } from '../../../plugins/local/canvas.ts'

function canvasWith (width: number, height: number, ...holes: Box[]): Canvas {
  const noise = grain(100)
  const canvas = openCanvas(picture(width, height, (x, y) => [128 + noise(x, y), 128, 128]), { left: 0, top: 0, right: width, bottom: height })
  for (const hole of holes) {
    for (let y = hole.top; y < hole.bottom; y++) canvas.hole.fill(1, y * width + hole.left, y * width + hole.right)
  }
  return canvas
}
const hole = { left: 20, top: 16, right: 30, bottom: 22 }

t.test('sources are the centres of patches that are known whole', async t => {
  const canvas = canvasWith(48, 40, hole)
  const { valid, count, sample } = findSources(canvas)
  for (let y = 0; y < 40; y++) {
    for (let x = 0; x < 48; x++) {
      const inside = x >= reach && y >= reach && x < 48 - reach && y < 40 - reach
      const clear = x < hole.left - reach || x >= hole.right + reach || y < hole.top - reach || y >= hole.bottom + reach
      if ((valid[y * 48 + x] === 1) !== (inside && clear)) t.fail(`${x}, ${y}`)
    }
  }
  t.equal(count, 42 * 34 - 16 * 12)
  t.equal(sample.length, count)
  t.ok(sample.every(p => valid[p] === 1))
  t.equal(findSources(canvasWith(6, 40)).count, 0, 'no patch fits')
})

t.test('the sample of many sources is spread over all of them', async t => {
  const canvas = canvasWith(600, 400)
  const { valid, count, sample } = findSources(canvas)
  t.equal(count, 594 * 394)
  t.ok(sample.length > 65000 && sample.length < 80000)
  t.ok(sample.every(p => valid[p] === 1))
  t.ok(sample[sample.length - 1] > 390 * 600)
})

t.test('a field covers each pixel of the hole at any distance of its patches', async t => {
  for (const stride of [1, 2, 3, 5]) {
    for (const box of [hole, { left: 0, top: 0, right: 9, bottom: 5 }, { left: 41, top: 33, right: 48, bottom: 40 }]) {
      const canvas = canvasWith(48, 40, box)
      const { columns, rows, source } = createField(canvas, stride)
      t.ok(columns.every(x => x >= reach && x < 48 - reach) && rows.every(y => y >= reach && y < 40 - reach))
      for (let y = box.top; y < box.bottom; y++) {
        for (let x = box.left; x < box.right; x++) {
          const covered = rows.some((row, j) => Math.abs(row - y) <= reach && columns.some((column, i) =>
            Math.abs(column - x) <= reach && source[j * columns.length + i] >= 0))
          if (!covered) t.fail(`stride ${stride}: ${x}, ${y}`)
        }
      }
    }
  }
})

t.test('patches that touch no hole have no source', async t => {
  const canvas = canvasWith(64, 64, { left: 10, top: 10, right: 12, bottom: 12 }, { left: 50, top: 50, right: 52, bottom: 52 })
  const { columns, rows, source } = createField(canvas, 1)
  t.equal(columns.length, 48)
  const assigned = source.filter(p => p >= 0).length
  t.equal(assigned, 2 * 8 * 8)
  t.equal(source[rows.indexOf(30) * columns.length + columns.indexOf(30)], -1)
})

t.test('doubles what was found at half the size', async t => {
  const canvas = canvasWith(64, 48, hole)
  const half = halve(canvas)
  const small = createField(half, 1)
  small.source.forEach((p, slot) => {
    // All content from five pixels to the right and four up, a little lighter.
    if (p >= 0) small.source[slot] = (small.rows[Math.floor(slot / small.columns.length)] - 4) * 32 + small.columns[slot % small.columns.length] + 12
    small.bias.fill(3, slot * 3, slot * 3 + 3)
  })
  const { columns, rows, source, bias } = enlargeField(small, 32, canvas, findSources(canvas), 1, createRandom(1))
  let exact = 0
  source.forEach((p, slot) => {
    if (p < 0) return
    t.equal(bias[slot * 3 + 1], 3)
    const dx = p % 64 - columns[slot % columns.length]
    const dy = Math.floor(p / 64) - rows[Math.floor(slot / columns.length)]
    if (dx === 24 && dy === -8) exact++
  })
  t.equal(exact, source.filter(p => p >= 0).length)
})

t.test('takes the nearest valid source where the doubled one is none, and any where there is none near', async t => {
  const canvas = canvasWith(96, 96, { left: 40, top: 40, right: 60, bottom: 60 }, { left: 5, top: 80, right: 90, bottom: 81 })
  const half = halve(canvas)
  const sources = findSources(canvas)
  const small = createField(half, 2)
  // As if everything came from the middle of the hole, or from just beside it.
  for (const [from, text] of [[25 * 48 + 25, 'far inside'], [16 * 48 + 25, 'at its rim']] as const) {
    small.source.forEach((p, slot) => { if (p >= 0) small.source[slot] = from })
    const field = enlargeField(small, 48, canvas, sources, 1, createRandom(1))
    t.ok(field.source.some(p => p >= 0))
    t.ok(field.source.every(p => p === -1 || sources.valid[p] === 1), text)
  }
  // The line has vanished at half the size, so nothing is known about it.
  const single = canvasWith(96, 96, { left: 5, top: 80, right: 90, bottom: 81 })
  const none = enlargeField(createField(half, 1), 48, single, findSources(single), 1, createRandom(1))
  t.ok(none.source.every(p => p === -1 || findSources(single).valid[p] === 1))
})

t.test('a canvas one patch wide has one column of patches', async t => {
  const canvas = canvasWith(14, 60, { left: 4, top: 20, right: 10, bottom: 26 })
  const half = createField(halve(canvas), 1)
  t.same([...half.columns], [reach])
  half.source.forEach((p, slot) => { if (p >= 0) half.source[slot] = 22 * 7 + 3 })
  const sources = findSources(canvas)
  const field = enlargeField(half, 7, canvas, sources, 1, createRandom(1))
  t.ok(field.source.every(p => p === -1 || sources.valid[p] === 1))
})
