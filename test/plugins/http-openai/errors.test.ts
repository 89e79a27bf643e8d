import t from 'tap'
import { EditError, type EditErrorOptions, type ErrorCode, type Trail } from '../../../core/errors.ts'
import type { Attempt } from '../../../core/request.ts'
import { contextOf, createErrorAnswers, type ErrorContext } from '../../../plugins/http-openai/errors.ts'
import { Refusal } from '../../../plugins/http-openai/refusal.ts'
import { dataUrl, image, buildService, poster } from './service.ts'

const answers = createErrorAnswers({ EditError })
const answerOf = (error: unknown, context: ErrorContext = {}) => answers(error, context)
const attempt: Attempt = { provider: 'acme', model: 'paint', code: 'EDIT_ERR_PROVIDER_TIMEOUT', message: 'late', ms: 5, costUsd: 0.5, billed: 'maybe', resumed: false }

function failure (code: ErrorCode, options: EditErrorOptions = {}, trail?: Partial<Trail>) {
  const error = new EditError(code, 'it went wrong', options)
  if (trail !== undefined) error.trail = { attempts: [], skipped: [], ...trail }
  return error
}

t.test('an error of the kernel has OpenAI\'s four keys, and beside them what the trail tells', async t => {
  const { status, headers, error } = answerOf(failure('EDIT_ERR_ALL_PROVIDERS_FAILED', { details: { position: 3 } }, {
    attempts: [attempt], skipped: [{ provider: 'other', model: 'brush', reason: 'mask', message: 'takes no mask' }]
  }))
  t.equal(status, 502)
  t.same(Object.keys(error).slice(0, 4), ['message', 'type', 'param', 'code'])
  t.same(error, {
    message: 'it went wrong',
    type: 'server_error',
    param: null,
    code: 'all_vendors_failed',
    retouch: {
      position: 3,
      code: 'EDIT_ERR_ALL_PROVIDERS_FAILED',
      attempts: [{ provider: 'acme', model: 'paint', code: 'EDIT_ERR_PROVIDER_TIMEOUT', message: 'late', ms: 5, cost_usd: 0.5, billed: 'maybe', resumed: false }],
      skipped: [{ provider: 'other', model: 'brush', reason: 'mask', message: 'takes no mask' }]
    }
  })
  t.same(headers, { 'x-retouch-provider': 'acme', 'x-retouch-model': 'paint', 'x-retouch-attempts': '1', 'x-retouch-cost-usd': '0.5', 'x-should-retry': 'false' })
})

t.test('a parameter that is missing or wrong is named', async t => {
  t.match(answerOf(failure('EDIT_ERR_INVALID_REQUEST', { details: { missing: ['expand_left or expand_right', 'prompt'] } })), {
    status: 400, headers: {}, error: { type: 'invalid_request_error', code: 'missing_required_parameter', param: 'expand_left', message: "Missing required parameter: 'expand_left'. it went wrong." }
  })
  t.match(answerOf(failure('EDIT_ERR_INVALID_REQUEST', { details: { field: 'mask' } })), { status: 400, error: { type: 'invalid_request_error', code: 'invalid_value', param: 'mask' } })
  t.match(answerOf(failure('EDIT_ERR_INVALID_REQUEST', { details: { field: 'size' } })), { status: 400, error: { type: 'image_generation_user_error', code: 'invalid_value', param: 'size' } })
  t.match(answerOf(failure('EDIT_ERR_IMAGE_INVALID', { details: { field: 'image' } })), { status: 400, error: { type: 'image_generation_user_error', code: 'invalid_image_file', param: 'image' } })
})

t.test('moderation says at which end it refused', async t => {
  for (const [billed, stage] of [['no', 'input'], ['maybe', 'output'], ['yes', 'output']] as const) {
    t.match(answerOf(failure('EDIT_ERR_CONTENT_REJECTED', { billed })), {
      status: 400, error: { type: 'image_generation_user_error', code: 'moderation_blocked', param: null, moderation_details: { moderation_stage: stage, categories: ['other'] } }
    })
  }
})

t.test('libraries are told to wait, and not to repeat what may have been charged or cannot get better', async t => {
  const headersOf = (code: ErrorCode, options?: EditErrorOptions, trail?: Partial<Trail>, context?: ErrorContext) => {
    const { 'retry-after': wait, 'x-should-retry': retry } = answerOf(failure(code, options, trail), context).headers
    return [wait, retry]
  }
  t.same(headersOf('EDIT_ERR_PROVIDER_RATE_LIMITED', { retryAfterMs: 1500 }), ['2', undefined])
  t.same(headersOf('EDIT_ERR_PROVIDER_RATE_LIMITED'), ['1', undefined])
  t.same(headersOf('EDIT_ERR_OVERLOADED', { retryAfterMs: 1 }), ['1', undefined])
  t.same(headersOf('EDIT_ERR_NO_PROVIDER_AVAILABLE'), ['1', undefined])
  t.same(headersOf('EDIT_ERR_PROVIDER_UNAVAILABLE', {}, { attempts: [{ ...attempt, billed: 'no' }] }), [undefined, undefined])
  t.same(headersOf('EDIT_ERR_PROVIDER_UNAVAILABLE', {}, { attempts: [attempt] }), [undefined, 'false'])
  t.same(headersOf('EDIT_ERR_DEADLINE', {}, { attempts: [{ ...attempt, billed: 'yes' }] }), [undefined, 'false'])
  t.same(headersOf('EDIT_ERR_PROVIDER_RATE_LIMITED', {}, { attempts: [attempt] }), ['1', 'false'])
  t.same(headersOf('EDIT_ERR_PROVIDER_AUTH'), [undefined, 'false'])
  t.same(headersOf('EDIT_ERR_PROVIDER_QUOTA'), [undefined, 'false'])
  t.same(headersOf('EDIT_ERR_CONTENT_REJECTED', {}, { attempts: [attempt] }), [undefined, undefined], 'no library repeats a 400')
})

