import { InferenceClient } from '@huggingface/inference'
import t, { type Test } from 'tap'
import { image, size, start as startEmulator } from './huggingface/client.ts'
import type { HuggingFaceEmulatorOptions } from './huggingface/index.ts'
import { decode } from './stability/pictures.ts'

/** Hugging Face's own client has its addresses built in, and polls by the global fetch: that one leads it to the emulator. */
async function start (t: Test, options?: HuggingFaceEmulatorOptions) {
  const { emulator } = await startEmulator(t, options)
  const places = new Map([['https://router.huggingface.co', emulator.url], ['https://huggingface.co', emulator.hub.url], [emulator.files.url, emulator.files.url]])
  const original = globalThis.fetch
  t.after(() => { globalThis.fetch = original })
  globalThis.fetch = async (input, init) => {
    const url = new URL(String(input))
    if (url.protocol === 'data:') return await original(url, init)
    const origin = places.get(url.origin)
    if (origin === undefined) throw new TypeError(`the client goes to ${url.origin}`)
    return await original(origin + url.pathname + url.search, init)
  }
  return { emulator, client: new InferenceClient(emulator.key) }
}

const inputs = new Blob([new Uint8Array(image)], { type: 'image/png' })
const parameters = { prompt: 'a green apple', negative_prompt: 'clouds', guidance_scale: 3, num_inference_steps: 10 }

const cases = [
  ['fal-ai', 'Qwen/Qwen-Image-Edit'],
  ['fal-ai', 'Qwen/Qwen-Image-Edit-2509'],
  ['fal-ai', 'kontext-community/relighting-kontext-dev-lora-v3'],
  ['replicate', 'Qwen/Qwen-Image-Edit'],
  ['replicate', 'black-forest-labs/FLUX.1-Kontext-dev'],
  ['replicate', 'kontext-community/relighting-kontext-dev-lora-v3'],
  ['wavespeed', 'black-forest-labs/FLUX.2-dev'],
  ['wavespeed', 'kontext-community/relighting-kontext-dev-lora-v3'],
  ['together', 'black-forest-labs/FLUX.1-Kontext-dev'],
  ['together', 'black-forest-labs/FLUX.2-dev'],
  ['hf-inference', 'timbrooks/instruct-pix2pix'],
  ['auto', 'Qwen/Qwen-Image-Edit-2509']
] as const

for (const shape of ['record', 'array'] as const) {
  t.test(`the official client edits with every provider that it supports, mapping told as ${shape}`, async t => {
    const { emulator, client } = await start(t, { shape })
    for (const [provider, model] of cases) {
      const result: Blob = await client.imageToImage({ provider, model, inputs, parameters }, { retry_on_error: false })
      t.match((await decode(Buffer.from(await result.arrayBuffer()))).info, size, `${provider} ${model}`)
      t.match(emulator.calls.findLast(({ method }) => method === 'POST'), {
        path: new RegExp(`^/${provider === 'auto' ? 'wavespeed' : provider}/`), fields: { image: 'png 96×80' }, status: /^20[01]$/
      })
    }
    t.equal(emulator.calls.filter(({ method }) => method === 'POST').length, cases.length)
    t.ok(emulator.files.calls.every(({ headers }) => headers.authorization === undefined))
  })
}

t.test('the official client sends a bare image, names who pays, and is told what is wrong', async t => {
  const { emulator, client } = await start(t)
  const model = 'timbrooks/instruct-pix2pix'
  await client.imageToImage({ provider: 'hf-inference', model, inputs }, { billTo: 'acme', retry_on_error: false })
  t.match(emulator.calls, [{ headers: { 'content-type': 'image/png', 'x-hf-bill-to': 'acme', 'user-agent': /^@huggingface\/inference\/4\.13\.30/ }, charged: 0.001 }])
  emulator.script.next(1, 'monthly_credits')
  await t.rejects(client.imageToImage({ provider: 'hf-inference', model, inputs, parameters }, { retry_on_error: false }), {
    message: /exceeded your monthly included credits/, httpResponse: { status: 402 }
  })
  await t.rejects(new InferenceClient('hf_unknownToken').imageToImage({ provider: 'hf-inference', model, inputs, parameters }, { retry_on_error: false }), {
    message: /Invalid username or password/
  })
  t.equal(emulator.spent(), 0.001)
})
