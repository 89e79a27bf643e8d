import t from 'tap'
import { dataUri, start } from './huggingface/client.ts'
import { huggingFaceFaults } from './huggingface/faults.ts'
import { defaultKey } from './huggingface/index.ts'

const route = '/fal-ai/fal-ai/qwen-image-edit'
const complete = { prompt: 'a green apple', image_url: dataUri }
const mapping = (model: string, query = '?expand[]=inferenceProviderMapping') => `/api/models/${model}${query}`

t.test('the Hub tells who serves a model, as an object or as a list', async t => {
  const record = await start(t)
  t.match(await record.send(record.emulator.hub.url + mapping('Qwen/Qwen-Image-Edit')), {
    status: 200,
    json: {
      id: 'Qwen/Qwen-Image-Edit',
      inferenceProviderMapping: { 'fal-ai': { providerId: 'fal-ai/qwen-image-edit', status: 'live', task: 'image-to-image' }, replicate: {} }
    }
  })
  const array = await start(t, { shape: 'array' })
  t.match(await array.send(array.emulator.hub.url + mapping('kontext-community/relighting-kontext-dev-lora-v3')), {
    status: 200,
    json: { inferenceProviderMapping: [{ provider: 'fal-ai', hfModelId: /^kontext/, adapter: 'lora', adapterWeightsPath: /safetensors$/ }, { provider: 'wavespeed' }, {}] }
  })
})

t.test('the Hub tells no more than it is asked, and nothing of what it does not have', async t => {
  const { emulator: { hub, key }, send } = await start(t)
  t.notMatch((await send(hub.url + mapping('Qwen/Qwen-Image-Edit', ''))).json, { inferenceProviderMapping: {} })
  t.notMatch((await send(hub.url + mapping('fancy-lab/weights-only'))).json, { inferenceProviderMapping: {} })
  t.match(await send(hub.url + mapping('Qwen/Qwen-Image-Edit', '?expand[]=everything')), { status: 400 })
  t.match(await send(hub.url + mapping('no-lab/no-model')), { status: 404, json: { error: 'Repository not found' } })
  t.equal((await send(hub.url + mapping('constructor'))).status, 404)
  t.match(await send(hub.url + mapping('Qwen/Qwen-Image-Edit'), { headers: { authorization: 'Bearer hf_unknown' } }), { status: 401 })

  // Without a token it does not say which models there are.
  const anonymous = await fetch(hub.url + mapping('no-lab/no-model'))
  t.equal(anonymous.status, 401)
  t.equal(anonymous.headers.get('x-error-code'), 'RepoNotFound')
  t.equal((await fetch(hub.url + mapping('Qwen/Qwen-Image-Edit'))).status, 200)
  t.equal(hub.spent(), 0)
  t.match(key, /^hf_/)
})

t.test('the router knows a model by its path, and each provider\'s own alone', async t => {
  const { post, emulator } = await start(t)
  const paths: Array<[path: string, provider: string, body?: object]> = [
    ['/fal-ai/fal-ai/unknown', 'fal-ai'],
    ['/fal-ai/qwen/qwen-image-edit', 'fal-ai'],
    ['/fal-ai/fal-ai/qwen-image-edit?_subdomain=other', 'fal-ai'],
    ['/replicate/v1/models/fal-ai/qwen-image-edit/predictions', 'replicate'],
    ['/replicate/v1/predictions', 'replicate', { input: { prompt: 'x' }, version: 'ffffffffffff' }],
    ['/wavespeed/api/v3/wavespeed-ai/unknown', 'wavespeed'],
    ['/together/v1/images/generations', 'together', { model: 'unknown', prompt: 'x' }],
    ['/hf-inference/models/Qwen/Qwen-Image-Edit', 'hf-inference']
  ]
  for (const [path, provider, body = complete] of paths) {
    t.match(await post(path, body), { status: 400, json: { error: `Model not supported by provider ${provider}` } }, path)
  }
  t.equal((await post('/nebius/v1/images', {})).status, 404)
  t.equal(emulator.spent(), 0)
})

