import t from 'tap'
import { configFrom } from '../../core/config.ts'
import { finishOne } from '../../core/finish-one.ts'
import { finishCutOut } from '../../core/finish-cut-out.ts'
import { readResult } from '../../core/imaging/finish.ts'
import { plan } from '../../core/planner.ts'
import type { OutputWish } from '../../core/request.ts'
import { before, height, room, width } from './imaging/keyed-pictures.ts'
import { open } from './imaging/pictures.ts'
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
  const finish = async (aligned: boolean, output?: OutputWish) => await finishCutOut(subject, asked(output), { steps: [], aligned, warnings: ['another shape'] })
  const free = await finish(true, { format: 'image/png', preserveUnmasked: false })
  t.match(free, { isPreserved: false, warnings: ['another shape'] })
  t.equal(free.preservation?.after, free.preservation?.before)
  t.match(await finish(false), { isPreserved: false, preservation: null })
  t.same(plan(asked({ format: 'image/png', preserveUnmasked: false }), [offer()], {}).candidates[0].adaptations.map(({ kind }) => kind), ['restore'])
})
