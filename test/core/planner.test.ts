import fc from 'fast-check'
import t from 'tap'
import { operationNames } from '../../core/operations.ts'
import { plan, type HealthView } from '../../core/planner.ts'
import type { EditRequest } from '../../core/request.ts'
import { card, inputs, offer, request } from './fixtures.ts'

const seeded = card({ id: 'seeded', parameters: { seed: { type: 'integer', description: 'x' } } })

t.test('a provider without its key is rejected, and said so only if it could do the edit', async t => {
  const { candidates, rejected } = plan(request(), [
    offer({ unconfigured: 'ACME_API_KEY is not set' }),
    offer({ provider: 'b', unconfigured: 'B_API_KEY is not set', card: card({ operations: ['erase'] }) })
  ], {})
  t.same(candidates, [])
  t.match(rejected, [
    { provider: 'acme', model: 'paint', reason: 'unconfigured', message: 'ACME_API_KEY is not set' },
    { provider: 'b', reason: 'operation' }
  ])
})

t.test('the operator\'s order leaves others out, with that reason', async t => {
  t.match(plan(request(), [offer(), offer({ provider: 'b' })], { '*': ['b'] }), {
    candidates: [{ offer: { provider: 'b' } }], rejected: [{ provider: 'acme', reason: 'order' }]
  })
})

t.test('a model that would lose a parameter comes behind those that keep it', async t => {
  const { candidates } = plan(request({ parameters: { seed: 1 } }), [offer(), offer({ provider: 'b', card: seeded })], {})
  t.match(candidates, [{ model: 'seeded', dropped: [] }, { model: 'paint', dropped: ['seed'] }])
})

t.test('a model that the request names stays first all the same', async t => {
  const { candidates, warnings } = plan(
    request({ parameters: { seed: 1 }, route: { provider: 'acme' } }), [offer(), offer({ provider: 'b', card: seeded })], {})
  t.match(candidates, [{ model: 'paint', named: true }, { model: 'seeded', named: false }])
  t.same(warnings, [])
})

t.test('a provider that contradicts the model is said', async t => {
  const offers = [offer({ vendor: 'house' }), offer({ provider: 'b', card: seeded })]
  t.match(plan(request({ route: { provider: 'acme', model: 'seeded' } }), offers, {}).warnings, [/"acme" does not have the model seeded: it is asked at b/])
  t.same(plan(request({ route: { provider: 'house', model: 'paint' } }), offers, {}).warnings, [])
  t.same(plan(request({ route: { provider: 'acme', model: 'paint' } }), offers, {}).warnings, [])
})

t.test('every offer is either a candidate or rejected, and no candidate loses an input', async () => {
  const anyOffer = fc.record({
    provider: fc.constantFrom('a', 'b', 'c'),
    operations: fc.uniqueArray(fc.constantFrom(...operationNames), { minLength: 1 }),
    mask: fc.constantFrom('none' as const, 'white-edits' as const),
    takesPrompt: fc.boolean(),
    maxImages: fc.integer({ min: 1, max: 3 }),
    unconfigured: fc.option(fc.constant('no key'))
  })
  fc.assert(fc.property(fc.array(anyOffer, { maxLength: 8 }), fc.constantFrom(...operationNames), fc.boolean(), (specs, operation, masked) => {
    const offers = specs.map((spec, index) => offer({
      provider: `${spec.provider}${index}`,
      unconfigured: spec.unconfigured,
      card: card({
        operations: spec.operations,
        inputs: inputs({ mask: spec.mask, maxImages: spec.maxImages, accepts: spec.takesPrompt ? ['prompt'] : [] })
      })
    }))
    const wish = request({ operation, ...masked && { mask: { pixels: new Uint8Array(1), width: 1, height: 1 } } })
    const { candidates, rejected } = plan(wish, offers, {})
    return candidates.length + rejected.length === offers.length &&
      candidates.every(({ offer: { card: model, unconfigured } }) => unconfigured === null && model.operations.includes(operation) &&
        (!masked || model.inputs.mask !== 'none'))
  }))
})

const pro = card({ id: 'pro', tier: 'premium', price: { usd: 0.2 }, expectedSeconds: 1 })
const big = card({ id: 'big', outputs: { ...card().outputs, maxSide: 8192 }, price: { usd: 0.01 }, expectedSeconds: 9 })
const models = (route: EditRequest['route'], health?: HealthView) =>
  plan(request({ route }), [offer(), offer({ provider: 'b', card: pro }), offer({ provider: 'c', card: big })], {}, health).candidates.map(({ model }) => model)

t.test('a caller may prefer price, speed or quality to the order', async t => {
  t.same(models({}), ['paint', 'pro', 'big'])
  t.same(models({ prefer: 'cost' }), ['big', 'paint', 'pro'])
  t.same(models({ prefer: 'speed' }), ['pro', 'paint', 'big'])
  t.same(models({ prefer: 'quality' }), ['pro', 'big', 'paint'])
})

t.test('speed is as measured, where it has been', async t => {
  const health: HealthView = { condition: () => ({ state: 'closed', retryAfterMs: 0, code: null }), latencyMs: ({ model }) => model === 'big' ? 100 : undefined }
  t.same(models({ prefer: 'speed' }, health), ['big', 'pro', 'paint'])
})

