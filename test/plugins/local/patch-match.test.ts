import t from 'tap'
import { openCanvas } from '../../../plugins/local/canvas.ts'
import { createField, findSources } from '../../../plugins/local/patch-field.ts'
import { patchMeans, searchPatches } from '../../../plugins/local/patch-match.ts'
import { createRandom } from '../../../plugins/local/random.ts'
import { grain, picture } from './scenes.ts'
import type { Canvas } from '../../../plugins/local/canvas.ts'
import type { PatchField, Sources } from '../../../plugins/local/patch-field.ts'
import type { Paint } from './scenes.ts'

const width = 96
const height = 64
function open (paint: Paint): Canvas {
  const canvas = openCanvas(picture(width, height, paint), { left: 0, top: 0, right: width, bottom: height })
  for (let y = 28; y < 36; y++) canvas.hole.fill(1, y * width + 60, y * width + 70)
  return canvas
}
function scatter (canvas: Canvas, sources: Sources, stride = 1): PatchField {
  const random = createRandom(5)
  const field = createField(canvas, stride)
  field.source.forEach((p, slot) => {
    if (p >= 0) field.source[slot] = sources.sample[Math.floor(random() * sources.sample.length)]
  })
  return field
}
const noise = grain(80)
// The right half shows what the left half does: the one true match is 40 pixels to the left.
const twice: Paint = (x, y) => [128 + noise(x % 40, y), 128 + noise(x % 40 + 100, y), 128]

t.test('finds the true match from a random start', async t => {
  for (const stride of [1, 3]) {
    const canvas = open(twice)
    const sources = findSources(canvas)
    const field = scatter(canvas, sources, stride)
    searchPatches(canvas, sources, field, { passes: 12, range: width, random: createRandom(1) })
    const assigned = [...field.source.keys()].filter(slot => field.source[slot] >= 0)
    const found = assigned.filter(slot => field.cost[slot] === 0)
    t.ok(found.length > 0.9 * assigned.length, `${found.length} of ${assigned.length}`)
    t.ok(assigned.every(slot => sources.valid[field.source[slot]] === 1))
  }
})

t.test('gives the same field for the same numbers', async t => {
  const run = () => {
    const canvas = open(twice)
    const sources = findSources(canvas)
    const field = scatter(canvas, sources)
    searchPatches(canvas, sources, field, { passes: 2, range: 16, random: createRandom(3) })
    return field
  }
  t.same(run().source, run().source)
})

t.test('a match of another brightness is found with means, and its bias is the difference', async t => {
  const canvas = open((x, y) => {
    const value = 110 + noise(x % 40, y) + (x >= 40 ? 12 : 0)
    return [value, value, value]
  })
  const sources = findSources(canvas)
  const field = scatter(canvas, sources)
  const means = patchMeans(canvas, sources)
  searchPatches(canvas, sources, field, { passes: 12, range: width, means, random: createRandom(1) })
  const biases = [...field.source.keys()].filter(slot => field.source[slot] >= 0).map(slot => field.bias[slot * 3])
  const close = biases.filter(bias => bias > 9 && bias <= 12)
  t.ok(close.length > 0.8 * biases.length, `${close.length} of ${biases.length}`)
})

t.test('means are those of the patches around sources', async t => {
  const canvas = open((x, y) => [x, 2 * y, 9])
  const means = patchMeans(canvas, findSources(canvas))
  t.same([...means.subarray((20 * width + 30) * 3, (20 * width + 30) * 3 + 3)], [30, 40, 9])
  t.same([...means.subarray((31 * width + 65) * 3, (31 * width + 65) * 3 + 3)], [0, 0, 0])
})

t.test('keeps to where the prior says when all matches are alike', async t => {
  const canvas = open(() => [90, 90, 90])
  const sources = findSources(canvas)
  const field = scatter(canvas, sources)
  searchPatches(canvas, sources, field, {
    passes: 8, range: width, prior: (_x, y, u, v) => (v === y ? 0 : 5) + (u < 40 ? 0 : 5), random: createRandom(1)
  })
  const assigned = [...field.source.keys()].filter(slot => field.source[slot] >= 0)
  const liked = assigned.filter(slot => field.source[slot] % width < 40 && Math.floor(field.source[slot] / width) === field.rows[Math.floor(slot / field.columns.length)])
  t.ok(liked.length > 0.8 * assigned.length, `${liked.length} of ${assigned.length}`)
})
