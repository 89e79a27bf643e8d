import t from 'tap'
import { base64, dataUri, size, start } from './client.ts'

const route = '/replicate/v1/models/black-forest-labs/flux-kontext-dev/predictions'
const list = '/replicate/v1/models/qwen/qwen-image-edit/predictions'
const wait = { prefer: 'wait' }
const input = { prompt: 'a green apple', input_image: dataUri }

function pathOf ({ json }: { readonly json: unknown }): string {
  return `/replicate/v1/predictions/${json instanceof Object && 'id' in json ? json.id : ''}`
}

t.test('who waits gets the result with the first answer, as an address or as a list', async t => {
  const { emulator, post } = await start(t)
  t.match(await post(route, { input }, wait), {
    status: 201,
    json: { status: 'succeeded', output: /^http/, error: null, urls: { get: /^https:\/\/api\.replicate\.com\/v1\/predictions\// } }
  })
  t.match(await post(list, { input: { prompt: 'x', image: dataUri } }, { prefer: 'wait=60' }), { status: 201, json: { output: [/webp/] } })
  t.equal(emulator.spent(), 0.055)
  t.match(emulator.calls[0], { fields: { image: `png ${size.width}×${size.height}` } })
})

t.test('who does not wait, or whose model is slow, asks', async t => {
  const { post, get } = await start(t)
  for (const [body, headers] of [[{ input }, {}], [{ input: { ...input, prompt: '[fault:processing]' } }, wait]] as const) {
    const begun = await post(route, body, headers)
    t.match(begun, { status: 202, json: { status: 'starting', output: null } })
    t.match(await get(pathOf(begun)), { status: 200, json: { status: 'processing' } })
    t.match(await get(pathOf(begun)), { status: 200, json: { status: 'succeeded', output: /^http/ } })
  }
  const patient = await start(t, { waits: false })
  t.equal((await patient.post(route, { input }, wait)).status, 202)
})

t.test('a model with a version is asked for by it', async t => {
  const { post } = await start(t)
  const body = { version: '0a1b2c3d4e5f', input: { ...input, lora_weights: 'https://huggingface.co/a/b' } }
  t.match(await post('/replicate/v1/predictions', body, wait), { status: 201, json: { model: 'lucataco/flux-kontext-lora', version: '0a1b2c3d4e5f' } })
  t.equal((await post('/replicate/v1/predictions', { input }, wait)).status, 400)
  t.match(await post(route, body, wait), { status: 422, json: { invalid_fields: [{ field: 'version' }] } })
  t.match(await post('/replicate/v1/predictions', { ...body, input }, wait), { status: 422, json: { detail: /lora_weights is required/ } })
})

t.test('refuses what breaks its schema, as a problem with its fields', async t => {
  const { emulator, post } = await start(t)
  const rows: Array<[body: unknown, field: string]> = [
    [{}, 'input'],
    [{ input: { input_image: dataUri } }, 'input.prompt'],
    [{ input: { prompt: 'x' } }, 'input.input_image'],
    [{ input: { prompt: 'x', image: dataUri } }, 'input.input_image'],
    [{ input: { ...input, input_image: base64 } }, 'input.input_image'],
    [{ input: { ...input, images: ['x'] } }, 'input.input_image'],
    [{ input: { ...input, output_format: 'jpeg' } }, 'input.output_format'],
    [{ input: { ...input, target_size: { width: 1, height: 1 } } }, 'input.target_size'],
    [{ input, webhook: 'https://x.example' }, 'webhook'],
    [{ input: { ...input, seed: -1 } }, 'input.seed']
  ]
  for (const [body, field] of rows) {
    const answer = await post(route, body, wait)
    t.match(answer, { status: 422, json: { title: 'Input validation failed', status: 422, invalid_fields: [{ field }] } }, field)
    t.equal(answer.headers.get('content-type'), 'application/problem+json')
  }
  t.match(await post(route, { input }, { prefer: 'wait=61' }), { status: 400, json: { detail: /Prefer/ } })
  t.equal(emulator.spent(), 0)
})

t.test('a prediction fails, is cancelled, and belongs to its token', async t => {
  const { get, post } = await start(t, { accounts: { hf_one: { credits: 1 }, hf_two: { credits: 1 } } })
  const fault = (name: string) => ({ input: { ...input, prompt: `[fault:${name}]` } })
  t.match((await post(route, fault('nsfw'), wait)).json, { status: 'failed', error: /^NSFW/, output: null })
  t.match((await post(route, fault('job_fails'), wait)).json, { status: 'failed', error: 'CUDA out of memory' })
  t.match((await post(route, fault('no_output'), wait)).json, { status: 'succeeded', output: null })
  const odd = await post(route, fault('unknown_status'), wait)
  t.match((await get(pathOf(odd))).json, { status: 'pondering' })

  const begun = await post(route, { input })
  t.equal((await get(pathOf(begun), { authorization: 'Bearer hf_two' })).status, 404)
  t.equal((await post(`${pathOf(begun)}/cancel`, {}, { authorization: 'Bearer hf_two' })).status, 404)
  t.match(await post(`${pathOf(begun)}/cancel`, {}), { status: 200, json: { status: 'canceled' } })
  t.match(await get(pathOf(begun)), { json: { status: 'canceled' } })
  const done = await post(route, { input }, wait)
  t.match(await post(`${pathOf(done)}/cancel`, {}), { json: { status: 'succeeded' } })
})
