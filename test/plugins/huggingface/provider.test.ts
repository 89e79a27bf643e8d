import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import * as plugin from '../../../plugins/huggingface/index.ts'
import type { Mapping } from '../../../plugins/huggingface/mapping.ts'
import { createProvider } from '../../../plugins/huggingface/provider.ts'
import { testProvider } from '../../contract/index.ts'
import { createHuggingFaceEmulator } from '../../vendors/huggingface/index.ts'
import { decode } from '../../vendors/stability/pictures.ts'
import { context, image, json, models, names, providerEdit, routeTo, scripted, size, startService } from './fixtures.ts'

const apiKey = 'hf_aTokenForTheContractKit'

for (const provider of ['auto', ...names] as const) {
  t.test(`huggingface keeps the contract with the provider ${provider}`, async t => await testProvider(t, {
    plugin,
    options: { apiKey, provider, pollMs: 50, mappingCacheMs: 0 },
    async prepare ({ after }) {
      const everywhere = names.map(name => ({ provider: name, providerId: 'qwen/qwen-image-edit', status: 'live', task: 'image-to-image', usd: 0.03 } as const))
      // Else Replicate would answer with the result, and have no jobs to look at.
      const emulator = await createHuggingFaceEmulator({
        accounts: { [apiKey]: { credits: 100 } }, models: { 'Qwen/Qwen-Image-Edit': everywhere }, waits: false
      })
      after(() => emulator.close())
      return { options: { baseUrl: emulator.url, hubUrl: emulator.hub.url } }
    }
  }))
}

t.test('every provider takes an edit without complaint, and the result comes without the token', async t => {
  for (const shape of ['record', 'array'] as const) {
    const { emulator, run, posts } = await startService(t, { shape }, { mappingCacheMs: 0 })
    for (const name of names) {
      const model = models[name]
      const result = await run({ model, parameters: { seed: 7, guidance_scale: 3, steps: 10, negative_prompt: 'clouds' } })
      t.match(result, { provider: 'huggingface', model, images: [{ mediaType: 'image/png', ...size }], attempts: [{ code: null, billed: 'yes' }], adaptations: [] }, `${name} ${shape}`)
      t.ok(result.vendorRequestId)
      t.match(posts().at(-1), { path: new RegExp(`^/${name}/`), status: /^20[012]$/, fields: { image: `png ${size.width}×${size.height}` } })
      t.notSame((await decode(result.images[0].bytes)).data, (await decode(image)).data)
      t.same(result.warnings, name === 'fal-ai'
        ? []
        : [`the cost is that of Qwen/Qwen-Image-Edit: Hugging Face does not tell what ${name} takes for ${model}`])
    }
    t.equal(posts().length, names.length)
    t.ok([...emulator.calls, ...emulator.hub.calls].every(({ headers }) => headers.authorization === `Bearer ${emulator.key}`))
    t.equal(emulator.files.calls.length, 3, 'the others put the picture into the answer')
    t.ok(emulator.files.calls.every(({ headers, status }) => headers.authorization === undefined && status === 200))
    t.equal(emulator.hub.calls.length, names.length)
    t.equal(Math.round(emulator.spent() * 1000), 30 + 25 + 25 + 15 + 1)
  }
})

t.test('results come in the format that was asked for, without a conversion', async t => {
  const { run } = await startService(t)
  for (const name of names) {
    t.match(await run({ model: models[name], output: { format: 'image/jpeg' } }), { images: [{ mediaType: 'image/jpeg' }], adaptations: [] }, name)
  }
  t.match(await run({ output: { format: 'image/webp' } }), { images: [{ mediaType: 'image/webp' }], adaptations: [{ kind: 'output' }] })
})

t.test('adapters are asked for with their weights, by every provider that has them', async t => {
  for (const provider of ['fal-ai', 'wavespeed', 'replicate'] as const) {
    const { run, posts } = await startService(t, {}, { provider })
    t.match(await run({ model: 'kontext-community/relighting-kontext-dev-lora-v3' }), { images: [size] }, provider)
    t.match(posts(), [{ path: new RegExp(`^/${provider}/`), charged: Number }])
  }
})

t.test('the synchronous endpoint of fal is one call', async t => {
  const { emulator, run } = await startService(t, {}, { falQueue: false })
  t.match(await run(), { images: [size] })
  t.match(emulator.calls, [{ method: 'POST', query: { _subdomain: undefined } }])
})

t.test('a job that is not ready yet is asked for until it is, and paid once', async t => {
  for (const name of ['fal-ai', 'replicate', 'wavespeed'] as const) {
    const { emulator, run, posts } = await startService(t, { jobPolls: 2, waits: false })
    t.match(await run({ model: models[name] }), { images: [size] }, name)
    t.equal(posts().length, 1)
    t.equal(emulator.calls.length, name === 'fal-ai' ? 5 : 4)
    t.equal(emulator.calls.filter(({ charged }) => charged > 0).length, 1)
  }
})

