import t from 'tap'
import { capabilitiesOf, listModels } from '../../../plugins/http-edit/models.ts'
import { card, inputs, offer } from '../../core/fixtures.ts'

const plain = offer()
const rich = offer({
  provider: 'acme-pro',
  vendor: 'acme',
  unconfigured: 'ACME_API_KEY is missing',
  card: card({
    id: 'pro',
    tier: 'premium',
    operations: ['general_edit', 'inpaint'],
    capabilities: ['high_res', 'inpaint'],
    useCases: ['print'],
    features: ['8k'],
    languages: ['en'],
    inputs: inputs({ maxImages: 14, maskLevels: 'binary' }),
    outputs: { formats: ['image/png'], alpha: false, size: { rule: 'ratio', ratios: ['16:9'], resolutions: { '4k': 4096, '8K': 8192 } } },
    parameters: { guidance_scale: { type: 'number', description: 'How closely.', maxLength: 5 } },
    price: { usd: 0.15, byResolution: { '4k': 0.15, '8k': 0.18 } }
  })
})

t.test('an item has the keys that clients know, in their order, before ours', async t => {
  const { models: [item], total } = listModels([plain], {})
  t.equal(total, 1)
  t.equal(JSON.stringify(item), JSON.stringify({
    id: 'paint',
    name: 'Paint',
    description: 'Paints.',
    cost: 0.02,
    cost_8k: null,
    tier: 'budget',
    max_resolution: [16383, 16383],
    capabilities: ['general_edit'],
    use_cases: [],
    features: [],
    supports_multi_image: false,
    supports_controlnet: false,
    languages: [],
    provider: 'acme',
    vendor: 'acme',
    available: true,
    unavailable_reason: null,
    price: { usd: 0.02 },
    limits: {
      inputs: { formats: ['image/png'], accepts: ['prompt'], mask: 'none', max_images: 1 },
      outputs: { formats: ['image/png'], size: { rule: 'input' }, alpha: true }
    },
    parameters: {},
    expected_seconds: 2
  }))
})

t.test('what a card says is told, in this API\'s names', async t => {
  const { models: [item] } = listModels([rich], {})
  t.match(item, {
    cost: 0.15,
    cost_8k: 0.18,
    max_resolution: [8192, 8192],
    capabilities: ['general_edit', 'inpaint', 'high_res'],
    use_cases: ['print'],
    features: ['8k'],
    supports_multi_image: true,
    languages: ['en'],
    available: false,
    unavailable_reason: 'ACME_API_KEY is missing',
    price: { by_resolution: { '4k': 0.15, '8k': 0.18 } },
    limits: { inputs: { mask_levels: 'binary' }, outputs: { size: { ratios: ['16:9'], resolutions: { '4k': 4096, '8K': 8192 } } } },
    parameters: { guidance_scale: { type: 'number', max_length: 5 } }
  })
})

t.test('the list is filtered by capability and by tier', async t => {
  const ids = (query: { operation?: string, tier?: string }) => listModels([plain, rich], query).models.map(({ id }) => id)
  t.same(ids({}), ['paint', 'pro'])
  t.same(ids({ operation: 'general_edit' }), ['paint', 'pro'])
  t.same(ids({ operation: 'high_res' }), ['pro'])
  t.same(ids({ tier: 'budget' }), ['paint'])
  t.same(ids({ operation: 'inpaint', tier: 'budget' }), [])
  t.same(listModels([plain, rich], { tier: 'luxury' }), { models: [], total: 0 })
})

t.test('capabilities are the operations and what the card adds', async t => {
  t.same(capabilitiesOf(card({ capabilities: ['style_transfer', 'general_edit'] })), ['general_edit', 'style_transfer'])
})
