import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { ballMask, ballPicture } from '../vendors/stability/pictures.ts'
import { createWavespeedEmulator } from '../vendors/wavespeed/index.ts'

const size = { width: 320, height: 256 }
const image = (await ballPicture(size)).toString('base64')
const qwen = ['wavespeed-qwen', 'qwen-edit-plus'] as const
const nano = ['wavespeed-nano-banana', 'nano-banana-pro-edit-ultra'] as const
const seedream = ['wavespeed-seedream', 'seedream-v4.5-edit'] as const
const all = [qwen, nano, seedream]

/** The Edit Studio API before WaveSpeed's emulator, with no other provider that edits by instruction. */
async function start (t: Test, settings: object = {}) {
  const emulator = await createWavespeedEmulator({ polls: 0, pixelScale: 1 / 16 })
  t.after(() => emulator.close())
  const names = (await readdir(join(import.meta.dirname, '../../plugins'), { withFileTypes: true })).filter(entry => entry.isDirectory()).map(({ name }) => name)
  const others = names.filter(name => !/^(http-edit|http-body|stability|wavespeed.*|_.*)$/.test(name))
  const app = await buildApp(configFrom({
    logLevel: 'silent',
    downloads: { allowHosts: [new URL(emulator.storage.url).host] },
    plugins: { ...Object.fromEntries(others.map(name => [name, false])), wavespeed: { apiKey: emulator.key, baseUrl: emulator.url, pollMs: 50 } },
    ...settings
  }))
  t.after(() => app.close())
  const edit = async (fields: object) => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/image-studio/edit/process',
      payload: { image_base64: image, operation: 'general_edit', prompt: 'a green ball', ...fields }
    })
    return { status: response.statusCode, body: response.json() }
  }
  return { emulator, edit }
}

t.test('a general edit goes where its provider and model say', async t => {
  const { emulator, edit } = await start(t)
  const cases: Array<[provider: string | undefined, model: string | undefined, expected: readonly [provider: string, model: string]]> = [
    [undefined, undefined, qwen],
    ['wavespeed', undefined, qwen],
    ...all.flatMap(([provider, model]): typeof cases => [
      [undefined, model, [provider, model]],
      ['wavespeed', model, [provider, model]],
      [provider, undefined, [provider, model]],
      [provider, model, [provider, model]]
    ])
  ]
  for (const [provider, model, [expectedProvider, expectedModel]] of cases) {
    const before = emulator.spent()
    const { status, body } = await edit({ provider, model })
    const shown = `provider ${provider}, model ${model}`
    t.equal(status, 200, shown)
    t.match(body, {
      success: true,
      provider: expectedProvider,
      metadata: { provider: expectedProvider, model: expectedModel, vendor: 'wavespeed', attempts: [{ provider: expectedProvider, code: null, billed: 'yes' }], warnings: [] }
    }, shown)
    t.equal(Math.round((emulator.spent() - before) * 100), Math.round(body.metadata.cost_usd * 100), 'one call is paid')
  }
})

t.test('a model of another provider than the named one is asked where it is, with a warning', async t => {
  const { edit } = await start(t)
  for (const [provider] of all) {
    for (const [owner, model] of all.filter(([name]) => name !== provider)) {
      t.match((await edit({ provider, model })).body, {
        provider: owner, metadata: { model, warnings: [`provider "${provider}" does not have the model ${model}: it is asked at ${owner}`] }
      })
    }
  }
})

t.test('the operator\'s order decides where the request does not', async t => {
  const { edit } = await start(t, { order: { general_edit: ['wavespeed-seedream', 'wavespeed-qwen'] } })
  t.match((await edit({})).body, { provider: 'wavespeed-seedream' })
  t.match((await edit({ model: 'nano-banana-pro-edit-ultra' })).body, { provider: 'wavespeed-nano-banana' }, 'what the request names comes first')
})

t.test('when the first choice fails before anything is made, the next one is asked', async t => {
  const { emulator, edit } = await start(t)
  emulator.script.next(1, 'payment_required')
  t.match((await edit({ provider: 'wavespeed' })).body, {
    provider: 'wavespeed-nano-banana',
    metadata: { attempts: [{ provider: 'wavespeed-qwen', code: 'EDIT_ERR_PROVIDER_QUOTA', billed: 'no', cost_usd: 0 }, { provider: 'wavespeed-nano-banana', code: null }] }
  })
})

t.test('a refusal of the content is not shopped around', async t => {
  const { emulator, edit } = await start(t)
  const { status, body } = await edit({ provider: 'wavespeed', prompt: '[fault:task_moderated]' })
  t.equal(status, 422)
  t.match(body, { detail: { code: 'EDIT_ERR_CONTENT_REJECTED' } })
  t.equal(emulator.calls.length, 1)
})

t.test('names that do not exist are the caller\'s mistake, and spend nothing', async t => {
  const { emulator, edit } = await start(t)
  for (const fields of [{ provider: 'nobody' }, { provider: 'wavespeed', model: 'nothing' }, { provider: 'wavespeed-qwen', model: 'nothing' }]) {
    const { status, body } = await edit(fields)
    t.equal(status, 422)
    t.match(JSON.stringify(body), /is not known here/)
  }
  t.same(emulator.calls, [])
})

t.test('a mask reaches no model that takes none, though it was named', async t => {
  const { emulator, edit } = await start(t)
  for (const fields of [{ provider: 'wavespeed' }, { model: 'qwen-edit-plus' }]) {
    const { status, body } = await edit({ ...fields, mask_base64: (await ballMask(size)).toString('base64') })
    t.equal(status, 422)
    t.match(body, { detail: { code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', message: /takes no mask/ } })
  }
  t.same(emulator.calls, [])
})
