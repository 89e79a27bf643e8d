import t from 'tap'
import type { ProviderListing } from '../../../core/index.ts'
import { health } from '../../../plugins/http-edit/health.ts'
import { card } from '../../core/fixtures.ts'

const ready: ProviderListing = { name: 'acme', vendor: 'acme-inc', status: 'ready', reason: null, models: [card(), card({ id: 'pro', price: { usd: 0.1 }, capabilities: ['print'] })] }
const keyless: ProviderListing = { name: 'keyless', vendor: 'keyless', status: 'unconfigured', reason: 'KEYLESS_API_KEY is missing', models: [card()] }
const broken: ProviderListing = { name: 'broken', vendor: '', status: 'quarantined', reason: 'it throws', models: [] }

t.test('the service is healthy while somebody can be asked', async t => {
  t.same(health([ready, keyless, broken, broken]), {
    status: 'healthy',
    service: 'image_studio',
    modules: { edit_studio: 'available' },
    providers: { ready: 1, unconfigured: 1, quarantined: 2 }
  })
  t.match(health([keyless]), { status: 'degraded', modules: { edit_studio: 'unavailable' } })
})
