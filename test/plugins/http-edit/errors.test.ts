import t from 'tap'
import { asked } from '../../fixtures/studio-providers/studio-paint.ts'
import { buildStudio, picture, poster, prefix } from './studio.ts'

const image = await picture()
const edit = { image_base64: image, operation: 'general_edit', prompt: 'a hat' }

t.test('a body that does not fit is a 422 with Pydantic\'s list', async t => {
  const { app } = await buildStudio(t)
  const { status, body } = await poster(app)('/edit/process', { image_base64: image, operation: 'dance', seed: 'x' })
  t.equal(status, 422)
  t.match(body, { detail: [{ type: 'literal_error', loc: ['body', 'operation'], input: 'dance' }, { type: 'int_parsing', loc: ['body', 'seed'] }] })
  for (const field of ['operation', 'image_base64'] as const) {
    const answer = await poster(app)('/edit/process', { ...edit, [field]: undefined })
    t.equal(answer.status, 422)
    t.match(answer.body, { detail: [{ type: 'missing', loc: ['body', field], msg: 'Field required' }] })
  }
})

t.test('an answer never holds the image that was sent', async t => {
  const { app } = await buildStudio(t)
  const long = 'A'.repeat(1_000_000)
  const text = 'A'.repeat(50_000)
  const bodies: Array<[number, object]> = [
    [422, { image_base64: long }], [422, { operation: text }], [422, { ...edit, seed: text }], [422, { ...edit, mask_base64: [text] }], [422, { ...edit, options: [text] }],
    [413, { operation: long }], [413, { ...edit, image: long }], [413, { ...edit, mask_base64: [long] }]
  ]
  for (const [status, body] of bodies) {
    const answer = await poster(app)('/edit/process', body)
    t.equal(answer.status, status)
    t.ok(JSON.stringify(answer.body).length < 1000)
  }
})

t.test('an input that the operation needs is a 422 that names each field which would do, and spends nothing', async t => {
  const { app } = await buildStudio(t)
  const before = asked.length
  const cases: Array<[object, string[]]> = [
    [{ operation: 'inpaint' }, ['prompt']],
    [{ operation: 'general_edit', prompt: ' ' }, ['prompt']],
    [{ operation: 'search_replace', prompt: 'a cat' }, ['search_prompt']],
    [{ operation: 'search_replace', search_prompt: 'a dog' }, ['prompt']],
    [{ operation: 'search_recolor', prompt: 'red' }, ['select_prompt']],
    [{ operation: 'search_recolor', select_prompt: 'the hat' }, ['prompt']],
    [{ operation: 'relight' }, ['background_image_base64', 'lighting_image_base64']],
    [{ operation: 'outpaint', expand_left: 0 }, ['expand_left', 'expand_right', 'expand_up', 'expand_down']],
    [{ operation: 'erase' }, ['mask_base64']]
  ]
  for (const [fields, missing] of cases) {
    const { status, body } = await poster(app)('/edit/process', { image_base64: image, ...fields })
    t.equal(status, 422)
    t.match(body.detail, missing.map(field => ({ type: 'missing', loc: ['body', field], msg: /^Field required: .+ needs / })))
    t.equal(body.detail.length, missing.length)
  }
  t.equal(asked.length, before)
})

t.test('a parameter with two values is a 422, the same value twice is none', async t => {
  const { app } = await buildStudio(t)
  const { status, body } = await poster(app)('/edit/process', { ...edit, seed: 1, options: { seed: 2 } })
  t.equal(status, 422)
  t.match(body.detail, [{ type: 'value_error', loc: ['body', 'options', 'seed'], msg: 'Value error, seed is also given beside the options, with another value' }])
  t.equal((await poster(app)('/edit/process', { ...edit, seed: 1, options: { seed: 1, steps: null } })).status, 200)
})

