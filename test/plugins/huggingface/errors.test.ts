import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import type { UpstreamAnswer } from '../../../core/index.ts'
import { createClassify, nsfwError } from '../../../plugins/huggingface/errors.ts'
import type { Answer } from '../../vendors/answer.ts'
import { huggingFaceFaults } from '../../vendors/huggingface/faults.ts'
import { json } from './fixtures.ts'

const classify = createClassify(EditError)

function faulty (name: string, argument?: number): UpstreamAnswer {
  const fault = huggingFaceFaults[name]?.(argument)
  const answer: Answer | undefined = fault?.instead ?? fault?.change?.({ status: 200, headers: {}, body: Buffer.alloc(0) })
  if (answer === undefined) throw new TypeError(`${name} has no answer`)
  return { ...answer, json: JSON.parse(answer.body.toString()) }
}

t.test('every error of Hugging Face and its providers has its code, and none was accepted', async t => {
  const rows: Array<[fault: string, code: string, message: RegExp, retryAfterMs?: number]> = [
    ['not_supported', 'EDIT_ERR_PROVIDER_UNSUPPORTED', /does not take this request: Model not supported by provider fal-ai$/],
    ['unknown_token', 'EDIT_ERR_PROVIDER_AUTH', /does not know the token: Invalid username or password\.$/],
    ['monthly_credits', 'EDIT_ERR_PROVIDER_QUOTA', /credits at Hugging Face are used up: You have exceeded your monthly/],
    ['pay_as_you_go', 'EDIT_ERR_PROVIDER_QUOTA', /Pay-as-you go is not enabled/],
    ['prepaid_credits', 'EDIT_ERR_PROVIDER_QUOTA', /Pre-paid/],
    ['no_permission', 'EDIT_ERR_PROVIDER_AUTH', /may not do this at Hugging Face: .*sufficient permissions/],
    ['gated', 'EDIT_ERR_PROVIDER_AUTH', /restricted/],
    ['not_found', 'EDIT_ERR_PROVIDER_UNSUPPORTED', /does not have this model/],
    ['gone', 'EDIT_ERR_PROVIDER_UNSUPPORTED', /no longer has this model: .*deprecated/],
    ['fal_validation', 'EDIT_ERR_PROVIDER_UNSUPPORTED', /does not take this request: image_url: Failed to load the image$/],
    ['fal_text', 'EDIT_ERR_PROVIDER_UNSUPPORTED', /: Unprocessable image$/],
    ['fal_policy', 'EDIT_ERR_CONTENT_REJECTED', /content policy .* refuses the image or prompt: prompt: The content/],
    ['replicate_problem', 'EDIT_ERR_PROVIDER_UNSUPPORTED', /: - input\.prompt: is wrong$/],
    ['together_nested', 'EDIT_ERR_PROVIDER_UNSUPPORTED', /: height must be a multiple of 16$/],
    ['together_nsfw', 'EDIT_ERR_CONTENT_REJECTED', /NSFW content detected/],
    ['wavespeed_message', 'EDIT_ERR_PROVIDER_UNSUPPORTED', /: prompt is too long$/],
    ['wavespeed_envelope_200', 'EDIT_ERR_PROVIDER_UNSUPPORTED', /: prompt is too long$/],
    ['error_list', 'EDIT_ERR_PROVIDER_UNSUPPORTED', /: Error in `parameters\.guidance_scale`: too large$/],
    ['rate_limited', 'EDIT_ERR_PROVIDER_RATE_LIMITED', /rate limit/, 123_000],
    ['rate_limited_retry_after', 'EDIT_ERR_PROVIDER_RATE_LIMITED', /Too many requests$/, 7000],
    ['rate_limited_bare', 'EDIT_ERR_PROVIDER_RATE_LIMITED', /Too many requests$/],
    ['replicate_throttled', 'EDIT_ERR_PROVIDER_RATE_LIMITED', /throttled/, 30_000],
    ['cold_start', 'EDIT_ERR_PROVIDER_UNAVAILABLE', /is loading the model: Model .* is currently loading$/, 20_000],
    ['cold_start_200', 'EDIT_ERR_PROVIDER_UNAVAILABLE', /is loading the model/, 20_000],
    ['overloaded', 'EDIT_ERR_PROVIDER_UNAVAILABLE', /cannot serve the model now: Service Unavailable$/]
  ]
  for (const [fault, code, message, retryAfterMs] of rows) {
    const error = classify(faulty(fault))
    t.match(error, { code, billed: 'no', message }, fault)
    t.equal(error?.retryAfterMs, retryAfterMs, fault)
  }
})

