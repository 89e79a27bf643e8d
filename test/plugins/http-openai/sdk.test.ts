import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import OpenAI from 'openai'
import t from 'tap'
import { draw, open } from '../../core/imaging/pictures.ts'
import { asked, events } from '../../fixtures/studio-providers/studio-paint.ts'
import { anyResult } from '../../fixtures/one-call-each.ts'
import { createStabilityEmulator } from '../../vendors/stability/index.ts'
import { createWavespeedEmulator } from '../../vendors/wavespeed/index.ts'
import { buildService, changes, clientOf, file, fixtures, flat, image, mask, maskedPixels, more, photo, pixelsOf } from './service.ts'
import { buildStudio } from '../http-edit/studio.ts'

/** What the work throws. */
const caught = async (work: Promise<unknown>): Promise<unknown> => await work.then(() => undefined, (err: unknown) => err)

t.test('an edit of one image, with everything that the library can say', async t => {
  const { client } = await buildService(t, anyResult)
  const { data, response, request_id: id } = await client.images.edit({
    image: await file(),
    prompt: 'a hat',
    model: 'studio-paint-2',
    n: 1,
    size: 'auto',
    quality: 'high',
    background: 'auto',
    output_format: 'png',
    output_compression: 100,
    input_fidelity: 'high',
    response_format: 'b64_json',
    user: 'u-1',
    safety_identifier: 's-1',
    complexity: null
  }).withResponse()
  t.match(id, /^req_[0-9a-f]{32}$/)
  t.equal(response.headers.get('x-retouch-provider'), 'studio-paint')
  t.match(data, {
    created: Number,
    data: [{ b64_json: String }],
    background: 'transparent',
    output_format: 'png',
    size: '96x80',
    quality: 'high',
    retouch: {
      provider: 'studio-paint',
      vendor: 'studio',
      model: 'studio-paint-2',
      operation: 'general_edit',
      seed: 7,
      cost_usd: 0.03,
      attempts: [{ provider: 'studio-paint', code: null, billed: 'yes' }],
      skipped: [],
      adaptations: Array,
      preservation: { changed: 1 },
      warnings: [
        'user is not passed on to any vendor',
        'safety_identifier is not passed on to any vendor',
        'output_compression has no effect: PNG loses nothing',
        'quality is not something that studio-paint-2 takes: it was not sent',
        'input_fidelity is not something that studio-paint-2 takes: it was not sent',
        'the paint is wet'
      ]
    }
  })
  t.notOk('usage' in data, 'nobody knows it')
  t.match(await pixelsOf(data.data?.[0]?.b64_json), { width: 96, height: 80 })
})

t.test('what the mask has transparent is edited, every other pixel is the image\'s', async t => {
  const stability = await createStabilityEmulator({ megapixels: 'always' })
  t.after(() => stability.close())
  const { client } = await buildService(t, {}, { stability: { apiKey: stability.key, baseUrl: stability.url } })
  const answer = await client.images.edit({ image: await file(), mask: await file(mask), prompt: 'a green ball', model: 'stability-inpaint' })
  t.match(answer, { size: '96x80', retouch: { provider: 'stability', operation: 'inpaint', preservation: { changed_after: 0 } } })
  const { masked, kept } = changes(await pixelsOf(answer.data?.[0]?.b64_json))
  t.equal(kept, 0)
  t.ok(masked > maskedPixels / 2, `${masked} of ${maskedPixels}`)
})

t.test('the local provider erases what is masked, by the name of the operation', async t => {
  const { client } = await buildService(t, {}, { local: {} })
  const answer = await client.images.edit(more({ image: await file(), mask: await file(mask), prompt: '', model: 'local/local-erase' }, { operation: 'erase' }))
  t.match(answer, { retouch: { provider: 'local', operation: 'erase', cost_usd: 0 } })
  const { masked, kept } = changes(await pixelsOf(answer.data?.[0]?.b64_json))
  t.equal(kept, 0)
  t.ok(masked > maskedPixels / 2, `${masked} of ${maskedPixels}`)
})

