import t from 'tap'
import { EditError } from '../../../../core/errors.ts'
import { createFal } from '../../../../plugins/huggingface/strategies/fal-ai.ts'
import { image, json, providerEdit, routeTo, scripted, signal } from '../fixtures.ts'

const uri = { base64: image, prefix: 'data:image/png;base64,' }
const route = routeTo('fal-ai', { providerId: 'fal-ai/qwen-image-edit' })
const queued = { status: 'IN_QUEUE', request_id: 'q1', response_url: 'https://queue.fal.run/fal-ai/qwen-image-edit/requests/q1' }
const result = { images: [{ url: 'https://files.example/a.png' }], seed: 7, has_nsfw_concepts: [false] }
const job = { id: 'q1', path: '/fal-ai/qwen-image-edit/requests/q1', cancelPath: '/fal-ai/qwen-image-edit/requests/q1/cancel' }
const response = { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' }

t.test('submits to the queue, with the image under both names', async t => {
  const tools = scripted(json(queued))
  const edit = providerEdit({ parameters: { steps: 4, seed: 7 } })
  t.same(await createFal(tools).submit(edit, route, signal), { state: 'pending', job })
  t.same(tools.sent, [{
    method: 'POST',
    path: '/fal-ai/fal-ai/qwen-image-edit',
    query: { _subdomain: 'queue' },
    signal,
    body: { json: { prompt: 'a green apple', seed: 7, num_inference_steps: 4, output_format: 'png', image_url: uri, image_urls: [uri] } }
  }])
})

t.test('names the weights of an adapter by their address at the Hub', async t => {
  const tools = scripted(json(queued))
  await createFal(tools).submit(providerEdit(), { ...route, lora: { model: 'maker/lora', weights: 'x.safetensors' } }, signal)
  t.match(tools.sent[0]?.body, { json: { loras: [{ path: 'https://huggingface.co/maker/lora/resolve/main/x.safetensors', scale: 1 }] } })
})

t.test('the synchronous endpoint answers with the result', async t => {
  const tools = { ...scripted(json(result, { headers: { 'x-request-id': 'r1' } }), json({ images: [{ url: 'https://files.example/a.png' }] })), falQueue: false }
  const fal = createFal(tools)
  t.same(await fal.submit(providerEdit(), route, signal), { state: 'done', result: { images: [{ url: 'https://files.example/a.png' }], seed: 7, vendorRequestId: 'r1' } })
  t.equal(tools.sent[0]?.query, undefined)
  t.same(await fal.submit(providerEdit(), route, signal), { state: 'done', result: { images: [{ url: 'https://files.example/a.png' }] } })
})

t.test('asks the router for the path of fal\'s address, wherever that points', async t => {
  const tools = scripted(json({ ...queued, response_url: 'https://evil.example/fal-ai/x/requests/q1', cancel_url: 'https://evil.example/stop/q1' }),
    json({ status: 'IN_QUEUE' }), json({ status: 'IN_PROGRESS' }), json({ status: 'COMPLETED' }), json(result), json({}))
  const fal = createFal(tools)
  const step = await fal.submit(providerEdit(), route, signal)
  if (step.state !== 'pending') return t.fail('it is not pending')
  t.same(await fal.poll(step.job, signal), step)
  t.same(await fal.poll(step.job, signal), step)
  t.match(await fal.poll(step.job, signal), { state: 'done', result: { vendorRequestId: 'q1' } })
  await fal.cancel?.(step.job, signal)
  t.same(tools.sent.slice(1).map(({ method, path, query }) => [method, path, query?._subdomain]), [
    ...Array.from({ length: 3 }, () => ['GET', '/fal-ai/fal-ai/x/requests/q1/status', 'queue']),
    ['GET', '/fal-ai/fal-ai/x/requests/q1', 'queue'],
    ['PUT', '/fal-ai/stop/q1', 'queue']
  ])
})

t.test('fails for a word or a shape that it does not know', async t => {
  for (const body of [{}, null, { ...queued, response_url: 'queue.fal.run/1' }, { ...queued, request_id: 7 }, { images: [] }, { images: [{ url: 'x' }] }, { images: [{}] }]) {
    await t.rejects(createFal(scripted(json(body))).submit(providerEdit(), route, signal), { ...response, message: 'fal-ai answered without a picture' })
  }
  for (const body of [{ status: 'PAUSED' }, {}, { status: 7 }]) {
    await t.rejects(createFal(scripted(json(body))).poll(job, signal), { ...response, message: /unknown status/ })
  }
})

t.test('a completed request may have failed, for good when it did with 500', async t => {
  const completed = json({ status: 'COMPLETED' })
  const failure = (status: number) => new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', 'huggingface answered 500', { billed: 'no', details: { phase: 'answered', status } })
  await t.rejects(createFal(scripted(completed, failure(500))).poll(job, signal), { ...response, message: 'huggingface answered 500', details: { status: 500 } })
  for (const other of [failure(502), new Error('the caller has gone')]) await t.rejects(createFal(scripted(completed, other)).poll(job, signal), other)
})

t.test('a black picture is a refusal', async t => {
  await t.rejects(createFal(scripted(json({ ...result, has_nsfw_concepts: [true] }))).submit(providerEdit(), route, signal), { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'maybe' })
  for (const concepts of [null, [], 'x', [false]]) {
    t.match(await createFal(scripted(json({ ...result, has_nsfw_concepts: concepts }))).submit(providerEdit(), route, signal), { state: 'done' })
  }
})
