import t from 'tap'
import { wireAttempts, wireSkipped } from '../../../plugins/http-edit/trail.ts'

t.test('attempts and skipped models are told in this API\'s names', async t => {
  t.same(wireAttempts([{ provider: 'acme', model: 'paint', code: 'EDIT_ERR_PROVIDER_TIMEOUT', message: 'late', ms: 5, costUsd: 0.5, billed: 'maybe', resumed: false }]), [
    { provider: 'acme', model: 'paint', code: 'EDIT_ERR_PROVIDER_TIMEOUT', message: 'late', ms: 5, cost_usd: 0.5, billed: 'maybe', resumed: false }
  ])
  t.same(wireSkipped([{ provider: 'acme', model: 'paint', reason: 'mask', message: 'takes no mask' }]), [
    { provider: 'acme', model: 'paint', reason: 'mask', message: 'takes no mask' }
  ])
})
