import t from 'tap'
import type { Attempt } from '../../../core/index.ts'
import { trailHeaders, wireAttempts, wireJobs, wirePreservation, wireSkipped } from '../../../plugins/_http/trail.ts'

const attempt: Attempt = {
  provider: 'acme', model: 'paint', code: 'EDIT_ERR_PROVIDER_TIMEOUT', message: 'late', ms: 5, costUsd: 0.5, billed: 'maybe', resumed: false
}

t.test('attempts and skipped models are told in this API\'s names', async t => {
  t.same(wireAttempts([attempt]), [
    { provider: 'acme', model: 'paint', code: 'EDIT_ERR_PROVIDER_TIMEOUT', message: 'late', ms: 5, cost_usd: 0.5, billed: 'maybe', resumed: false }
  ])
  t.same(wireSkipped([{ provider: 'acme', model: 'paint', reason: 'mask', message: 'takes no mask' }]), [
    { provider: 'acme', model: 'paint', reason: 'mask', message: 'takes no mask' }
  ])
})

t.test('what is left of the image is told by what could have been kept', async t => {
  t.equal(wirePreservation(null), null)
  t.same(wirePreservation({ of: 'all', before: 0.4, after: 0.4 }), { changed: 0.4 })
  t.same(wirePreservation({ of: 'unmasked', before: 0.4, after: 0 }), { changed_before: 0.4, changed_after: 0 })
})

t.test('a job is told by the vendor\'s id, else by a digest that is the same for the same handle', async t => {
  const idOf = (handle: Record<string, string | number>) => wireJobs([{ provider: 'acme', model: 'paint', handle }])[0]?.id
  t.same(wireJobs([{ provider: 'acme', model: 'paint', handle: { id: 'task-1', seed: 5 } }]), [{ provider: 'acme', model: 'paint', id: 'task-1' }])
  t.match(idOf({ id: 5 }), /^[0-9a-f]{32}$/)
  t.equal(idOf({ statusUrl: 'a' }), idOf({ statusUrl: 'a' }))
  t.not(idOf({ statusUrl: 'a' }), idOf({ statusUrl: 'b' }))
})

t.test('the headers hold the number of attempts and the cost of those that may have been billed', async t => {
  const attempts: Attempt[] = [
    { ...attempt, billed: 'no', costUsd: 0.3 }, { ...attempt, costUsd: 0.1 }, { ...attempt, provider: 'other', model: 'brush', code: null, billed: 'yes', costUsd: 0.2 }
  ]
  const counted = { 'x-retouch-attempts': '3', 'x-retouch-cost-usd': '0.3' }
  t.same(trailHeaders(attempts), { 'x-retouch-provider': 'other', 'x-retouch-model': 'brush', ...counted }, 'the one asked last')
  t.same(trailHeaders(attempts, { provider: 'acme', model: 'paint' }), { 'x-retouch-provider': 'acme', 'x-retouch-model': 'paint', ...counted }, 'the one that did it')
  t.same(trailHeaders([]), { 'x-retouch-attempts': '0', 'x-retouch-cost-usd': '0' })
})

t.test('a model of any name fits into a header', async t => {
  t.equal(trailHeaders([], { provider: 'acme', model: 'a b\r\nx: ü😀' })['x-retouch-model'], 'a%20b%0D%0Ax:%20%C3%BC%F0%9F%98%80')
})
