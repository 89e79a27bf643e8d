import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { createClassify, withBilled } from '../../../plugins/wavespeed/errors.ts'
import { answerOf } from './fixtures.ts'

const classify = createClassify(EditError)
const envelope = (code: number, message = 'some text') => ({ code, message, data: null })
const task = (status: string, rest: object = {}) => ({ code: 200, message: 'success', data: { id: 'ab12', status, ...rest } })

t.test('every status has its code, and says whether the task may be charged', async t => {
  const rows: Array<[status: number, message: string, code: string, billed: string]> = [
    [400, 'size: must be width*height', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    [401, 'Invalid API key', 'EDIT_ERR_PROVIDER_AUTH', 'no'],
    [402, 'pay', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    [403, 'Your account is suspended', 'EDIT_ERR_PROVIDER_AUTH', 'no'],
    [403, 'balance_not_enough', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    [404, 'model not found', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    [413, 'file too large', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    [422, 'unprocessable', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    [429, 'Too Many Requests', 'EDIT_ERR_PROVIDER_RATE_LIMITED', 'no'],
    [500, 'internal error', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    [502, 'bad gateway', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    [503, 'unavailable', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    [504, 'gateway timeout', 'EDIT_ERR_PROVIDER_TIMEOUT', 'maybe']
  ]
  for (const [status, message, code, billed] of rows) {
    const withStatus = classify(answerOf(envelope(status, message), status))
    t.match(withStatus, { code, billed }, `${status} ${message}`)
    t.ok(withStatus?.message.endsWith(`: ${message}`))
    t.match(classify(answerOf(envelope(status, message))), { code, billed, details: { code: status } }, `${status} behind 200`)
  }
  t.match(classify(answerOf(undefined, 500)), { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', message: 'WaveSpeed has failed' })
  t.match(classify(answerOf({ code: 401, message: 7 }, 401)), { message: 'WaveSpeed does not know the API key, or it was never topped up' })
})

t.test('an empty account is known by its text where the status does not tell', async t => {
  const texts = [
    'Insufficient credits', 'insufficient balance, please top up', 'INSUFFICIENT ACCOUNT BALANCE', 'balance_not_enough', 'Not enough credits',
    'Your balance is not sufficient', 'credits exhausted', 'Please top up.', 'Please top-up first', 'top up your account to go on'
  ]
  for (const text of texts) for (const status of [400, 403]) t.equal(classify(answerOf(envelope(status, text), status))?.code, 'EDIT_ERR_PROVIDER_QUOTA', text)
  for (const text of ['prompt "a credit card" is too long', 'balance the colours', 'roll her top up', 'insufficient contrast']) {
    t.equal(classify(answerOf(envelope(400, text), 400))?.code, 'EDIT_ERR_PROVIDER_UNSUPPORTED', text)
  }
  t.equal(classify(answerOf(envelope(500, 'insufficient balance'), 500))?.code, 'EDIT_ERR_PROVIDER_UNAVAILABLE')
})

t.test('moderation is known by its text', async t => {
  const texts = [
    'NSFW content detected', 'Blocked by moderation', 'violates our content policy', 'content_policy_violation', 'refused by the safety system',
    'The content was flagged as potentially sensitive', 'sensitive information', 'prohibited', 'inappropriate content'
  ]
  for (const text of texts) {
    t.match(classify(answerOf(envelope(400, text), 400)), { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'no' }, text)
    t.match(classify(answerOf(task('failed', { error: text }))), { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'no' }, text)
  }
  t.equal(classify(answerOf(envelope(400, 'field names are case-sensitive'), 400))?.code, 'EDIT_ERR_PROVIDER_UNSUPPORTED')
})

t.test('each end of a task has its code, failures are refunded', async t => {
  const rows: Array<[status: string, error: unknown, code: string, billed: string]> = [
    ['failed', 'no luck', 'EDIT_ERR_PROVIDER_RESPONSE', 'no'],
    ['failed', { code: 'E1', message: 'no luck' }, 'EDIT_ERR_PROVIDER_RESPONSE', 'no'],
    ['failed', 'Insufficient credits', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['timeout', '', 'EDIT_ERR_PROVIDER_TIMEOUT', 'no'],
    ['cancelled', '', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['deleted', null, 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe']
  ]
  for (const [status, error, code, billed] of rows) {
    for (const http of [200, 400, 500]) t.match(classify(answerOf(task(status, { error }), http)), { code, billed, details: { task: 'ab12', ended: status } }, `${status} ${http}`)
    t.match(classify(answerOf({ id: 'ab12', status, error })), { code, billed }, 'without an envelope')
  }
  t.equal(classify(answerOf(task('failed', { error: { code: 'E1', message: 'no luck' } })))?.message, 'WaveSpeed could not make the picture: no luck')
})

t.test('a marked picture is refused, and was paid for', async t => {
  t.match(classify(answerOf(task('completed', { has_nsfw_contents: [false, true] }))), { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'yes', next: 'stop' })
  t.equal(classify(answerOf(task('completed', { has_nsfw_contents: [false] }))), undefined)
})

t.test('has nothing to say of what goes well, nor of what it does not know', async t => {
  for (const json of [task('created'), task('processing', { code: 5004, error: 'Sync mode timed out' }), task('hibernating'), { code: 500, data: { id: 'a', status: 'processing' } }]) {
    t.equal(classify(answerOf(json)), undefined)
  }
  for (const json of [{ code: 200, data: { balance: 1 } }, { unknown: true }, { code: 'E1' }, null, undefined]) t.equal(classify(answerOf(json)), undefined)
  for (const status of [405, 408, 418, 524]) t.equal(classify(answerOf(envelope(status), status)), undefined)
})

t.test('an unknown code behind status 200 may be charged', async t => {
  t.match(classify(answerOf(envelope(1234, 'odd'))), {
    code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', message: 'WaveSpeed answered with the error 1234: odd', details: { code: 1234 }
  })
})

t.test('cuts long texts, and reads how long to wait', async t => {
  t.equal(classify(answerOf(envelope(400, 'x'.repeat(1000)), 400))?.message.length, 'WaveSpeed does not take this request: '.length + 300)
  for (const [header, ms] of [['7', 7000], ['0', undefined], ['soon', undefined]] as const) {
    t.equal(classify(answerOf(envelope(429), 429, { 'retry-after': header }))?.retryAfterMs, ms)
  }
})

t.test('an error can be said again with another bill', async t => {
  const error = new EditError('EDIT_ERR_PROVIDER_RATE_LIMITED', 'slow down', { details: { status: 429 }, retryAfterMs: 7 })
  t.match(withBilled(error, 'maybe', EditError), { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', message: 'slow down', billed: 'maybe', details: { status: 429 }, retryAfterMs: 7, cause: error })
  t.match(withBilled(new EditError('EDIT_ERR_PROVIDER_AUTH', 'no'), 'no', EditError, 'EDIT_ERR_PROVIDER_RESPONSE'), { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'no', retryAfterMs: undefined })
})
