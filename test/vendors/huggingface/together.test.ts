import t from 'tap'
import { base64, dataUri, start } from './client.ts'

const route = '/together/v1/images/generations'
const complete = { model: 'black-forest-labs/FLUX.2-dev', prompt: 'a green apple', reference_images: [dataUri] }
const kontext = { model: 'black-forest-labs/FLUX.1-kontext-dev', prompt: 'a green apple', image_url: dataUri }

t.test('answers with the picture, as an address or in base64', async t => {
  const { emulator, post } = await start(t)
  t.match(await post(route, complete), { status: 200, json: { model: complete.model, object: 'list', data: [{ index: 0, url: /^http.*jpeg/ }] } })
  t.match(await post(route, { ...kontext, response_format: 'base64', output_format: 'png' }), { status: 200, json: { data: [{ b64_json: /^iVBOR/ }] } })
  t.match(await post(route, { ...complete, width: 128, height: 64, steps: 4 }), { status: 200 })
  t.equal(emulator.spent(), 0.055)
})

t.test('refuses what breaks its schema with a nested error', async t => {
  const { emulator, post } = await start(t)
  const rows: Array<[body: unknown, param: string, message: RegExp]> = [
    [{ ...complete, prompt: undefined }, 'prompt', /^prompt is required$/],
    [{ prompt: 'x' }, 'model', /^model is required$/],
    [{}, 'model', /\(and 1 more\)$/],
    [{ ...complete, reference_images: undefined }, 'reference_images', /is required$/],
    [{ ...complete, image_url: dataUri }, 'image_url', /not supported by this model/],
    [{ ...kontext, reference_images: [dataUri] }, 'reference_images', /not supported by this model/],
    [{ ...kontext, image_url: undefined }, 'image_url', /is required/],
    [{ ...kontext, image_url: base64 }, 'image_url', /is no image/],
    [{ ...complete, num_inference_steps: 4 }, 'num_inference_steps', /.+/],
    [{ ...complete, width: 100 }, 'width', /.+/],
    [{ ...complete, response_format: 'b64_json' }, 'response_format', /.+/]
  ]
  for (const [body, param, message] of rows) {
    t.match(await post(route, body), { status: 400, json: { error: { type: 'invalid_request_error', param, message } } }, String(message))
  }
  t.equal(emulator.spent(), 0)
})

t.test('fails as it does', async t => {
  const { emulator, post } = await start(t)
  t.match(await post(route, { ...complete, prompt: '[fault:job_fails]' }), { status: 500, json: { error: { type: 'server_error' } } })
  t.equal(emulator.spent(), 0)
  t.match(await post(route, { ...complete, prompt: '[fault:no_output]' }), { status: 200, json: { data: [] } })
})
