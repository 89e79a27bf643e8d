import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import type { UpstreamAnswer } from '../../../core/index.ts'
import { createClassify } from '../../../plugins/stability/errors.ts'

const classify = createClassify(EditError)

function answer (status: number, json?: unknown, headers: Record<string, string> = {}): UpstreamAnswer {
  return { status, headers, json, body: Buffer.from(json === undefined ? '<html>' : JSON.stringify(json)) }
}

const problem = (name: string) => ({ id: '0123', name, errors: ['field: is wrong', 'other: too'] })

t.test('every error of the vendor has its code, and none of them is billed', async t => {
  const rows: Array<[status: number, name: string, code: string]> = [
    [400, 'bad_request', 'EDIT_ERR_PROVIDER_UNSUPPORTED'],
    [401, 'unauthorized', 'EDIT_ERR_PROVIDER_AUTH'],
    [402, 'payment_required', 'EDIT_ERR_PROVIDER_QUOTA'],
    [403, 'content_moderation', 'EDIT_ERR_CONTENT_REJECTED'],
    [403, 'forbidden', 'EDIT_ERR_PROVIDER_AUTH'],
    [413, 'payload_too_large', 'EDIT_ERR_PROVIDER_UNSUPPORTED'],
    [422, 'invalid_language', 'EDIT_ERR_PROVIDER_UNSUPPORTED'],
    [422, 'public_figure', 'EDIT_ERR_CONTENT_REJECTED'],
    [429, 'rate_limit_exceeded', 'EDIT_ERR_PROVIDER_RATE_LIMITED'],
    [500, 'internal_error', 'EDIT_ERR_PROVIDER_UNAVAILABLE']
  ]
  for (const [status, name, code] of rows) {
    t.match(classify(answer(status, problem(name))), {
      code, billed: 'no', message: /: field: is wrong; other: too$/, details: { name, id: '0123' }
    }, `${status} ${name}`)
  }
})

t.test('an error without a body that can be read is known by its status', async t => {
  for (const json of [undefined, { errors: 'no list' }, null, ['x']]) {
    const error = classify(answer(403, json))
    t.match(error, { code: 'EDIT_ERR_PROVIDER_AUTH', message: 'Stability AI refuses the API key' })
    t.same(error?.details, {})
  }
})

t.test('leaves statuses that are not the vendor\'s to the kernel', async t => {
  for (const status of [404, 408, 502, 503, 504, 524]) t.equal(classify(answer(status, problem('x'))), undefined)
})

t.test('reads the message of v1, and cuts long texts', async t => {
  t.match(classify(answer(401, { id: '1', name: 'unauthorized', message: 'Incorrect API key provided' })),
    { message: 'Stability AI does not know the API key: Incorrect API key provided' })
  const long = classify(answer(400, { errors: ['x'.repeat(1000)] }))
  t.equal(long?.message.length, 'Stability AI does not take this request: '.length + 300)
})

t.test('waits a minute when it is locked out, or as long as a header says', async t => {
  const waits: Array<[header: string | undefined, ms: number]> =
    [[undefined, 60_000], ['7', 7000], ['0', 60_000], ['-1', 60_000], ['soon', 60_000], ['Wed, 21 Oct 2026 07:28:00 GMT', 60_000], ['999999', 60_000]]
  for (const [header, ms] of waits) {
    t.equal(classify(answer(429, problem('rate_limit_exceeded'), header === undefined ? {} : { 'retry-after': header }))?.retryAfterMs, ms, String(header))
  }
  t.equal(classify(answer(400, problem('bad_request'), { 'retry-after': '7' }))?.retryAfterMs, undefined)
})

t.test('finds a filtered picture behind status 200, in the header and in the body', async t => {
  const filtered = { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'maybe', next: 'stop' }
  t.match(classify(answer(200, undefined, { 'finish-reason': 'CONTENT_FILTERED' })), filtered)
  t.match(classify(answer(200, { image: 'aGk=', finish_reason: 'CONTENT_FILTERED', seed: 1 })), filtered)
  const unknown = { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', message: /"PARTIAL"/ }
  t.match(classify(answer(200, undefined, { 'finish-reason': 'PARTIAL' })), unknown)
  t.match(classify(answer(200, { image: 'aGk=', finish_reason: 'PARTIAL' })), unknown)
})

t.test('has nothing to say of what went well', async t => {
  t.equal(classify(answer(200, undefined, { 'finish-reason': 'SUCCESS' })), undefined)
  t.equal(classify(answer(200, { image: 'aGk=', finish_reason: 'SUCCESS' })), undefined)
  t.equal(classify(answer(200, { id: 'a' })), undefined)
  t.equal(classify(answer(202, { id: 'a', status: 'in-progress' })), undefined)
})
