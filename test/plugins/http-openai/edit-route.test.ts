import { once } from 'node:events'
import t from 'tap'
import { anyResult } from '../../fixtures/one-call-each.ts'
import { asked, events } from '../../fixtures/studio-providers/studio-paint.ts'
import { buildService, dataUrl, image, mask, more, poster } from './service.ts'

const edit = { images: [{ image_url: dataUrl(image) }], prompt: 'a hat' }

t.test('JSON is taken as OpenAI\'s schema has it', async t => {
  const { app } = await buildService(t, anyResult)
  const post = poster(app)
  const { status, body, headers } = await post({ ...edit, mask: { image_url: dataUrl(mask) }, moderation: 'low', user: null })
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/json; charset=utf-8')
  t.match(body, { data: [{ b64_json: String }], retouch: { operation: 'inpaint', warnings: ['moderation has no effect: vendors moderate by their own rules', 'the paint is wet'] } })
  t.match(asked.at(-1), { operation: 'inpaint', images: [{ width: 96 }], mask: { width: 96, height: 80 } })
  for (const payload of [{ ...edit, images: [{ image_url: 'http://127.0.0.1/a.png' }] }, { ...edit, images: [{ file_id: 'file-1' }] }, { ...edit, colour: 'red' }]) {
    t.match(await post(payload), { status: 400, body: { error: { type: 'invalid_request_error' } } })
  }
})

t.test('a query does nothing, and that is said', async t => {
  const { app } = await buildService(t, anyResult)
  const answer = await app.inject({ method: 'POST', url: '/v1/images/edits?api-version=2025-04-01&n=2', payload: edit })
  t.match(answer.json(), { data: [Object], retouch: { warnings: ['the query was ignored (api-version, n): parameters are read from the body', 'the paint is wet'] } })
})

t.test('a body that is none is refused with the remedy', async t => {
  const { app } = await buildService(t, anyResult)
  const post = poster(app)
  t.match(await post('[1]'), { status: 400, body: { error: { message: 'The body must be a JSON object.' } } })
  t.match(await post('{"prompt":'), { status: 400, body: { error: { code: 'invalid_body' } } })
  t.match(await post('hello', { 'content-type': 'multipart/form-data' }), { status: 400, body: { error: { code: 'invalid_body', message: /boundary/ } } })
  t.match(await post('hello', { 'content-type': 'text/plain' }), { status: 415, body: { error: { message: 'The body must be multipart/form-data or application/json.' } } })
  t.match(await app.inject({ method: 'POST', url: '/v1/images/edits' }).then(answer => answer.json()), { error: { code: 'missing_required_parameter', param: 'prompt' } })
  t.match(await post({ prompt: 'a hat' }), { status: 400, body: { error: { code: 'missing_required_parameter', param: 'image' } } })
})

t.test('whoever may not wait gets an address, at which the answer is as it would have been', async t => {
  const { app, logs } = await buildService(t, { ...anyResult, deadlineMs: 1000 })
  for (const [prompt, expected] of [['a hat', { status: 200, body: { data: [{ b64_json: String }] } }], ['wait', { status: 504, body: { error: { code: 'timeout', param: null } } }]] as const) {
    const { status, headers } = await poster(app)({ ...edit, prompt }, { prefer: 'respond-async' })
    t.equal(status, 202)
    const fetched = await app.inject({ url: String(headers.location), headers: { prefer: 'wait=20' } })
    t.match({ status: fetched.statusCode, body: fetched.json() }, expected)
  }
  t.match(logs.filter(({ msg }) => msg === 'request failed after its answer had begun'), [{ level: 40, err: { code: 'EDIT_ERR_DEADLINE' } }], 'and the log has what failed')
})

t.test('without jobs everything is waited for, without results there are no addresses', async t => {
  const { app } = await buildService(t, anyResult, { 'http-jobs': false, 'http-results': false } as unknown as Record<string, object>) // false = left out
  const post = poster(app)
  t.match(await post(edit, { prefer: 'respond-async' }), { status: 200 })
  const before = asked.length
  t.match(await post({ ...edit, response_format: 'url' }), { status: 400, body: { error: { param: 'response_format', message: /take 'b64_json'.+http-results/ } } })
  t.equal(asked.length, before)
})

t.test('a stream carries no addresses', async t => {
  const { app } = await buildService(t, anyResult)
  t.match(await poster(app)({ ...edit, stream: true, response_format: 'url' }), { status: 400, body: { error: { param: 'response_format' } } })
})

