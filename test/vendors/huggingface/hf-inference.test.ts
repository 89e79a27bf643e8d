import t from 'tap'
import { decode } from '../stability/pictures.ts'
import { base64, dataUri, image, size, start } from './client.ts'

const route = '/hf-inference/models/timbrooks/instruct-pix2pix'

t.test('takes a bare image or JSON, and answers with an image', async t => {
  const { emulator, send, post } = await start(t)
  const bare = await send(emulator.url + route, { method: 'POST', body: new Uint8Array(image), headers: { 'content-type': 'image/png' } })
  t.equal(bare.status, 200)
  t.equal(bare.headers.get('content-type'), 'image/jpeg')
  t.match((await decode(bare.bytes)).info, size)
  const sized = await post(route, { inputs: base64, parameters: { prompt: 'x', target_size: { width: 64, height: 32 }, seed: 3 } }, { accept: 'image/png' })
  t.equal(sized.headers.get('content-type'), 'image/png')
  t.match((await decode(sized.bytes)).info, { width: 64, height: 32 })
  t.equal((await post(route, { inputs: base64 })).status, 200)
  t.equal(emulator.spent(), 0.003)
})

t.test('refuses what breaks its schema with a list of texts', async t => {
  const { emulator, send, post } = await start(t)
  const rows: Array<[body: unknown, error: RegExp]> = [
    [{ parameters: {} }, /^Error in `inputs`: field required$/],
    [{ inputs: dataUri }, /^Error in `inputs`: cannot identify/],
    [{ inputs: 'aGVsbG8=' }, /cannot identify/],
    [{ inputs: base64, parameters: { target_size: { width: 64 } } }, /^Error in `parameters.target_size.height`: field required$/],
    [{ inputs: base64, parameters: { strength: 1 } }, /parameters.strength/],
    [{ inputs: base64, foo: 1 }, /foo/]
  ]
  for (const [body, error] of rows) t.match(await post(route, body), { status: 400, json: { error: [error] } }, String(error))
  const broken = await send(emulator.url + route, { method: 'POST', body: 'no image', headers: { 'content-type': 'application/octet-stream' } })
  t.equal(broken.status, 400)
  t.equal((await post(route, {}, { 'content-type': 'text/plain' })).status, 400)
  t.equal(emulator.spent(), 0)
})

t.test('has models that it no longer serves, and some that fail', async t => {
  const { post } = await start(t)
  t.match(await post('/hf-inference/models/lambdalabs/gone-pix2pix', { inputs: base64 }), { status: 410, json: { error: /deprecated/ } })
  t.match(await post(route, { inputs: base64, parameters: { prompt: '[fault:job_fails]' } }), { status: 500, json: { error: 'CUDA out of memory' } })
})