t.test('tokens are known, may call, and may bill only their organisations', async t => {
  const { post, get, emulator } = await start(t, {
    accounts: { [defaultKey]: { credits: 1, organizations: ['acme'] }, hf_readOnly: { credits: 1, permitted: false } }
  })
  for (const authorization of ['', 'Bearer hf_unknown', `Basic ${defaultKey}`, defaultKey, 'Key hf_x', 'Bearer constructor']) {
    t.match(await post(route, complete, { authorization }), { status: 401, json: { error: 'Invalid username or password.' } }, authorization)
  }
  t.equal((await get(`${route}/requests/1/status`, { authorization: '' })).status, 401)
  t.match(await post(route, complete, { authorization: 'Bearer hf_readOnly' }), { status: 403, json: { error: /sufficient permissions/ } })
  t.equal((await post(route, complete, { 'x-hf-bill-to': 'other' })).status, 403)
  t.equal((await post(route, complete, { authorization: 'Bearer hf_readOnly', 'x-hf-bill-to': 'acme' })).status, 403)
  t.equal(emulator.spent(), 0)
  const billed = await post(route, complete, { 'x-hf-bill-to': 'acme' })
  t.equal(billed.status, 200)
  t.match(billed.headers.get('x-request-id'), /^Root=1-/)
  t.match(emulator.calls.at(-1), { headers: { 'x-hf-bill-to': 'acme' }, charged: 0.03, fields: { prompt: 'a green apple', image: 'png 96×80' } })
})

t.test('makes nothing without the credits for it', async t => {
  const { post, emulator } = await start(t, { accounts: { [defaultKey]: { credits: 0.05 } } })
  t.equal((await post(route, complete)).status, 200)
  t.match(await post(route, complete), { status: 402, json: { error: /^You have exceeded your monthly included credits/ } })
  t.equal(emulator.spent(), 0.03)
  t.equal(Math.round(emulator.balance() * 100), 2)
  t.equal(emulator.balance('hf_unknown'), 0)
})

t.test('results lie on another host, under signed addresses, and that host takes no token', async t => {
  const { post, send, emulator } = await start(t)
  const { json } = await post(route, complete)
  const [url] = /http:[^"]+/.exec(JSON.stringify(json)) ?? []
  t.ok(url?.startsWith(emulator.files.url))
  t.not(new URL(emulator.files.url).host, new URL(emulator.url).host)
  t.match(await send(url ?? ''), { status: 400, json: { error: 'a token was sent to a stranger' } })
  t.equal((await fetch((url ?? '').replace(/signature=\w+/, 'signature=0'))).status, 403)
  t.equal((await fetch(`${emulator.files.url}/files/none`)).status, 403)
  const file = await fetch(url ?? '')
  t.equal(file.status, 200)
  t.equal(file.headers.get('content-type'), 'image/png')
})

t.test('every error of the table can be met by appointment or by a word in the prompt', async t => {
  const { post, emulator } = await start(t)
  const rows: Array<[fault: string, status: number, json: object, headers?: Record<string, string>]> = [
    ['not_supported', 400, { error: 'Model not supported by provider fal-ai' }],
    ['unknown_token', 401, { error: /.+/ }],
    ['monthly_credits', 402, { error: /PRO/ }],
    ['pay_as_you_go', 402, { error: 'Pay-as-you go is not enabled for provider fal-ai yet.' }],
    ['prepaid_credits', 402, { error: /^Pre-paid credits/ }],
    ['no_permission', 403, { error: /.+/ }],
    ['gated', 403, { error: /restricted/ }],
    ['not_found', 404, { error: /.+/ }],
    ['gone', 410, { error: /deprecated/ }],
    ['fal_validation', 422, { detail: [{ loc: ['body', 'image_url'], type: 'image_load_error' }] }],
    ['fal_policy', 422, { detail: [{ type: 'content_policy_violation' }] }],
    ['rate_limited', 429, {}, { ratelimit: '"api";r=0;t=123' }],
    ['rate_limited:5', 429, {}, { ratelimit: '"api";r=0;t=5' }],
    ['rate_limited_retry_after', 429, {}, { 'retry-after': '7' }],
    ['cold_start', 503, { error: /currently loading$/, estimated_time: 20 }],
    ['cold_start_200:3', 200, { error: /currently loading$/, estimated_time: 3 }],
    ['timeout_524', 524, {}],
    ['replicate_problem', 422, { title: 'Input validation failed', detail: /.+/ }],
    ['together_nested', 400, { error: { message: /.+/ } }],
    ['wavespeed_message', 400, { message: /.+/ }],
    ['wavespeed_envelope_200', 200, { code: 400 }],
    ['error_list', 400, { error: [/.+/] }]
  ]
  for (const [fault, status, json, headers = {}] of rows) {
    emulator.script.next(1, fault)
    const appointed = await post(route, complete)
    t.match(appointed, { status, json }, fault)
    for (const [name, value] of Object.entries(headers)) t.equal(appointed.headers.get(name), value)
    t.match(await post(route, { ...complete, prompt: `an apple [fault:${fault}]` }), { status, json }, fault)
  }
  // The gateway gave up waiting for what was done all the same.
  t.equal(Math.round(emulator.spent() * 100), 6)
  t.same(emulator.calls.filter(({ charged }) => charged > 0).map(({ fault }) => fault), ['timeout_524', 'timeout_524'])
  for (const fault of Object.keys(huggingFaceFaults)) t.doesNotThrow(() => emulator.script.next(0, fault))
})
