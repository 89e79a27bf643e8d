import t from 'tap'
import type { ProviderListing } from '../../../core/index.ts'
import { health, listProviders } from '../../../plugins/http-edit/providers.ts'
import { card } from '../../core/fixtures.ts'

const ready: ProviderListing = { name: 'acme', vendor: 'acme-inc', status: 'ready', reason: null, models: [card(), card({ id: 'pro', price: { usd: 0.1 }, capabilities: ['print'] })] }
const keyless: ProviderListing = { name: 'keyless', vendor: 'keyless', status: 'unconfigured', reason: 'KEYLESS_API_KEY is missing', models: [card()] }
const free: ProviderListing = { ...ready, name: 'free', models: [card({ price: { usd: 0 } })] }
const broken: ProviderListing = { name: 'broken', vendor: '', status: 'quarantined', reason: 'it throws', models: [] }

t.test('providers are listed by name, with what clients read and their state', async t => {
  t.same(listProviders([ready, keyless, free, broken]), {
    providers: {
      acme: {
        name: 'acme',
        models: ['paint', 'pro'],
        capabilities: ['general_edit', 'print'],
        max_resolution: [16383, 16383],
        cost_range: '$0.02–$0.1',
        vendor: 'acme-inc',
        available: true,
        status: 'ready',
        reason: null
      },
      keyless: {
        name: 'keyless',
        models: ['paint'],
        capabilities: ['general_edit'],
        max_resolution: [16383, 16383],
        cost_range: '$0.02',
        vendor: 'keyless',
        available: false,
        status: 'unconfigured',
        reason: 'KEYLESS_API_KEY is missing'
      },
      free: {
        name: 'free',
        models: ['paint'],
        capabilities: ['general_edit'],
        max_resolution: [16383, 16383],
        cost_range: 'free',
        vendor: 'acme-inc',
        available: true,
        status: 'ready',
        reason: null
      }
    },
    total: 3,
    quarantined: [{ name: 'broken', reason: 'it throws' }]
  })
})

t.test('the service is healthy while somebody can be asked', async t => {
  t.same(health([ready, keyless, broken, broken]), {
    status: 'healthy',
    service: 'image_studio',
    modules: { edit_studio: 'available' },
    providers: { ready: 1, unconfigured: 1, quarantined: 2 }
  })
  t.match(health([keyless]), { status: 'degraded', modules: { edit_studio: 'unavailable' } })
})
