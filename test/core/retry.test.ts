import t from 'tap'
import { EditError, type ErrorCode, type EditErrorOptions } from '../../core/errors.ts'
import { RetryBudget, retryDelay, type RetryQuestion } from '../../core/retry.ts'

const ask = (code: ErrorCode, options: EditErrorOptions = {}, changes: Partial<RetryQuestion> = {}) => retryDelay({
  error: new EditError(code, 'x', options), tries: 1, maxTries: 3, sliceLeftMs: 10_000, deadlineLeftMs: 60_000, others: true, random: 1, ...changes
})

t.test('only a call that was surely not accepted is made again', async t => {
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE'), 250)
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE', { billed: 'maybe' }), undefined)
  t.equal(ask('EDIT_ERR_PROVIDER_TIMEOUT'), undefined)
  t.equal(ask('EDIT_ERR_PROVIDER_TIMEOUT', { billed: 'no' }), undefined)
  t.equal(ask('EDIT_ERR_PROVIDER_AUTH'), undefined)
})

t.test('pauses grow, with full jitter, up to a bound, and end after the last try', async t => {
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE', {}, { tries: 2 }), 500)
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE', {}, { tries: 2, random: 0 }), 0)
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE', {}, { tries: 9, maxTries: 10 }), 4000)
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE', {}, { tries: 3 }), undefined)
})

t.test('the vendor\'s own time is waited for where it fits', async t => {
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE', { retryAfterMs: 9000 }), 9000)
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE', { retryAfterMs: 20_000 }), undefined)
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE', { retryAfterMs: 20_000 }, { others: false }), 20_000)
})

t.test('a rate limit is waited for only when nobody else can be asked and the vendor says how long', async t => {
  t.equal(ask('EDIT_ERR_PROVIDER_RATE_LIMITED', { retryAfterMs: 5 }), undefined)
  t.equal(ask('EDIT_ERR_PROVIDER_RATE_LIMITED', { retryAfterMs: 5 }, { others: false }), 5)
  t.equal(ask('EDIT_ERR_PROVIDER_RATE_LIMITED', { retryAfterMs: 60_000 }, { others: false }), undefined)
  t.equal(ask('EDIT_ERR_PROVIDER_RATE_LIMITED', {}, { others: false }), undefined)
})

t.test('of a provider\'s calls at most a tenth, and one, are retries', async t => {
  const budget = new RetryBudget()
  let retries = 0
  for (let call = 0; call < 200; call++) {
    budget.call('acme')
    if (budget.take('acme')) retries++
  }
  t.equal(retries, 21)
  t.equal(budget.take('other'), true, 'each provider has its own')
  for (let call = 0; call < 1000; call++) budget.call('calm')
  let saved = 0
  while (budget.take('calm')) saved++
  t.equal(saved, 10, 'calm times do not pay for a storm')
})

t.test('a provider that is busy with our own calls, or rests, is not waited for', async t => {
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE', { details: { busy: true } }), undefined)
  t.equal(ask('EDIT_ERR_PROVIDER_UNAVAILABLE', { details: { busy: true } }, { others: false }), undefined)
})
