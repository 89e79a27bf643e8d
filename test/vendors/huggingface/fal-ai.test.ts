import sharp from 'sharp'
import t from 'tap'
import { decode } from '../stability/pictures.ts'
import { base64, dataUri, image, size, start } from './client.ts'

const route = '/fal-ai/fal-ai/qwen-image-edit'
const queue = '?_subdomain=queue'
const complete = { prompt: 'a green apple', image_url: dataUri }

/** Path of a request on the router, as the official client makes it of fal's address. */
function pathOf ({ json }: { readonly json: unknown }): string {
  return `/fal-ai${new URL(json instanceof Object && 'response_url' in json ? String(json.response_url) : '').pathname}`
}

function urlOf ({ json }: { readonly json: unknown }): string {
  return /(?:http|data):[^"]+/.exec(JSON.stringify(json))?.[0] ?? ''
}

t.test('a request is queued, asked for and done', async t => {
  const { emulator, get, post } = await start(t)
  const queued = await post(route + queue, { ...complete, seed: 7 })
  t.match(queued, { status: 200, json: { status: 'IN_QUEUE', response_url: /^https:\/\/queue\.fal\.run\/fal-ai\/qwen-image-edit\/requests\/[\w-]+$/ } })
  const path = pathOf(queued)
  t.match(await get(path + queue), { status: 400, json: { detail: 'Request is still in progress' } })
  t.match(await get(`${path}/status${queue}`), { status: 202, json: { status: 'IN_PROGRESS' } })
  t.match(await get(`${path}/status${queue}`), { status: 200, json: { status: 'COMPLETED' } })
  t.match(await get(`${path}/status${queue}`), { status: 200, json: { status: 'COMPLETED' } })
  const result = await get(path + queue)
  t.match(result, { status: 200, json: { images: [{ url: /^http/, content_type: 'image/png', ...size }], seed: 7, has_nsfw_concepts: [false] } })
  t.same(emulator.calls.filter(({ charged }) => charged > 0).map(({ method, charged }) => [method, charged]), [['POST', 0.03]])

  t.equal((await get(path)).status, 404, 'without the subdomain there are no requests')
  t.equal((await get(path.replace('qwen-image-edit', 'flux-2') + queue)).status, 404)
  t.equal((await get(`${path}0${queue}`)).status, 404)
  t.equal((await get(`/fal-ai/elsewhere${queue}`)).status, 404)
})

t.test('addresses of a request drop what comes after owner and app', async t => {
  const { get, post } = await start(t)
  const queued = await post('/fal-ai/fal-ai/flux-kontext/dev' + queue, complete)
  t.match(queued.json, { response_url: /run\/fal-ai\/flux-kontext\/requests\// })
  t.equal((await get(`${pathOf(queued)}/status${queue}`)).status, 202)
})

t.test('without the queue the result is the answer', async t => {
  const { post } = await start(t)
  const answer = await post(route, complete)
  t.match(answer, { status: 200, json: { images: [{ url: /^http/ }] } })
  const inline = await post(route, { ...complete, sync_mode: true, output_format: 'jpeg' })
  t.match(urlOf(inline), /^data:image\/jpeg;base64,/)
})

t.test('the result is the picture under the colour of the prompt and the seed', async t => {
  const { post } = await start(t)
  const edit = async (changes: object) => {
    const bytes = Buffer.from(await (await fetch(urlOf(await post(route, { ...complete, ...changes })))).arrayBuffer())
    return (await decode(bytes)).data
  }
  const [one, same, other, worded] = await Promise.all([{ seed: 1 }, { seed: 1 }, { seed: 2 }, { seed: 1, prompt: 'a blue apple' }].map(edit))
  t.same(one, same)
  t.notSame(one, other)
  t.notSame(one, worded)
  const sized = await post(route, { ...complete, image_size: { width: 128, height: 64 } })
  t.match(sized.json, { images: [{ width: 128, height: 64 }] })
  t.match((await post(route, { ...complete, image_size: 'square' })).status, 200)
})

t.test('refuses what breaks its schema, field by field, and takes nothing for it', async t => {
  const { emulator, post } = await start(t)
  const jpeg = await sharp(image).jpeg().toBuffer()
  const rows: Array<[body: unknown, loc: string, type: string]> = [
    [{ image_url: dataUri }, 'prompt', 'missing'],
    [{ prompt: 'x' }, 'image_url', 'missing'],
    [{ prompt: 'x', image_urls: [dataUri] }, 'image_url', 'missing'],
    [{ ...complete, prompt: 7 }, 'prompt', 'value_error'],
    [{ ...complete, foo: 1 }, 'foo', 'value_error'],
    [{ ...complete, target_size: { width: 64, height: 64 } }, 'target_size', 'value_error'],
    [{ ...complete, num_inference_steps: 51 }, 'num_inference_steps', 'value_error'],
    [{ ...complete, guidance_scale: '3' }, 'guidance_scale', 'value_error'],
    [{ ...complete, seed: 1.5 }, 'seed', 'value_error'],
    [{ ...complete, output_format: 'webp' }, 'output_format', 'value_error'],
    [{ ...complete, image_size: { width: 10, height: 64 } }, 'image_size', 'value_error'],
    [{ ...complete, image_url: base64 }, 'image_url', 'value_error'],
    [{ ...complete, image_url: 'https://elsewhere.example/a.png' }, 'image_url', 'value_error'],
    [{ ...complete, image_url: dataUri.replace('png', 'jpeg') }, 'image_url', 'value_error'],
    [{ ...complete, image_url: `data:image/png;base64,${jpeg.toString('base64')}` }, 'image_url', 'value_error'],
    [{ ...complete, image_url: dataUri.slice(0, dataUri.length / 2 - dataUri.length / 2 % 4 + 22) }, 'image_url', 'value_error'],
    [{ ...complete, image_url: `${dataUri}\n` }, 'image_url', 'value_error'],
    [{ ...complete, image_urls: [dataUri, 'nothing'] }, 'image_url', 'value_error']
  ]
  for (const [body, field, type] of rows) {
    t.match(await post(route, body), { status: 422, json: { detail: [{ loc: ['body', field], type }] } }, `${field} ${type}`)
  }
  t.match(await post('/fal-ai/fal-ai/flux-2/edit', complete), { status: 422, json: { detail: [{ loc: ['body', 'image_urls'], msg: 'Field required' }] } })
  t.match(await post('/fal-ai/fal-ai/flux-kontext-lora', complete), { status: 422, json: { detail: [{ loc: ['body', 'loras'] }] } })
  t.equal((await post(route, complete, { 'content-type': 'text/plain' })).status, 422)
  t.equal((await post(route, undefined)).status, 422)
  t.equal(emulator.spent(), 0)
})

t.test('a completed request may hide an error, a black picture or nothing', async t => {
  const { emulator, get, post } = await start(t, { jobPolls: 0 })
  const rows: Array<[fault: string, status: number, json: object]> = [
    ['hidden_validation', 422, { detail: [{ type: 'image_too_small' }] }],
    ['hidden_policy', 422, { detail: [{ type: 'content_policy_violation' }] }],
    ['job_fails', 500, { detail: 'Internal Server Error' }],
    ['nsfw', 200, { has_nsfw_concepts: [true] }],
    ['no_output', 200, { images: [] }]
  ]
  for (const [fault, status, json] of rows) {
    const path = pathOf(await post(route + queue, { ...complete, prompt: `[fault:${fault}]` }))
    t.match(await get(`${path}/status${queue}`), { json: { status: 'COMPLETED' } }, fault)
    const result = await get(path + queue)
    t.match(result, { status, json }, fault)
    if (fault === 'nsfw') {
      const { data } = await decode(Buffer.from(await (await fetch(urlOf(result))).arrayBuffer()))
      t.ok(data.every(value => value === 0))
    }
  }
  t.equal(Math.round(emulator.spent() * 100), 6, 'what was not made is not charged')
  const path = pathOf(await post(route + queue, { ...complete, prompt: '[fault:unknown_status]' }))
  t.match(await get(`${path}/status${queue}`), { json: { status: 'PAUSED' } })
})

t.test('a request is cancelled until it is done, and belongs to its token', async t => {
  const { emulator, send, get, post } = await start(t, { accounts: { hf_one: { credits: 1 }, hf_two: { credits: 1 } } })
  const put = async (path: string) => await send(emulator.url + path, { method: 'PUT' })
  const path = pathOf(await post(route + queue, complete))
  t.equal((await get(`${path}/status${queue}`, { authorization: 'Bearer hf_two' })).status, 404)
  t.equal((await put(`${path}/cancel`)).status, 404)
  t.equal((await put(`/fal-ai/elsewhere${queue}`)).status, 404)
  t.match(await put(`${path}/cancel${queue}`), { status: 202, json: { status: 'CANCELLATION_REQUESTED' } })
  t.match(await get(`${path}/status${queue}`), { json: { status: 'CANCELLED' } })
  const done = pathOf(await post(route + queue, complete))
  await get(`${done}/status${queue}`)
  await get(`${done}/status${queue}`)
  t.match(await put(`${done}/cancel${queue}`), { status: 400, json: { status: 'ALREADY_COMPLETED' } })
})
