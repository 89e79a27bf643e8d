import t from 'tap'
import { configFrom } from '../../core/config.ts'
import { finishOne } from '../../core/finish-one.ts'
import { finishCutOut } from '../../core/finish-cut-out.ts'
import { everyGate } from '../../core/gates.ts'
import { readResult } from '../../core/imaging/finish.ts'
import { plan } from '../../core/planner.ts'
import type { OutputWish } from '../../core/request.ts'
import { before, height, room, width } from './imaging/keyed-pictures.ts'
import { draw, open } from './imaging/pictures.ts'
import { noGates, offer, request } from './fixtures.ts'

const { limits } = configFrom({})
const image = { bytes: await open(before(room)).png().toBuffer(), mediaType: 'image/png' as const, width, height, alpha: false, profile: null }
const keyed = await open(before(() => [12, 240, 20], { tone: value => value * 0.95 })).png().toBuffer()
const asked = (output: OutputWish = { format: 'image/png' }) => request({ operation: 'remove_background', images: [image], output, prompt: undefined, route: { unsupported: 'emulate' } })

t.test('the subject\'s pixels are put back, and what the model had made of them is told', async t => {
  const [candidate] = plan(asked(), [offer()], {}).candidates
  const finished = await finishOne(await readResult(await open(before(() => [12, 240, 20], { tone: value => value * 0.95 })).resize(320, 240).png().toBuffer(), limits), candidate, { profile: undefined, gates: noGates })
  t.match(finished, {
    image: { width, height, alpha: true },
    isPreserved: true,
    restored: [{ kind: 'restore', detail: 'of the result: it is scaled to 160×120, its flat background is made transparent' }],
    preservation: { of: 'unmasked' }
  })
  t.ok(Number(finished.preservation?.before) > 0.8 && Number(finished.preservation?.after) < 0.05)
  t.same(candidate.adaptations.map(({ kind }) => kind), ['restore', 'preserve'])
})

t.test('when that is not wished, or nobody knows what is where, it is the model\'s', async t => {
  const subject = { image, result: await readResult(keyed, limits), reshape: {} }
  const finish = async (aligned: boolean, output?: OutputWish) => await finishCutOut(subject, asked(output), { steps: [], aligned, warnings: ['another shape'], gates: everyGate })
  const free = await finish(true, { format: 'image/png', preserveUnmasked: false })
  t.match(free, { isPreserved: false, warnings: ['another shape'] })
  t.equal(free.preservation?.after, free.preservation?.before)
  t.match(await finish(false), { isPreserved: false, preservation: null })
  t.same(plan(asked({ format: 'image/png', preserveUnmasked: false }), [offer()], {}).candidates[0].adaptations.map(({ kind }) => kind), ['restore'])
})

t.test('what is cut out has to pass the gates of a cut-out', async t => {
  const [candidate] = plan(asked(), [offer()], {}).candidates
  const finish = async (result: Buffer, gates = everyGate) => await finishOne(await readResult(result, limits), candidate, { profile: undefined, gates })
  t.match(await finish(keyed), { isPreserved: true })
  const gone = { code: 'EDIT_ERR_OUTPUT_REJECTED', details: { gate: 'transparency' } }
  await t.rejects(finish(image.bytes), gone, 'the image as it was')
  await t.rejects(finish(await open(draw(width, height, 3, () => [12, 240, 20])).png().toBuffer()), gone, 'nothing but the key')
  await t.rejects(finish(await open(draw(width, height, 3, () => [90, 90, 90])).png().toBuffer(), noGates), gone, 'there is nothing to be cut out: whatever gates there are')
})

t.test('a subject of which nothing is left in the image is none', async t => {
  const clear = { ...image, bytes: await open(draw(width, height, 4, (x, y) => [200, 40, 30, x < 2 && y < 2 ? 255 : 0])).png().toBuffer(), alpha: true }
  const subject = { image: clear, result: await readResult(keyed, limits), reshape: {}, question: { distance: false, prominence: false, transparency: true, enlarged: 1 } }
  const finish = async (gates = everyGate) => await finishCutOut(subject, asked(), { steps: [], aligned: true, warnings: [], gates })
  await t.rejects(finish(), { code: 'EDIT_ERR_OUTPUT_REJECTED', details: { gate: 'transparency', visible: 0 } })
})
