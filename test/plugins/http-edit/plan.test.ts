import t from 'tap'
import { plan } from '../../../core/planner.ts'
import { wirePlan } from '../../../plugins/http-edit/plan.ts'
import { card, inputs, offer, request } from '../../core/fixtures.ts'
import { buildWavespeedStudio, edit, mask } from './wavespeed-studio.ts'

t.test('a plan is told with what is done to the request and what it costs, after the warnings of the way in', async t => {
  const offers = [offer({ card: card({ price: { usd: 0.1 }, inputs: inputs({ formats: ['image/jpeg'] }) }) }), offer({ provider: 'b', card: card({ operations: ['erase'] }) })]
  const made = plan(request({ parameters: { seed: 1 }, warnings: ['the image was turned'], route: { provider: 'b', model: 'paint' } }), offers, {})
  t.same(wirePlan({ ...made, warnings: ['of the route'] }, ['of the face']), {
    candidates: [{
      provider: 'acme',
      model: 'paint',
      adaptations: [{ kind: 'convert', detail: 'image/png is sent as image/jpeg' }],
      dropped: ['seed'],
      emulated: false,
      emulation: null,
      cost_usd: { min: 0.1, max: 0.1 },
      expected_seconds: 2
    }],
    rejected: [{ provider: 'b', model: 'paint', reason: 'operation', message: 'does not do general_edit' }],
    warnings: ['of the face', 'the image was turned', 'of the route']
  })
})

t.test('a plan without candidates tells the reasons', async t => {
  t.match(wirePlan(plan(request(), [offer({ unconfigured: 'no key' })], {}), []), {
    candidates: [], rejected: [{ reason: 'unconfigured', message: 'no key' }], warnings: []
  })
})

t.test('the plan of an edit is what the edit then does, and costs nothing', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  const fields = { ...edit, prefer: 'cost', seed: 5, colour: 'red' }
  const { status, body } = await post('/edit/plan', fields)
  t.equal(status, 200)
  t.match(body, {
    candidates: [
      { provider: 'wavespeed-qwen', model: 'qwen-edit-plus', dropped: [], emulated: false, cost_usd: { min: 0.02, max: 0.02 }, expected_seconds: Number },
      { provider: 'wavespeed-seedream', dropped: ['seed'], cost_usd: { max: 0.04 } },
      { provider: 'wavespeed-nano-banana', dropped: ['seed'], cost_usd: { max: 0.15 } }
    ],
    rejected: [],
    warnings: ['unknown fields were ignored: colour']
  })
  t.same(emulator.calls, [], 'no vendor was called')
  const done = (await post('/edit/process', fields)).body
  t.equal(done.provider, body.candidates[0].provider)
  t.same(done.metadata.adaptations, body.candidates[0].adaptations)
})

t.test('what the request asks of the route is in the plan', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  const planOf = async (fields: object) => (await post('/edit/plan', { ...edit, ...fields })).body
  const reasons = (rejected: Array<{ reason: string }>) => rejected.map(({ reason }) => reason)
  const cheap = await planOf({ max_cost_usd: 0.03 })
  t.match(cheap.candidates, [{ provider: 'wavespeed-qwen' }])
  t.same(reasons(cheap.rejected), ['price', 'price'])
  t.same(reasons((await planOf({ fallback: 'none' })).rejected), ['order', 'order'])
  t.match((await planOf({ fallback: ['wavespeed-seedream', 'wavespeed-qwen/qwen-edit-plus'] })).candidates, [
    { provider: 'wavespeed-seedream' }, { provider: 'wavespeed-qwen' }
  ])
  t.match((await planOf({ seed: 5, unsupported: 'reject' })).rejected, [{ reason: 'parameter' }, { reason: 'parameter' }])
  const masked = await planOf({ mask_base64: mask })
  t.same(masked.candidates, [])
  t.same(reasons(masked.rejected), ['mask', 'mask', 'mask'])
  t.match((await planOf({ mask_base64: mask, unsupported: 'drop' })).candidates, [{ dropped: ['mask'] }, { dropped: ['mask'] }, { dropped: ['mask'] }])
  t.match(masked.rejected[0].message, /^takes no mask; with unsupported: emulate it would be emulated: /)
  const emulated = await planOf({ mask_base64: mask, unsupported: 'emulate' })
  t.equal(emulated.candidates.length, 3)
  t.match(emulated.candidates[0], { dropped: [], emulated: true, emulation: 'the whole image is edited by the prompt, and what the mask does not cover is put back' })
  t.match((await planOf({ unsupported: 'emulate' })).candidates, [{ emulated: false, emulation: null }, {}, {}])
  t.same(emulator.calls, [])
})

t.test('the errors of a plan are those of an edit', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  const cases: Array<[object, number]> = [
    [{ prompt: null }, 422], [{ image_base64: '###' }, 400], [{ provider: 'nobody' }, 422], [{ fallback: ['nobody'] }, 422], [{ unsupported: 'imitate' }, 422], [{ prefer: 'luck' }, 422]
  ]
  for (const [fields, status] of cases) {
    const [planned, edited] = [await post('/edit/plan', { ...edit, ...fields }), await post('/edit/process', { ...edit, ...fields })]
    t.equal(planned.status, status)
    t.same(planned.body, edited.body)
  }
  t.match((await post('/edit/plan', { ...edit, fallback: ['nobody'] })).body, { detail: { field: 'fallback', known: ['wavespeed-qwen', 'wavespeed-qwen/qwen-edit-plus', String, String, String, String] } })
  t.same(emulator.calls, [])
})