t.test('a model is loaded within a day, or nobody knows when', async t => {
  t.equal(classify(faulty('cold_start', 0))?.retryAfterMs, 0)
  t.equal(classify(faulty('cold_start', 0.0004))?.retryAfterMs, 1)
  t.equal(classify(faulty('cold_start', 1e9))?.retryAfterMs, 86_400_000)
  for (const estimated of [-1, '20', null]) {
    t.equal(classify(json({ error: 'loading', estimated_time: estimated }, { status: 503 }))?.retryAfterMs, undefined)
  }
  t.equal(classify(json({ estimated_time: 20 })), undefined, 'nothing is wrong')
  t.match(classify(json({ error: 'x', estimated_time: 20 }, { status: 401 })), { code: 'EDIT_ERR_PROVIDER_AUTH' })
})

t.test('waits as long as a header says, if it says it in seconds', async t => {
  const waits: Array<[headers: Record<string, string>, ms: number | undefined]> = [
    [{ ratelimit: '"api";r=0;t=5', 'retry-after': '9' }, 5000],
    [{ ratelimit: '"pages"; r=0; t=5' }, 5000],
    [{ ratelimit: 'soon' }, undefined],
    [{ 'retry-after': '999999' }, 86_400_000],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, undefined]
  ]
  for (const [headers, ms] of waits) {
    for (const status of [429, 503]) t.equal(classify(json({}, { status, headers }))?.retryAfterMs, ms, JSON.stringify(headers))
    t.equal(classify(json({}, { status: 400, headers }))?.retryAfterMs, undefined)
  }
})

t.test('a model that the token may not see is no bad token', async t => {
  const hidden = classify(json({ error: 'Invalid username or password.' }, { status: 401, headers: { 'x-error-code': 'RepoNotFound' } }))
  t.match(hidden, { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED' })
})

t.test('a job that has failed may be billed, and one that was refused is not shopped around', async t => {
  const replicate = (status: string, error: unknown) => json({ id: 'p1', status, error, output: null })
  const wavespeed = (status: string, error: unknown) => json({ code: 200, message: 'success', data: { id: 'p1', status, error, outputs: [] } })
  for (const tell of [replicate, wavespeed]) {
    t.match(classify(tell('failed', 'CUDA out of memory')), {
      code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', message: 'the job at the provider behind Hugging Face is failed: CUDA out of memory'
    })
    t.match(classify(tell('failed', { code: 1, message: 'worker lost' })), { message: /worker lost$/ })
    t.match(classify(tell('timeout', '')), { message: /is timeout$/ })
    for (const reason of ['NSFW content detected. Try another prompt.', 'Content flagged as potentially sensitive.', 'Blocked by content moderation']) {
      t.match(classify(tell('failed', reason)), { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'maybe', next: 'stop' }, reason)
    }
    for (const status of ['processing', 'canceled', 'succeeded', 'completed']) t.equal(classify(tell(status, null)), undefined, status)
  }
  t.match(classify(json({ code: 400, message: 'failed', data: { id: 'p1', status: 'failed', error: 'x' } }, { status: 400 })), { billed: 'maybe' })
})

t.test('finds an error behind status 200', async t => {
  t.match(classify(json({ error: 'something' })), { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', message: 'Hugging Face answered with an error: something' })
  t.equal(classify(json({ status: 'COMPLETED', error: 'asked for at the response' })), undefined)
  t.equal(classify(json({ code: 500, message: 'odd' })), undefined)
})

t.test('leaves to the kernel what is not in the table, and has nothing to say of what went well', async t => {
  for (const status of [408, 413, 500, 502, 504, 524]) t.equal(classify(json({ error: 'x' }, { status })), undefined, String(status))
  for (const value of [{ images: [{ url: 'https://x' }] }, { code: 200, data: { id: 'a', status: 'created' } }, { data: [{ b64_json: 'x' }] }, null, [], 'x', { error: null }]) {
    t.equal(classify(json(value)), undefined)
  }
})

t.test('an error without a body that can be read is known by its status, and long texts are cut', async t => {
  const bare = classify({ status: 403, headers: {}, body: Buffer.from('<html>'), json: undefined })
  t.match(bare, { code: 'EDIT_ERR_PROVIDER_AUTH', message: 'the token may not do this at Hugging Face' })
  t.equal(classify(json({ error: 'x'.repeat(1000) }, { status: 400 }))?.message.length, 'Hugging Face does not take this request: '.length + 300)
})

t.test('a picture that a safety checker blacked out was made', async t => {
  t.match(nsfwError(EditError, 'fal-ai'), { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'maybe', message: /fal-ai/ })
})
