import t from 'tap'
import { EditError, type EditErrorOptions, type ErrorCode } from '../../core/errors.ts'
import { chainError, nobody, skippedBy } from '../../core/outcome.ts'
import type { Plan } from '../../core/planner.ts'
import type { RejectionReason } from '../../core/request.ts'
import { request } from './fixtures.ts'

const rejected = (reason: RejectionReason, message = 'why') => ({ provider: 'acme', model: 'paint', reason, message })
const planOf = (...reasons: RejectionReason[]): Plan => ({ candidates: [], rejected: reasons.map(reason => rejected(reason)), warnings: [], retryAfterMs: undefined })
const failure = (code: ErrorCode, options: EditErrorOptions = {}) => new EditError(code, code, options)

t.test('a model that does something else altogether is no news', async t => {
  t.same(skippedBy(planOf('operation', 'mask')).map(({ reason }) => reason), ['mask'])
})

t.test('who could do it and is not there now is told before why others cannot', async t => {
  t.match(nobody(request(), planOf('mask', 'unconfigured')), { code: 'EDIT_ERR_NO_PROVIDER_AVAILABLE', retryAfterMs: undefined, message: /acme: why$/ })
  t.match(nobody(request(), { ...planOf('breaker'), retryAfterMs: 700 }), { code: 'EDIT_ERR_NO_PROVIDER_AVAILABLE', retryAfterMs: 700 })
  t.match(nobody(request(), planOf('mask')), { code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', message: /acme \(paint\) why/ })
  t.match(nobody(request(), planOf()), { message: /none is registered/ })
})

t.test('a chain ends with what says most', async t => {
  const quota = failure('EDIT_ERR_PROVIDER_QUOTA')
  const unsupported = failure('EDIT_ERR_PROVIDER_UNSUPPORTED')
  const busy = (retryAfterMs?: number) => failure('EDIT_ERR_PROVIDER_UNAVAILABLE', retryAfterMs === undefined ? {} : { retryAfterMs })
  t.equal(chainError({ failures: [quota] }), quota)
  t.match(chainError({ failures: [unsupported, unsupported] }), { code: 'EDIT_ERR_NO_CAPABLE_PROVIDER' })
  t.match(chainError({ failures: [busy(900), busy(300)] }), { code: 'EDIT_ERR_NO_PROVIDER_AVAILABLE', retryAfterMs: 300 })
  t.match(chainError({ failures: [busy(), busy()] }), { code: 'EDIT_ERR_ALL_PROVIDERS_FAILED' })
  t.match(chainError({ failures: [quota, busy(300)] }), { code: 'EDIT_ERR_ALL_PROVIDERS_FAILED', message: /all 2 providers failed: EDIT_ERR_PROVIDER_QUOTA; / })
  t.match(chainError({ failures: [] }), { code: 'EDIT_ERR_NO_PROVIDER_AVAILABLE' })
})

t.test('where everybody is busy with our own calls the caller may come back in a moment', async t => {
  const busy = failure('EDIT_ERR_PROVIDER_UNAVAILABLE', { details: { busy: true } })
  t.match(chainError({ failures: [busy] }), { code: 'EDIT_ERR_NO_PROVIDER_AVAILABLE', statusCode: 503, retryAfterMs: 1000 })
  t.match(chainError({ failures: [busy, busy] }), { code: 'EDIT_ERR_NO_PROVIDER_AVAILABLE' })
})