t.test('what is sent as an image and is none is a 4xx that names the field', async t => {
  const { app } = await buildStudio(t, { limits: { maxPixels: 1000, maxBytes: 5000 } })
  const cases: Array<[object, number, string, string]> = [
    [{ image_base64: '###' }, 400, 'EDIT_ERR_IMAGE_INVALID', 'image_base64'],
    [{ image_base64: '' }, 400, 'EDIT_ERR_IMAGE_INVALID', 'image_base64'],
    [{ image_base64: image.slice(0, -8) }, 400, 'EDIT_ERR_IMAGE_INVALID', 'image_base64'],
    [{ image_base64: await picture(100, 100) }, 413, 'EDIT_ERR_IMAGE_TOO_LARGE', 'image_base64'],
    [{ image_base64: Buffer.alloc(6000).toString('base64') }, 413, 'EDIT_ERR_IMAGE_TOO_LARGE', 'image_base64'],
    [{ image_base64: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64') }, 415, 'EDIT_ERR_IMAGE_UNSUPPORTED', 'image_base64'],
    [{ mask_base64: 'data:text/plain,hello' }, 400, 'EDIT_ERR_IMAGE_INVALID', 'mask_base64'],
    [{ mask_base64: Buffer.from('hello').toString('base64') }, 415, 'EDIT_ERR_IMAGE_UNSUPPORTED', 'mask_base64'],
    [{ operation: 'relight', background_image_base64: '?' }, 400, 'EDIT_ERR_IMAGE_INVALID', 'background_image_base64'],
    [{ operation: 'relight', lighting_image_base64: '?' }, 400, 'EDIT_ERR_IMAGE_INVALID', 'lighting_image_base64']
  ]
  for (const [fields, expected, code, field] of cases) {
    const { status, body } = await poster(app)('/edit/process', { ...edit, ...fields })
    t.equal(status, expected, `${code} ${field}`)
    t.match(body.detail, { error: code, code, field, message: new RegExp(`^${field}`), attempts: [], skipped: [] })
  }
})

t.test('a body that is too large, of another type, broken or missing is a 4xx', async t => {
  const { app } = await buildStudio(t, { limits: { bodyBytes: 2048 } })
  const post = poster(app)
  t.match(await post('/edit/process', { image_base64: 'A'.repeat(3000) }), { status: 413, body: { detail: 'the body is larger than 2048 bytes' } })
  t.match(await post('/estimate-cost', { operation: 'A'.repeat(70_000) }), { status: 413, body: { detail: 'the body is larger than 65536 bytes' } })
  const media = { status: 415, body: { detail: 'the body must be JSON (application/json), a form (multipart/form-data) or an image (image/*)' } }
  t.match(await post('/edit/process', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }), media)
  t.match(await post('/edit/process', 'a=b', { 'content-type': 'nonsense' }), media)
  t.match(await post('/edit/process', '{}', { 'content-type': 'text/plain' }), media)
  t.match(await post('/edit/process', '{"a":'), { status: 422, body: { detail: [{ type: 'json_invalid', loc: ['body', 5], msg: 'JSON decode error', ctx: { error: 'Expecting value' } }] } })
  t.match(await post('/edit/process', '{"seed":1,"seed":2}'), { status: 400, body: { detail: '"seed" is given twice' } })
  const missing = { detail: [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }] }
  t.match(await post('/edit/process', ''), { status: 422, body: missing })
  const nothing = await app.inject({ method: 'POST', url: `${prefix}/edit/process` })
  t.equal(nothing.statusCode, 422)
  t.same(nothing.json(), missing)
})

t.test('a body without a content-type is a 415', async t => {
  const { app } = await buildStudio(t)
  const response = await fetch(`${await app.listen({ host: '127.0.0.1', port: 0 })}${prefix}/edit/process`, { method: 'POST', body: new Uint8Array([123, 125]) })
  t.equal(response.status, 415)
  t.match(await response.json(), { detail: /^the body must be JSON/ })
})

