import t from 'tap'
import type { UpstreamAnswer } from '../../../../core/index.ts'
import { createHfInference } from '../../../../plugins/huggingface/strategies/hf-inference.ts'
import { image, json, providerEdit, routeTo, scripted, signal } from '../fixtures.ts'

const route = routeTo('hf-inference', { providerId: 'timbrooks/instruct-pix2pix' })
const bytes = Buffer.from('a picture')
const picture = (type: string, body = bytes, headers = {}): UpstreamAnswer => ({ status: 200, headers: { 'content-type': type, ...headers }, body, json: undefined })

t.test('sends the image as bare base64 beside its parameters, and asks for the format', async t => {
  const tools = scripted(picture('image/jpeg', bytes, { 'x-request-id': 'r1' }))
  t.same(await createHfInference(tools).submit(providerEdit({ parameters: { steps: 4, guidance_scale: 2 }, output: { format: 'image/jpeg' } }), route, signal), {
    state: 'done', result: { images: [{ bytes }], vendorRequestId: 'r1' }
  })
  t.same(tools.sent, [{
    method: 'POST',
    path: '/hf-inference/models/timbrooks/instruct-pix2pix',
    headers: { accept: 'image/jpeg' },
    signal,
    body: { json: { inputs: { base64: image }, parameters: { prompt: 'a green apple', guidance_scale: 2, num_inference_steps: 4 } } }
  }])
})

t.test('takes an image for an answer and nothing else', async t => {
  const submit = async (answer: UpstreamAnswer) => await createHfInference(scripted(answer)).submit(providerEdit(), route, signal)
  t.same(await submit(picture('application/octet-stream')), { state: 'done', result: { images: [{ bytes }] } })
  for (const answer of [picture('image/png', Buffer.alloc(0)), picture('text/html'), json({ image: 'x' }), { ...picture(''), headers: {} }]) {
    await t.rejects(submit(answer), { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', message: 'hf-inference answered without a picture' })
  }
})
