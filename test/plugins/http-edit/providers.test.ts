import t from 'tap'
import { listProviders } from '../../../plugins/http-edit/providers.ts'

const acme = { name: 'acme', vendor: 'acme-inc', status: 'ready', reason: null, models: [] } as const

t.test('breakers that are not closed are shown with the seconds until they may close', async t => {
  t.same(listProviders([
    {
      ...acme,
      troubles: [
        { model: null, operation: null, state: 'open', retryAfterMs: 59_001, code: 'EDIT_ERR_PROVIDER_AUTH' },
        { model: 'paint', operation: 'erase', state: 'half-open', retryAfterMs: 0, code: 'EDIT_ERR_PROVIDER_TIMEOUT' }
      ]
    },
    acme
  ]), {
    providers: [
      {
        ...acme,
        breakers: [
          { model: null, operation: null, state: 'open', retry_after_seconds: 60, code: 'EDIT_ERR_PROVIDER_AUTH' },
          { model: 'paint', operation: 'erase', state: 'half-open', retry_after_seconds: 0, code: 'EDIT_ERR_PROVIDER_TIMEOUT' }
        ]
      },
      { ...acme, breakers: [] }
    ]
  })
})