t.test('a provider or model that is not known is a 422 with those that are', async t => {
  const { app } = await buildStudio(t)
  t.match(await poster(app)('/edit/process', { ...edit, provider: 'nobody' }), {
    status: 422,
    body: { detail: { code: 'EDIT_ERR_INVALID_REQUEST', error: 'EDIT_ERR_INVALID_REQUEST', message: /"nobody" is not known here/, field: 'provider', known: ['studio-paint'] } }
  })
})

t.test('what nobody can honour is a 422 with the reason of each model', async t => {
  const { app } = await buildStudio(t, { order: { general_edit: ['studio-ultra'] } })
  t.match(await poster(app)('/edit/process', { ...edit, mask_base64: await picture(8, 6, '#fff') }), {
    status: 422,
    body: {
      detail: {
        code: 'EDIT_ERR_NO_CAPABLE_PROVIDER',
        attempts: [],
        skipped: [{ provider: 'studio-ultra', model: 'studio-ultra-8k', reason: 'mask', message: 'takes no mask' }]
      }
    }
  })
  t.match(await poster(app)('/edit/recommend', { operation: 'erase', image_resolution: { width: 99_999, height: 1 } }), {
    status: 422, body: { detail: { code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', models: [{ model: 'studio-paint-2', reason: /pixels$/ }, {}, {}] } }
  })
})

t.test('failed providers are a 502, 503 or 504 with the attempts', async t => {
  const { app, logs } = await buildStudio(t, { order: { '*': ['studio-paint'], general_edit: ['studio-paint', 'studio-ultra'], relight: ['studio-keyless'] } })
  const post = async (fields: object) => await poster(app)('/edit/process', { ...edit, ...fields })
  t.match(await post({ prompt: 'fail EDIT_ERR_PROVIDER_QUOTA' }), {
    status: 502,
    body: {
      detail: {
        error: 'EDIT_ERR_ALL_PROVIDERS_FAILED',
        message: /all 2 providers failed/,
        code: 'EDIT_ERR_ALL_PROVIDERS_FAILED',
        attempts: [
          { provider: 'studio-paint', model: 'studio-paint-2', code: 'EDIT_ERR_PROVIDER_QUOTA', message: 'as the prompt says', ms: Number, cost_usd: 0, billed: 'no', resumed: false },
          { provider: 'studio-ultra', code: 'EDIT_ERR_PROVIDER_UNAVAILABLE' }
        ]
      }
    }
  })
  t.match(await post({ operation: 'inpaint', prompt: 'fail EDIT_ERR_PROVIDER_TIMEOUT' }), {
    status: 504,
    headers: { 'x-retouch-provider': 'studio-paint', 'x-retouch-model': 'studio-paint-2', 'x-retouch-attempts': '1', 'x-retouch-cost-usd': '0.02' },
    body: { detail: { attempts: [{ billed: 'maybe' }] } }
  })
  t.match(await post({ operation: 'relight', background_image_base64: image }), {
    status: 503,
    headers: { 'x-retouch-attempts': '0', 'x-retouch-cost-usd': '0', 'x-retouch-provider': undefined },
    body: { detail: { code: 'EDIT_ERR_NO_PROVIDER_AVAILABLE', message: /set STUDIO_KEYLESS_API_KEY/ } }
  })
  t.equal(logs.filter(({ msg, level }) => msg === 'request failed' && level === 40).length, 3)
})

t.test('the deadline is a 504', async t => {
  const { app } = await buildStudio(t, { deadlineMs: 1000 })
  t.match(await poster(app)('/edit/process', { ...edit, operation: 'inpaint', prompt: 'wait' }), {
    status: 504, body: { detail: { code: 'EDIT_ERR_DEADLINE', error: 'EDIT_ERR_DEADLINE', message: 'no result within 1 s', attempts: [{ provider: 'studio-paint' }] } }
  })
})

t.test('an error that knows when to come again says so', async t => {
  const { app } = await buildStudio(t)
  const { status, headers, body } = await poster(app)('/edit/process', { ...edit, operation: 'inpaint', prompt: 'fail EDIT_ERR_PROVIDER_RATE_LIMITED 2500' })
  t.equal(status, 503)
  t.equal(headers['retry-after'], '3')
  t.match(body, { detail: { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', retry_after: 3 } })
})

t.test('moderation is a 422 that says so', async t => {
  const { app } = await buildStudio(t)
  t.match(await poster(app)('/edit/process', { ...edit, prompt: 'fail EDIT_ERR_CONTENT_REJECTED' }), {
    status: 422, body: { detail: { code: 'EDIT_ERR_CONTENT_REJECTED', attempts: [{ provider: 'studio-paint', code: 'EDIT_ERR_CONTENT_REJECTED' }] } }
  })
})

t.test('what a provider throws by accident stays in the log', async t => {
  const { app, logs } = await buildStudio(t)
  const { status, body } = await poster(app)('/edit/process', { ...edit, operation: 'inpaint', prompt: 'crash' })
  t.equal(status, 502)
  t.notMatch(JSON.stringify(body), /secret/)
  t.match(JSON.stringify(logs), /the secret of the vendor/)
})

t.test('a request that the service has no room for is a 503, which whoever refused it has logged', async t => {
  const { app, logs } = await buildStudio(t)
  Object.defineProperty(app.edits, 'run', { value: async () => { throw new app.EditError('EDIT_ERR_OVERLOADED', 'full', { retryAfterMs: 5000 }) } })
  const { status, headers, body } = await poster(app)('/edit/process', edit)
  t.equal(status, 503)
  t.match(headers, { 'retry-after': '5', 'x-retouch-attempts': undefined })
  t.same(body, { detail: { error: 'EDIT_ERR_OVERLOADED', message: 'full', code: 'EDIT_ERR_OVERLOADED', attempts: [], skipped: [], retry_after: 5 } })
  t.same(logs.filter(({ msg }) => msg === 'request failed'), [])
})

t.test('an error that nobody foresaw is a 500 that tells nothing, and is logged', async t => {
  const { app, logs } = await buildStudio(t)
  const accidents: unknown[] = [new TypeError('secret'), Object.assign(new Error('secret'), { statusCode: 503 }), { statusCode: 400, secret: true }, null]
  Object.defineProperty(app.edits, 'run', { value: async () => { throw accidents.shift() } })
  while (accidents.length > 0) {
    t.match(await poster(app)('/edit/process', edit), { status: 500, body: { detail: 'Internal server error' } })
  }
  t.equal(logs.filter(({ msg, level }) => msg === 'request failed' && level === 50).length, 4)
})

t.test('what other plugins refuse is told in the forms that clients know', async t => {
  const usage = { current_calls: 5, limit: 5, provider: 'image_edit', operation_type: 'image_editing', operation_index: 0 }
  const quota = { error: 'limit reached', message: 'limit reached', provider: 'image_edit', usage_info: usage }
  const refusals: Record<string, object> = {
    credentials: Object.assign(new Error('no credentials'), { statusCode: 401 }),
    payment: Object.assign(new Error('pay first'), { statusCode: 402, code: 'PAY' }),
    quota: Object.assign(new Error('limit reached'), { statusCode: 429, detail: quota }),
    rate: Object.assign(new Error('slow down'), { statusCode: 429, detail: 'Too many requests', retryAfterMs: 60_000 })
  }
  const { app } = await buildStudio(t)
  Object.defineProperty(app.edits, 'run', { value: async ({ prompt }: { prompt: string }) => { throw refusals[prompt] } })
  const post = async (prompt: string) => await poster(app)('/edit/process', { ...edit, prompt })
  t.match(await post('credentials'), { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: { detail: 'no credentials' } })
  t.match(await post('payment'), { status: 402, body: { detail: 'pay first' } })
  t.same((await post('quota')).body, { detail: quota })
  t.match(await post('rate'), { status: 429, headers: { 'retry-after': '60' } })
  t.same((await post('rate')).body, { detail: 'Too many requests', retry_after: 60 })
})