t.test('several images reach the model in their order', async t => {
  const wavespeed = await createWavespeedEmulator({ polls: 0, pixelScale: 1 / 16 })
  t.after(() => wavespeed.close())
  const { client } = await buildService(t, { downloads: { allowHosts: [new URL(wavespeed.storage.url).host] } }, {
    wavespeed: { apiKey: wavespeed.key, baseUrl: wavespeed.url, pollMs: 10 }, 'wavespeed-qwen': {}
  })
  const answer = await client.images.edit({ image: [await file(), await file(await open(draw(64, 32, 3, () => [9, 9, 9])).png().toBuffer(), 'b.png')], prompt: 'both together', model: 'qwen-edit-plus' })
  t.match(answer, { retouch: { provider: 'wavespeed-qwen', model: 'qwen-edit-plus' } })
  t.match(wavespeed.calls.find(({ charged }) => charged > 0)?.fields, { prompt: 'both together', images: 'png 96×80, png 64×32' })
})

t.test('n results are n images, streamed one after the other too', async t => {
  const { client } = await buildService(t, anyResult)
  const edit = { image: await file(), prompt: 'a hat', n: 3, model: 'studio-paint-2' }
  const answer = await client.images.edit(edit)
  t.equal(answer.data?.length, 3)
  t.match(answer, { retouch: { requested: 3, delivered: 3, seeds: [7, 7, 7] } })
  const types = []
  for await (const { type } of await client.images.edit({ ...edit, stream: true })) types.push(type)
  t.same(types, new Array(3).fill('image_edit.completed'))
  const refused = await caught(client.images.edit({ ...edit, image: [await file(), await file(Buffer.from('hello'), 'b.png')] }))
  t.match(refused, { status: 400, type: 'image_generation_user_error', param: 'image[1]' })
})

t.test('extra fields of this service pass through the library, at the top and in provider_options', async t => {
  const { client } = await buildService(t, anyResult)
  await client.images.edit(more({ image: await file(), prompt: 'a dog' }, {
    operation: 'search_replace', seed: 7, provider_options: { search_prompt: 'a cat', grow_mask: 3, steps: 20 }, fallback: ['studio-paint']
  }))
  t.match(asked.at(-1), { operation: 'search_replace', searchPrompt: 'a cat', parameters: { seed: 7, grow_mask: 3, steps: 20 } })
})

t.test('a stream of the file system is sent in pieces, and is not asked for twice', async t => {
  const { client } = await buildService(t, anyResult)
  const path = join(t.testdir(), 'a.png')
  await writeFile(path, image)
  const answer = await client.images.edit({ image: createReadStream(path), prompt: 'a hat' })
  t.match(answer, { size: '96x80' })
  t.same(asked.at(-1)?.images[0].bytes, image)
})

t.test('with stream, one event for each image, with all fields that OpenAI\'s schema has', async t => {
  const { client } = await buildService(t, anyResult)
  const received = []
  for await (const event of await client.images.edit({ image: await file(), prompt: 'a hat', stream: true, partial_images: 2 })) received.push(event)
  t.equal(received.length, 1)
  t.match(received[0], {
    type: 'image_edit.completed',
    b64_json: String,
    created_at: Number,
    size: '96x80',
    quality: 'auto',
    background: 'transparent',
    output_format: 'png',
    usage: { total_tokens: 0, input_tokens: 0, output_tokens: 0, input_tokens_details: { text_tokens: 0, image_tokens: 0 } },
    retouch: { provider: 'studio-paint' }
  })
  t.match(await pixelsOf(received[0]?.b64_json), { width: 96, height: 80 })
})

t.test('a stream that waits says that it lives, and an edit that fails meanwhile is an event', async t => {
  const { client } = await buildService(t, { ...anyResult, deadlineMs: 1000 }, { 'http-openai': { keepAliveMs: 20 } })
  const stream = await client.images.edit({ image: await file(), prompt: 'wait', stream: true })
  await t.rejects(async () => { for await (const event of stream) t.fail(`there is no ${event.type}`) }, {
    name: 'Error', status: undefined, code: 'timeout', type: 'server_error', param: null, message: /no result within 1 s/
  })
})

