import t from 'tap'
import { createTogether } from '../../../../plugins/huggingface/strategies/together.ts'
import { image, json, providerEdit, routeTo, scripted, signal } from '../fixtures.ts'

const uri = { base64: image, prefix: 'data:image/png;base64,' }
const bytes = Buffer.from('a picture')
const done = () => json({ data: [{ b64_json: bytes.toString('base64') }] }, { headers: { 'x-request-id': 'r1' } })

t.test('asks for base64, with its own word for the steps', async t => {
  const tools = scripted(done())
  t.same(await createTogether(tools).submit(providerEdit({ parameters: { steps: 4, seed: 7 } }), routeTo('together', { providerId: 'maker/FLUX.2-dev' }), signal), {
    state: 'done', result: { images: [{ bytes }], vendorRequestId: 'r1' }
  })
  t.same(tools.sent, [{
    method: 'POST',
    path: '/together/v1/images/generations',
    signal,
    body: {
      json: { model: 'maker/FLUX.2-dev', prompt: 'a green apple', seed: 7, steps: 4, reference_images: [uri], response_format: 'base64', output_format: 'png' }
    }
  }])
})

t.test('the image has the one name at FLUX.1 Kontext and the other everywhere else', async t => {
  for (const [providerId, single] of [['black-forest-labs/FLUX.1-kontext-dev', true], ['black-forest-labs/flux.1-Kontext-pro', true], ['maker/kontext-2', false], ['maker/FLUX.1-dev', false]] as const) {
    const tools = scripted(done())
    await createTogether(tools).submit(providerEdit(), routeTo('together', { providerId }), signal)
    t.match(tools.sent[0]?.body, { json: single ? { image_url: uri, reference_images: undefined } : { image_url: undefined, reference_images: [uri] } }, providerId)
  }
})

t.test('takes an address too, and nothing else', async t => {
  const submit = async (body: unknown) => await createTogether(scripted(json(body))).submit(providerEdit(), routeTo('together'), signal)
  t.same(await submit({ data: [{ url: 'https://files.example/a.png' }] }), { state: 'done', result: { images: [{ url: 'https://files.example/a.png' }] } })
  for (const body of [{ data: [] }, { data: [{}] }, { data: [{ b64_json: '' }] }, {}, null]) {
    await t.rejects(submit(body), { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', message: 'together answered without a picture' })
  }
})