t.test('a result that cannot be kept is in the answer all the same, and the log says why', async t => {
  const { app, logs } = await buildService(t, anyResult)
  t.match(await poster(app)({ ...edit, response_format: 'url' }), { body: { data: [{ url: /^http:\/\/localhost.*\/v1\/results\// }] } })
  Object.defineProperty(app.results, 'keep', { value: async () => { throw new Error('the disk is full') } })
  t.match(await poster(app)({ ...edit, response_format: 'url' }), {
    status: 200, body: { data: [{ b64_json: String }], retouch: { warnings: ['the paint is wet', 'response_format: the result could not be kept here, so that it comes as b64_json'] } }
  })
  t.match(logs.find(({ msg }) => msg === 'a result cannot be kept: it is sent in the answer'), { level: 50, err: { message: 'the disk is full' } })
})

t.test('a stream is written with the headers that let it through proxies', async t => {
  const { app } = await buildService(t, anyResult)
  const { status, headers, text } = await poster(app)({ ...edit, stream: true }, { 'idempotency-key': 'k' })
  t.equal(status, 200)
  t.match(headers, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no', 'x-retouch-provider': 'studio-paint' })
  t.match(text, /^event: image_edit\.completed\ndata: \{.*\}\n\n$/)
  t.match((await poster(app)({ ...edit, stream: true }, { 'idempotency-key': 'k' })).headers, { 'idempotency-replayed': 'true' })
})

t.test('a failure that is given again by its key says so, however it is asked for', async t => {
  const { app } = await buildService(t, { ...anyResult, deadlineMs: 1000 })
  const lost = { ...edit, prompt: 'fail EDIT_ERR_PROVIDER_RESPONSE', fallback: 'none' }
  for (const [key, again] of [['plain', {}], ['stream', { stream: true }]] as const) {
    t.match(await poster(app)({ ...lost, ...again }, { 'idempotency-key': key }), { status: 502, headers: { 'idempotency-replayed': undefined, 'x-should-retry': 'false' } }, key)
    t.match(await poster(app)({ ...lost, ...again }, { 'idempotency-key': key }), { status: 502, headers: { 'idempotency-replayed': 'true', 'x-should-retry': 'false' } }, key)
  }
  const begin = async () => (await poster(app)({ ...edit, prompt: 'wait' }, { 'idempotency-key': 'job', prefer: 'respond-async' })).headers.location
  const [first, joined] = [await begin(), await begin()]
  for (const [location, replayed] of [[first, undefined], [joined, 'true']]) {
    t.match(await app.inject({ url: String(location), headers: { prefer: 'wait=20' } }), { statusCode: 504, headers: { 'idempotency-replayed': replayed } })
  }
})

t.test('a stream that has begun ends with the error, and the log says what it was', async t => {
  const { app, logs } = await buildService(t, { ...anyResult, deadlineMs: 1000 }, { 'http-openai': { keepAliveMs: 10 } })
  const { status, text } = await poster(app)({ ...edit, prompt: 'wait', stream: true })
  t.equal(status, 200)
  t.match(text, /^: keep-alive\n\n.*event: error\ndata: \{"type":"error","error":\{"message":"no result within 1 s","type":"server_error","param":null,"code":"timeout",.*\}\}\n\n$/s)
  t.match(logs.find(({ msg }) => msg === 'request failed after its answer had begun'), { level: 40 })
})

t.test('an error of nobody\'s after a stream has begun is one of ours', async t => {
  const { app, logs } = await buildService(t, anyResult, { 'http-openai': { keepAliveMs: 10 } })
  const { promise, reject } = Promise.withResolvers<never>()
  Object.defineProperty(app.edits, 'run', { value: () => promise })
  setTimeout(() => reject(new Error('broken')), 50)
  const { text } = await poster(app)({ ...edit, stream: true })
  t.match(text, /event: error\ndata: .*"code":null/)
  t.match(logs.find(({ msg }) => msg === 'request failed after its answer had begun'), { level: 50 })
})

t.test('a stream that waits first and is done then ends with its events', async t => {
  const { app } = await buildService(t, anyResult, { 'http-openai': { keepAliveMs: 10 } })
  const { run } = app.edits
  Object.defineProperty(app.edits, 'run', {
    value: async (...given: Parameters<typeof run>) => {
      await new Promise(resolve => setTimeout(resolve, 50))
      return await run(...given)
    }
  })
  const { text } = await poster(app)({ ...edit, stream: true })
  t.match(text, /^(: keep-alive\n\n)+event: image_edit\.completed\n/)
})

t.test('who leaves while nothing was written is noted without a word in the log of errors', async t => {
  const { logs, client } = await buildService(t, anyResult)
  const caller = new AbortController()
  const began = once(events, 'asked')
  const aborted = once(events, 'aborted')
  const answer = client.images.edit(more({ image: new File([new Uint8Array(image)], 'a.png'), prompt: 'wait' }, {}), { signal: caller.signal }).catch((err: unknown) => err)
  await began
  caller.abort()
  await Promise.all([answer, aborted])
  const note = () => logs.find(({ msg }) => msg === 'the caller left before the edit was done')
  while (note() === undefined) await new Promise(resolve => setImmediate(resolve))
  t.match(note(), { level: 30 })
  t.notOk(logs.some(({ msg }) => msg === 'request failed'))
})