t.test('without fallback there is one candidate', async t => {
  const { candidates, rejected } = plan(request({ route: { fallback: 'none' } }), [offer(), offer({ provider: 'b' })], {})
  t.equal(candidates.length, 1)
  t.match(rejected, [{ provider: 'b', reason: 'order', message: 'the request wants no fallback' }])
})

t.test('without fallback, who is named and cannot be asked is replaced by nobody', async t => {
  const { candidates, rejected } = plan(request({ route: { provider: 'acme', fallback: 'none' } }), [offer({ unconfigured: 'no key' }), offer({ provider: 'b' })], {})
  t.same(candidates, [])
  t.match(rejected, [{ provider: 'acme', reason: 'unconfigured' }, { provider: 'b', reason: 'order' }])
  t.match(plan(request({ route: { model: 'paint', fallback: 'none' } }), [offer(), offer({ provider: 'b', card: pro })], {}).candidates, [{ model: 'paint' }])
})

t.test('what costs more than the request allows is rejected', async t => {
  const { rejected } = plan(request({ route: { maxCostUsd: 0.1 } }), [offer({ card: pro })], {})
  t.match(rejected, [{ reason: 'price', message: 'costs up to $0.2, the request allows $0.1' }])
})

t.test('who rests is rejected with the time left; who may be probed is a candidate', async t => {
  const health: HealthView = {
    condition: ({ provider }) => provider === 'acme'
      ? { state: 'open', retryAfterMs: 1500, code: 'EDIT_ERR_PROVIDER_QUOTA' }
      : { state: 'half-open', retryAfterMs: 0, code: 'EDIT_ERR_PROVIDER_TIMEOUT' },
    latencyMs: () => undefined
  }
  t.match(plan(request(), [offer(), offer({ provider: 'b' })], {}, health), {
    candidates: [{ offer: { provider: 'b' } }],
    rejected: [{ reason: 'breaker', message: 'rests for 2 s more after EDIT_ERR_PROVIDER_QUOTA' }],
    retryAfterMs: 1500
  })
})

const emulate = { unsupported: 'emulate' as const }
const eraser = card({ id: 'eraser', operations: ['erase'], inputs: inputs({ mask: 'white-edits' }), price: { usd: 9 } })

t.test('who does it by itself comes before who emulates it, unless that one is named', async t => {
  const offers = [offer(), offer({ provider: 'b', card: eraser })]
  const erase = { operation: 'erase' as const, mask: { pixels: new Uint8Array(1), width: 1, height: 1 }, parameters: { seed: 1 } }
  const order = (route: EditRequest['route'], parameters = {}) => plan(request({ ...erase, parameters, route }), offers, {}).candidates.map(({ model }) => model)
  t.same(order({}), ['eraser'])
  for (const prefer of ['order', 'cost', 'speed', 'quality'] as const) t.same(order({ ...emulate, prefer }), ['eraser', 'paint'])
  t.same(order(emulate, { seed: 1 }), ['eraser', 'paint'])
  t.same(order({ ...emulate, provider: 'acme' }), ['paint', 'eraser'])
})

t.test('no emulated candidate is before one that is not unless it is named, and nothing is emulated that need not be', async () => {
  const anyCard = fc.record({
    operations: fc.uniqueArray(fc.constantFrom(...operationNames), { minLength: 1 }), mask: fc.constantFrom('none' as const, 'white-edits' as const), usd: fc.nat(9)
  })
  const anyRoute = fc.record({ provider: fc.option(fc.constant('p0'), { nil: undefined }), prefer: fc.constantFrom('order' as const, 'cost' as const) }, { requiredKeys: ['prefer'] })
  fc.assert(fc.property(fc.array(anyCard, { minLength: 1, maxLength: 8 }), fc.constantFrom(...operationNames), fc.boolean(), anyRoute, (specs, operation, masked, route) => {
    const offers = specs.map(({ operations, mask, usd }, index) => offer({ provider: `p${index}`, card: card({ operations, inputs: inputs({ mask }), price: { usd } }) }))
    const wish = request({ operation, ...masked && { mask: { pixels: new Uint8Array(1), width: 1, height: 1 } }, route: JSON.parse(JSON.stringify(route)) })
    const isEmulated = plan({ ...wish, route: { ...wish.route, ...emulate } }, offers, {}).candidates.map(({ emulation, named }) => ({ emulated: emulation !== undefined, named }))
    const rest = isEmulated.filter(({ named }) => !named)
    const native = plan(wish, offers, {}).candidates
    return native.every(({ emulation }) => emulation === undefined) && isEmulated.filter(({ emulated }) => !emulated).length === native.length &&
      rest.every(({ emulated }, index) => !emulated || rest.slice(index).every(later => later.emulated))
  }))
})

t.test('a caller who lets inputs go gets models that lack them, behind those that do not', async t => {
  const mask = { pixels: new Uint8Array(1), width: 1, height: 1 }
  const masked = offer({ provider: 'b', card: card({ id: 'masked', inputs: inputs({ mask: 'white-edits' }) }) })
  const { candidates } = plan(request({ mask, route: { unsupported: 'drop' } }), [offer(), masked], {})
  t.match(candidates, [{ model: 'masked', dropped: [] }, { model: 'paint', dropped: ['mask'] }])
  t.notOk(candidates.some(({ model, request: sent }) => model === 'paint' && 'mask' in sent))
})
