import t from 'tap'
import { createWavespeed } from '../../../../plugins/huggingface/strategies/wavespeed.ts'
import { image, json, providerEdit, routeTo, scripted, signal } from '../fixtures.ts'

const uri = { base64: image, prefix: 'data:image/png;base64,' }
const route = routeTo('wavespeed')
const response = { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' }
const file = 'https://files.example/a.png'
const envelope = (data: unknown) => json({ code: 200, message: 'success', data })

t.test('creates a task, of which no more than the id needs to be told', async t => {
  const tools = scripted(envelope({ id: 't1' }), json({ id: 't1', status: 'processing', urls: { get: 'https://evil.example/api/v3/predictions/t1/result' } }))
  const wavespeed = createWavespeed(tools)
  const path = '/api/v3/predictions/t1/result'
  const pending = { state: 'pending', job: { id: 't1', path, cancelPath: path } }
  t.same(await wavespeed.submit(providerEdit({ parameters: { steps: 4 } }), { ...route, lora: { model: 'maker/lora', weights: 'x' } }, signal), pending)
  t.same(await wavespeed.poll({ id: 't1', path, cancelPath: path }, signal), pending)
  t.same(tools.sent, [{
    method: 'POST',
    path: '/wavespeed/api/v3/maker/model',
    signal,
    body: {
      json: { prompt: 'a green apple', num_inference_steps: 4, loras: [{ path: 'maker/lora', scale: 1 }], output_format: 'png', image: uri, images: [uri] }
    }
  }, { method: 'GET', path: `/wavespeed${path}`, signal }])
  t.equal(wavespeed.cancel, undefined)
})

t.test('a result is an address, base64, or an object with an address', async t => {
  const bytes = Buffer.from('a picture')
  for (const [output, result] of [[file, { url: file }], [bytes.toString('base64'), { bytes }], [{ url: file }, { url: file }]]) {
    const tools = scripted(envelope({ id: 't1', status: 'completed', outputs: [output], has_nsfw_contents: [false] }))
    t.same(await createWavespeed(tools).submit(providerEdit(), route, signal), { state: 'done', result: { images: [result], vendorRequestId: 't1' } })
  }
})

t.test('fails for a word or a shape that it does not know', async t => {
  const rows: Array<[data: unknown, message: RegExp]> = [
    [{ id: 't1', status: 'pondering' }, /unknown status "pondering"$/],
    [{ id: '../t1', status: 'created' }, /without a picture$/],
    [{}, /without a picture$/],
    [null, /without a picture$/],
    [{ id: 't1', status: 'completed' }, /without a picture$/],
    [{ id: 't1', status: 'completed', outputs: [] }, /without a picture$/],
    [{ id: 't1', status: 'completed', outputs: ['x'] }, /without a picture$/],
    [{ id: 't1', status: 'completed', outputs: [{ other: 1 }] }, /without a picture$/]
  ]
  for (const [data, message] of rows) await t.rejects(createWavespeed(scripted(envelope(data))).submit(providerEdit(), route, signal), { ...response, message }, String(message))
  await t.rejects(createWavespeed(scripted(json(null))).submit(providerEdit(), route, signal), response)
})

t.test('a flagged picture is a refusal', async t => {
  const flagged = envelope({ id: 't1', status: 'completed', outputs: [file], has_nsfw_contents: [true] })
  await t.rejects(createWavespeed(scripted(flagged)).submit(providerEdit(), route, signal), { code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'maybe' })
})
