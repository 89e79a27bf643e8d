import fc from 'fast-check'
import t from 'tap'
import { operationNames } from '../../core/operations.ts'
import { plan } from '../../core/planner.ts'
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
