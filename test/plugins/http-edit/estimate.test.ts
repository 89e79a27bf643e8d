import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { estimate } from '../../../plugins/http-edit/estimate.ts'
import { card, inputs, offer } from '../../core/fixtures.ts'
import { editsWith } from './offers.ts'

const keyless = offer({ provider: 'keyless', vendor: 'acme', unconfigured: 'no key', card: card({ id: 'keyless', price: { usd: 0.01 } }) })
const ultra = offer({
  provider: 'ultra',
  vendor: 'acme',
  card: card({
    id: 'ultra',
    inputs: inputs({ maxImages: 14 }),
    price: { usd: 0.15, byResolution: { '4k': 0.15, '8k': 0.18 }, perExtraImage: 0.01 },
    outputs: { ...card().outputs, size: { rule: 'ratio', ratios: ['1:1'], resolutions: { '4k': 4096, '8k': 8192 } } }
  })
})
const hub = offer({ provider: 'hub', anyModel: true, card: card({ id: 'hub-default', price: { usd: 0.05 } }) })
const app = { edits: editsWith([keyless, ultra, hub], [hub, keyless, ultra]), EditError }

t.test('the price is that of the model which would be asked first, and of those after it', async t => {
  t.same(estimate(app, { operation: 'general_edit', num_images: 3 }), {
    provider: 'hub',
    model: 'hub-default',
    operation: 'general_edit',
    num_images: 3,
    resolution: null,
    cost_per_image: 0.05,
    total_cost: 0.15,
    currency: 'USD',
    estimated: true,
    estimates: [
      { provider: 'hub', model: 'hub-default', cost_min: 0.15, cost_max: 0.15, available: true },
      { provider: 'keyless', model: 'keyless', cost_min: 0.03, cost_max: 0.03, available: false },
      { provider: 'ultra', model: 'ultra', cost_min: 0.45, cost_max: 0.54, available: true }
    ]
  })
})

t.test('a vendor means any of its providers, and one that can be asked comes first', async t => {
  t.match(estimate(app, { operation: 'general_edit', provider: 'acme' }), { provider: 'ultra', num_images: 1, estimates: [{ provider: 'keyless' }, { provider: 'ultra' }] })
  t.match(estimate(app, { operation: 'general_edit', provider: 'keyless' }), { provider: 'keyless', total_cost: 0.01 })
})

t.test('the resolution decides where the price depends on it, written in either way', async t => {
  const wish = { operation: 'general_edit', model: 'ultra' } as const
  t.match(estimate(app, { ...wish, width: 5000, height: 5000 }), { resolution: '5000x5000', cost_per_image: 0.18 })
  t.match(estimate(app, { ...wish, image_resolution: { width: 1000, height: 800 } }), { resolution: '1000x800', cost_per_image: 0.15 })
  t.match(estimate(app, { ...wish, width: 5000 }), { resolution: null, cost_per_image: 0.18 })
})

t.test('images beyond the first are counted', async t => {
  t.match(estimate(app, { operation: 'general_edit', model: 'ultra', input_images: 3, width: 10, height: 10 }), { total_cost: 0.17 })
  t.throws(() => estimate(app, { operation: 'general_edit', model: 'keyless', input_images: 2 }), { message: 'no model fits: keyless takes 1 image' })
  t.throws(() => estimate(app, { operation: 'general_edit', model: 'ultra', input_images: 15 }), { message: 'no model fits: ultra takes 14 images' })
})

t.test('a model is found where it is listed, else at a provider that takes any', async t => {
  t.match(estimate(app, { operation: 'general_edit', model: 'ultra', provider: 'hub' }), { provider: 'ultra', model: 'ultra' })
  t.match(estimate(app, { operation: 'general_edit', model: 'someone/else' }), { provider: 'hub', model: 'someone/else', estimates: [{ model: 'someone/else' }] })
})

t.test('who is not known is named, with those who are', async t => {
  t.throws(() => estimate(app, { operation: 'general_edit', provider: 'nobody' }), {
    code: 'EDIT_ERR_INVALID_REQUEST',
    message: 'provider: "nobody" is not known here; known: keyless, acme, ultra, hub',
    details: { field: 'provider', known: ['keyless', 'acme', 'ultra', 'hub'] }
  })
  t.throws(() => estimate(app, { operation: 'general_edit', provider: 'acme', model: 'nothing' }), {
    message: 'model: "nothing" is not known here; known: keyless, ultra'
  })
})