t.test('who is in staging is used only when named, and that is said', async t => {
  const auto = await startService(t)
  await t.rejects(auto.run({ model: 'HiDream-ai/HiDream-E1-Full' }), { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no', message: /wavespeed \(staging\)$/ })
  t.same(auto.emulator.calls, [])
  const named = await startService(t, {}, { provider: 'wavespeed' })
  t.match(await named.run({ model: 'HiDream-ai/HiDream-E1-Full' }), {
    warnings: ['wavespeed serves HiDream-ai/HiDream-E1-Full for test purposes only', /^the cost is that of/]
  })
})

t.test('a model that nobody serves for editing is told apart, and costs nothing', async t => {
  const { emulator, run } = await startService(t)
  const rows: Array<[model: string, message: RegExp]> = [
    ['no-lab/no-model', /Hub does not have the model no-lab\/no-model$/],
    ['black-forest-labs/FLUX.1-schnell', /does text-to-image at Hugging Face, not image-to-image$/],
    ['fancy-lab/weights-only', /no Inference Provider/],
    ['fancy-lab/elsewhere-edit', /but by nscale \(live\)$/],
    ['../../settings', /no name of a model/]
  ]
  for (const [model, message] of rows) {
    await t.rejects(run({ model }), { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no', message }, model)
  }
  t.same(emulator.calls, [])
  await t.rejects(run({ model: 'lambdalabs/gone-pix2pix' }), { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no', message: /no longer has this model/ })
  t.equal(emulator.spent(), 0)
})

t.test('stops at once when the caller goes, and cancels the job where it can be', async t => {
  const reason = new Error('the caller has gone')
  for (const [name, method, end] of [['fal-ai', 'PUT', 202], ['replicate', 'POST', 200], ['wavespeed', undefined, undefined]] as const) {
    const { emulator, run } = await startService(t, { jobPolls: 1000, waits: false })
    const controller = new AbortController()
    const running = run({ model: models[name] }, controller.signal)
    while (!emulator.calls.some(call => call.method === 'GET' && call.status !== null)) await delay(5)
    controller.abort(reason)
    await t.rejects(running, reason)
    if (method === undefined) continue
    const cancelled = () => emulator.calls.find(call => call.method === method && call.path.endsWith('/cancel'))
    while (cancelled()?.status !== end) await delay(5)
    t.ok(cancelled(), name)
  }
})

t.test('a handle is plain JSON, and only a provider with jobs takes it up', async t => {
  const mapping: Mapping = { find: async () => routeTo('wavespeed') }
  const tools = scripted(json({ data: { id: 't1' } }))
  const provider = createProvider({ ...tools, mapping, provider: 'auto', pollMs: 123 })
  const path = '/api/v3/predictions/t1/result'
  const handle = { strategy: 'wavespeed', job: { id: 't1', path, cancelPath: path }, warnings: [] }
  t.same(await provider.submit(providerEdit(), context), { state: 'pending', handle, pollAfterMs: 123 })
  await t.rejects(async () => await provider.cancel?.(handle, context), { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', message: 'wavespeed cannot cancel a job' })
  await t.rejects(async () => await provider.poll?.({ ...handle, strategy: 'together' }, context))
  await t.rejects(async () => await provider.poll?.({ ...handle, job: { ...handle.job, path: '@evil.example/' } }, context))
  t.equal(tools.sent.length, 1)
  const having = names.map(name => Object.keys(createProvider({ ...tools, mapping, provider: name, pollMs: 1 })).filter(key => key === 'poll' || key === 'cancel'))
  t.same(having, [['poll', 'cancel'], ['poll', 'cancel'], ['poll'], [], []])
})

t.test('a failure after acceptance keeps what is known of it', async t => {
  const reason = new Error('the caller has gone')
  const failures = [
    new EditError('EDIT_ERR_PROVIDER_RATE_LIMITED', 'slow down', { billed: 'no', retryAfterMs: 5, details: { status: 429 } }),
    new EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', 'gone', { billed: 'no', details: { status: 410 } }),
    reason
  ]
  const provider = createProvider({ ...scripted(...failures), mapping: { find: async () => routeTo('replicate') }, provider: 'auto', pollMs: 1 })
  const poll = async () => await provider.poll?.({ strategy: 'replicate', job: { id: 'p1', path: '/p1', cancelPath: '/p1/cancel' }, warnings: [] }, context)
  await t.rejects(poll(), { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', billed: 'maybe', retryAfterMs: 5, details: { status: 429 } })
  await t.rejects(poll(), { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', message: 'gone' })
  await t.rejects(poll(), reason)
})