t.test('before the stream has begun an error has its status', async t => {
  const { client } = await buildService(t, anyResult)
  t.ok(await caught(client.images.edit({ image: await file(), prompt: '', stream: true })) instanceof OpenAI.BadRequestError)
  t.ok(await caught(client.images.edit({ image: await file(), prompt: 'fail EDIT_ERR_PROVIDER_UNAVAILABLE', stream: true, model: 'studio-paint-2', ...{ fallback: 'none' } })) instanceof OpenAI.InternalServerError)
})

t.test('who leaves a stream, or gives up, stops the edit', async t => {
  const { client } = await buildService(t, anyResult, { 'http-openai': { keepAliveMs: 5 } })
  for (const stream of [true, false]) {
    const caller = new AbortController()
    const began = once(events, 'asked')
    const aborted = once(events, 'aborted')
    const answer = client.images.edit({ image: await file(), prompt: 'wait', stream }, { signal: caller.signal })
    const left = caught(answer)
    await began
    // A stream has begun; another answer never will.
    if (stream) await left
    caller.abort()
    await aborted
    t.equal(await left instanceof OpenAI.APIUserAbortError, !stream)
  }
})

t.test('by URL the result is fetched from the service', async t => {
  const { client } = await buildService(t, {}, { local: {} })
  const answer = await client.images.edit({ image: await file(), prompt: 'mirror horizontally', model: 'local-general-edit', response_format: 'url' })
  const [{ url = '', b64_json: base64 } = {}] = answer.data ?? []
  t.equal(base64, undefined)
  const fetched = await fetch(url)
  t.match(fetched, { status: 200 })
  t.equal(fetched.headers.get('content-type'), 'image/png')
  const { data } = await pixelsOf(Buffer.from(await fetched.arrayBuffer()).toString('base64'))
  t.same([...data.subarray(0, 3)], [...photo.data.subarray(95 * 3, 96 * 3)], 'the first pixel was the last of its row')
  t.equal((await fetch(url.replace(/signature=(.)/, (_, first: string) => `signature=${first === 'A' ? 'B' : 'A'}`))).status, 404)
})

t.test('models are listed, and found by each of their names', async t => {
  const { client } = await buildService(t, anyResult, { 'http-openai': { modelAliases: { 'gpt-image-1.5': 'studio-paint-2', 'gpt-image-2': 'auto' } } })
  const names = []
  for await (const model of client.models.list()) names.push(model.id)
  t.same(names, ['auto', 'gpt-image-1.5', 'gpt-image-2', 'studio-paint-2', 'studio-ultra-8k', 'keyless-light'])
  t.match(await client.models.retrieve('studio-paint/studio-paint-2'), { id: 'studio-paint/studio-paint-2', object: 'model', created: Number, owned_by: 'studio' })
  t.ok(await caught(client.models.retrieve('dall-e-2')) instanceof OpenAI.NotFoundError)
  const answer = await client.images.edit({ image: await file(), prompt: 'a hat', model: 'gpt-image-1.5' })
  t.match(answer, { retouch: { model: 'studio-paint-2' } })
})

