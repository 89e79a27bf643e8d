import t from 'tap'
import { openCanvas } from '../../../plugins/local/canvas.ts'
import { firstFilling, smooth } from '../../../plugins/local/first-filling.ts'
import { findSources } from '../../../plugins/local/patch-field.ts'
import { searchPatches } from '../../../plugins/local/patch-match.ts'
import { predict, vote } from '../../../plugins/local/patch-vote.ts'
import { createRandom } from '../../../plugins/local/random.ts'
import { bricks, picture } from './scenes.ts'
import type { Canvas } from '../../../plugins/local/canvas.ts'
import type { Level } from '../../../plugins/local/completion.ts'
import type { PatchField } from '../../../plugins/local/patch-field.ts'

const size = 90
function open (): Canvas {
  const canvas = openCanvas(picture(size, size, bricks()), { left: 0, top: 0, right: size, bottom: size })
  for (let y = 40; y < 52; y++) canvas.hole.fill(1, y * size + 40, y * size + 54)
  return canvas
}
function levelOf (canvas: Canvas, starts: number, seen: number[]): Level {
  const sources = findSources(canvas)
  const random = createRandom(2)
  const prior = () => 0
  const improve = (field: PatchField) => {
    for (let round = 0; round < 3; round++) {
      vote(canvas, predict(canvas, field, { spread: 2, inward: 1.3 }))
      searchPatches(canvas, sources, field, { passes: 1, range: 64, prior, random })
    }
    seen.push(field.cost.reduce((sum, cost) => sum + cost, 0))
  }
  const effort = { upTo: Infinity, starts, stride: 1, rounds: 3, passes: 1, range: 64 }
  return { canvas, sources, effort, random, prior, means: undefined, improve }
}

t.test('keeps the filling whose patches agree best', async t => {
  const seen: number[] = []
  const canvas = open()
  const field = firstFilling(levelOf(canvas, 5, seen))
  t.equal(seen.length, 5)
  t.equal(field.cost.reduce((sum, cost) => sum + cost, 0), Math.min(...seen))
  t.not(Math.min(...seen), Math.max(...seen))
})

t.test('leaves in the canvas what belongs to the field', async t => {
  const canvas = open()
  const field = firstFilling(levelOf(canvas, 4, []))
  const before = field.cost.slice()
  searchPatches(canvas, findSources(canvas), { ...field, cost: before }, { passes: 1, range: 0, prior: () => 0, random: createRandom(1) })
  t.ok(before.every((cost, slot) => cost <= field.cost[slot]))
  t.ok(canvas.hole.every((mark, p) => mark === 0 || canvas.data[p * 4 + 3] === 255))
})

t.test('smooth filling is a surface through the rim', async t => {
  const canvas = openCanvas(picture(40, 40, (x, y) => [2 * x, 3 * y, 77]), { left: 0, top: 0, right: 40, bottom: 40 })
  for (let y = 10; y < 30; y++) {
    canvas.hole.fill(1, y * 40 + 10, y * 40 + 30)
    canvas.data.fill(0, (y * 40 + 10) * 4, (y * 40 + 30) * 4)
  }
  smooth(canvas)
  for (const [x, y] of [[12, 20], [20, 20], [28, 11]]) {
    const p = (y * 40 + x) * 4
    t.ok(Math.abs(canvas.data[p] - 2 * x) <= 2 && Math.abs(canvas.data[p + 1] - 3 * y) <= 2)
    t.same([...canvas.data.subarray(p + 2, p + 4)], [77, 255])
  }
})
