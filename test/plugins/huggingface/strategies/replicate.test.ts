import t from 'tap'
import { createReplicate } from '../../../../plugins/huggingface/strategies/replicate.ts'
import { image, json, providerEdit, routeTo, scripted, signal } from '../fixtures.ts'

const uri = { base64: image, prefix: 'data:image/png;base64,' }
const route = routeTo('replicate')
const response = { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' }
const file = 'https://files.example/a.png'

t.test('waits for the result, with the image under all its names', async t => {
  const tools = scripted(json({ id: 'p1', status: 'succeeded', output: [file] }))
  t.same(await createReplicate(tools).submit(providerEdit({ parameters: { seed: 7 } }), route, signal), {
    state: 'done', result: { images: [{ url: file }], vendorRequestId: 'p1' }
  })
  t.same(tools.sent, [{
    method: 'POST',
    path: '/replicate/v1/models/maker/model/predictions',
    headers: { prefer: 'wait' },
    signal,
    body: { json: { input: { prompt: 'a green apple', seed: 7, output_format: 'png', image: uri, images: [uri], input_image: uri, input_images: [uri] } } }
  }])
})

t.test('a version, an adapter and JPEG have their own words', async t => {
  const tools = scripted(json({ id: 'p1', status: 'succeeded', output: file }))
  await createReplicate(tools).submit(providerEdit({ output: { format: 'image/jpeg' } }),
    { ...route, providerId: 'maker/model:0a1b', lora: { model: 'maker/lora', weights: 'x.safetensors' } }, signal)
  t.match(tools.sent[0], {
    path: '/replicate/v1/predictions',
    body: { json: { version: '0a1b', input: { output_format: 'jpg', lora_weights: 'https://huggingface.co/maker/lora' } } }
  })
})

t.test('asks the router, by the path of the address or by the id', async t => {
  const urls = { get: 'https://evil.example/v1/predictions/p1', cancel: 'https://evil.example/stop/p1' }
  const tools = scripted(json({ id: 'p1', status: 'starting', urls }), json({ id: 'p1', status: 'processing' }), json({ id: 'p1', status: 'canceled' }))
  const replicate = createReplicate(tools)
  const job = { id: 'p1', path: '/v1/predictions/p1', cancelPath: '/stop/p1' }
  t.same(await replicate.submit(providerEdit(), route, signal), { state: 'pending', job })
  t.same(await replicate.poll(job, signal), { state: 'pending', job: { ...job, cancelPath: '/v1/predictions/p1/cancel' } })
  await replicate.cancel?.(job, signal)
  t.match(tools.sent.slice(1), [{ method: 'GET', path: '/replicate/v1/predictions/p1' }, { method: 'POST', path: '/replicate/stop/p1', free: true }])
})

t.test('fails for what was cancelled, a word or a shape that it does not know', async t => {
  const rows: Array<[body: unknown, message: RegExp]> = [
    [{ id: 'p1', status: 'canceled' }, /was canceled$/],
    [{ id: 'p1', status: 'aborted' }, /was aborted$/],
    [{ id: 'p1', status: 'pondering' }, /unknown status "pondering"$/],
    [{ id: '../p1', status: 'starting' }, /without a picture$/],
    [{ status: 'starting' }, /without a picture$/],
    [{ id: 'p1', status: 'succeeded', output: null }, /without a picture$/],
    [{ id: 'p1', status: 'succeeded', output: [] }, /without a picture$/],
    [{ id: 'p1', status: 'succeeded', output: { url: file } }, /without a picture$/],
    [null, /without a picture$/]
  ]
  for (const [body, message] of rows) await t.rejects(createReplicate(scripted(json(body))).submit(providerEdit(), route, signal), { ...response, message }, String(message))
})