t.test('each error is of the class that the library has for it', async t => {
  const { client, requests } = await buildService(t, anyResult)
  const edit = async (prompt: string, extra: object = {}, options = {}) => await client.images.edit(more({ image: await file(), prompt, model: 'studio-paint-2' }, { fallback: 'none', ...extra }), options)
  t.ok(await caught(edit('')) instanceof OpenAI.BadRequestError)
  await t.rejects(edit(''), { status: 400, type: 'invalid_request_error', code: 'missing_required_parameter', param: 'prompt', requestID: /^req_/ })
  await t.rejects(edit('a', { model: 'dall-e-2' }), { status: 400, code: 'invalid_value', param: 'model', message: /Supported values are: 'auto'/ })
  await t.rejects(edit('a', { mask: await file(flat) }), { status: 400, param: 'mask', message: /no alpha channel: send a PNG whose transparent pixels/ })
  await t.rejects(edit('fail EDIT_ERR_CONTENT_REJECTED'), {
    status: 400, type: 'image_generation_user_error', code: 'moderation_blocked', param: null, error: { moderation_details: { moderation_stage: 'output', categories: ['other'] } }
  })
  t.ok(await caught(edit('fail EDIT_ERR_PROVIDER_RATE_LIMITED')) instanceof OpenAI.RateLimitError)
  await t.rejects(edit('fail EDIT_ERR_PROVIDER_TIMEOUT'), { status: 504, type: 'server_error', code: 'timeout', error: { retouch: { code: 'EDIT_ERR_PROVIDER_TIMEOUT', attempts: [{ billed: 'maybe' }] } } })
  t.ok(await caught(edit('crash')) instanceof OpenAI.InternalServerError)
  t.ok(await caught(client.post('/images/generations', { body: {} })) instanceof OpenAI.NotFoundError)
  const before = requests.count
  const nobody = new OpenAI({ apiKey: 'sesame', baseURL: 'http://127.0.0.1:1/v1', maxRetries: 0 })
  t.ok(await caught(nobody.images.edit({ image: await file(), prompt: 'a' })) instanceof OpenAI.APIConnectionError)
  t.equal(requests.count, before)
})

t.test('the library repeats what costs nothing, and never what may have been charged', async t => {
  const { client, requests } = await buildService(t, anyResult)
  const cases: Array<[string, number]> = [
    ['fail EDIT_ERR_PROVIDER_UNAVAILABLE', 2],
    ['fail EDIT_ERR_PROVIDER_RATE_LIMITED 20', 2],
    ['fail EDIT_ERR_PROVIDER_RESPONSE', 1],
    ['fail EDIT_ERR_PROVIDER_TIMEOUT', 1],
    ['fail EDIT_ERR_PROVIDER_AUTH', 1],
    ['fail EDIT_ERR_PROVIDER_QUOTA', 1],
    ['fail EDIT_ERR_CONTENT_REJECTED', 1],
    ['', 1]
  ]
  for (const [prompt, expected] of cases) {
    const [before, submits] = [requests.count, asked.length]
    t.ok(await caught(client.images.edit(more({ image: await file(), prompt, model: 'studio-paint-2' }, { fallback: 'none' }), { maxRetries: 1 })) instanceof OpenAI.APIError)
    t.equal(requests.count - before, expected, prompt)
    t.equal(asked.length - submits, prompt === '' ? 0 : expected)
  }
})

t.test('refusals of other plugins come in the library\'s classes too', async t => {
  const { app } = await buildStudio(t, anyResult, { directories: [join(fixtures, 'studio-providers'), join(fixtures, 'gate-plugins')] })
  const { client } = await clientOf(app)
  const edit = async (apiKey: string) => await client.withOptions({ apiKey }).images.edit({ image: await file(), prompt: 'a hat' })
  await t.resolves(edit('sesame'))
  t.ok(await caught(edit('wrong')) instanceof OpenAI.AuthenticationError)
  await t.rejects(edit('wrong'), { status: 401, type: 'invalid_request_error', code: 'invalid_api_key', param: null, message: '401 Incorrect API key provided.', requestID: /^req_/ })
  t.ok(await caught(edit('banned')) instanceof OpenAI.PermissionDeniedError)
  await t.rejects(edit('banned'), { message: '403 You may not do this.' })
  t.ok(await caught(edit('exhausted')) instanceof OpenAI.RateLimitError)
})

t.test('a key of the caller\'s makes an edit once, however often the library sends it', async t => {
  const { client } = await buildService(t, anyResult)
  const headers = { 'idempotency-key': 'one-hat' }
  const edit = async (options: object) => await client.images.edit({ image: await file(), prompt: 'a hat' }, options).withResponse()
  const before = asked.length
  const [first, second] = [await edit({ headers }), await edit({ headers })]
  t.equal(asked.length, before + 1)
  t.same(second.data.data, first.data.data)
  t.same([first, second].map(({ response }) => response.headers.get('idempotency-replayed')), [null, 'true'])
  t.match(await caught(edit({ headers: { 'idempotency-key': 'two words' } })), { status: 400, param: 'Idempotency-Key' })
})