t.test('with its key, a request whose job still runs may be sent again: that is how its result is fetched', async t => {
  const leftovers = [{ provider: 'acme', model: 'paint', handle: { id: 'task-1' } }]
  const late = failure('EDIT_ERR_DEADLINE', {}, { attempts: [attempt], leftovers })
  const { headers, error } = answerOf(late, { isKeyed: true })
  t.notOk('x-should-retry' in headers)
  t.match(error, { message: /it went wrong; the vendor goes on with it: send the same request/, retouch: { jobs: [{ provider: 'acme', model: 'paint', id: 'task-1' }] } })
  t.match(answerOf(late).headers, { 'x-should-retry': 'false' })
  t.match(answerOf(failure('EDIT_ERR_DEADLINE', {}, { attempts: [attempt] }), { isKeyed: true }).headers, { 'x-should-retry': 'false' })
})

t.test('what other plugins refuse keeps its status', async t => {
  const foreign = (statusCode: number, more: object = {}) => answerOf(Object.assign(new Error('as it says'), { statusCode, ...more }), { bodyLimit: 5 })
  t.same(foreign(401), {
    status: 401, headers: { 'www-authenticate': 'Bearer' }, error: { message: 'as it says', type: 'invalid_request_error', param: null, code: 'invalid_api_key' }
  })
  t.match(foreign(403, { detail: 'not you' }), { error: { message: 'not you', code: null } })
  t.match(foreign(403, { detail: { no: 'text' } }), { error: { message: 'as it says' } })
  t.match(foreign(413, { code: 'FST_ERR_CTP_BODY_TOO_LARGE' }), { status: 413, error: { message: 'The body is larger than 5 bytes.', code: 'request_too_large' } })
  t.match(foreign(415, { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' }), { status: 415, error: { message: 'The body must be multipart/form-data or application/json.' } })
  t.match(foreign(400, { code: 'BODY_INVALID' }), { status: 400, error: { code: 'invalid_body' } })
  t.match(foreign(422), { status: 400, error: { message: 'as it says', code: 'invalid_body' } })
  t.match(foreign(429, { retryAfterMs: 3000 }), { status: 429, headers: { 'retry-after': '3' }, error: { type: 'requests', code: 'rate_limit_exceeded' } })
  t.match(answerOf(new Refusal('no', { param: 'n', code: 'c', type: 'image_generation_user_error', statusCode: 404 })), {
    status: 404, error: { message: 'no', param: 'n', code: 'c', type: 'image_generation_user_error' }
  })
})

t.test('all else is a 500 that tells nothing, and is not repeated where it may have cost something', async t => {
  const secret = { message: 'The server had an error while processing your request.', type: 'server_error', param: null, code: null }
  for (const error of [new Error('the secret'), 'text', null, Object.assign(new Error('x'), { statusCode: 503 }), { statusCode: 400 }]) {
    t.same(answerOf(error), { status: 500, headers: {}, error: secret })
    t.same(answerOf(error, { isPaid: true }).headers, { 'x-should-retry': 'false' })
  }
})

t.test('the context of an error is its request', async t => {
  const routeOptions = { bodyLimit: 7 }
  t.same(contextOf({ method: 'POST', headers: { 'idempotency-key': 'k' }, routeOptions }), { bodyLimit: 7, isKeyed: true, isPaid: true })
  t.same(contextOf({ method: 'GET', headers: {}, routeOptions }), { bodyLimit: 7, isKeyed: false, isPaid: false })
})

t.test('the log has what went wrong, and nothing of what is told by others', async t => {
  const { app, logs } = await buildService(t)
  const post = poster(app)
  const edit = { images: [{ image_url: dataUrl(image) }], model: 'studio-paint-2', fallback: 'none' }
  const levels: Record<string, number | undefined> = { 'fail EDIT_ERR_PROVIDER_UNAVAILABLE': 40, 'fail EDIT_ERR_OVERLOADED': undefined, '': undefined }
  for (const [prompt, level] of Object.entries(levels)) {
    logs.length = 0
    await post({ ...edit, prompt })
    t.equal(logs.find(({ msg }) => msg === 'request failed')?.level, level, prompt)
  }
  logs.length = 0
  Object.defineProperty(app.edits, 'offers', { value: () => { throw new Error('broken') } })
  t.match(await post({ ...edit, prompt: 'a hat' }), { status: 500, headers: { 'x-should-retry': 'false', 'x-request-id': /^req_/ }, body: { error: { type: 'server_error' } } })
  t.match(logs.find(({ msg }) => msg === 'request failed'), { level: 50, requestId: /^req_/, err: { message: 'broken' } })
})
