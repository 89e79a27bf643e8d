import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { buildApp, configFrom } from '../../../core/index.ts'
import { options } from '../../../plugins/wavespeed/index.ts'
import { createWavespeedEmulator } from '../../vendors/wavespeed/index.ts'
import { image } from './fixtures.ts'

const apiKey = 'an-api-key-of-wavespeed'
const fixture = join(import.meta.dirname, '../../fixtures/wavespeed-models')

async function start (t: { after: (close: () => unknown) => void }, settings: object = {}, environment: Record<string, string> = {}) {
  const app = await buildApp(configFrom({ logLevel: 'silent', ...settings }, { environment }))
  t.after(() => app.close())
  const listings = app.edits.providers().filter(({ vendor }) => vendor === 'wavespeed')
  return { app, listings }
}

t.test('its providers are listed with the remedy while there is no key', async t => {
  const { listings } = await start(t)
  t.match(listings, ['wavespeed-nano-banana', 'wavespeed-qwen', 'wavespeed-seedream'].map(name =>
    ({ name, status: 'unconfigured', reason: 'WAVESPEED_API_KEY is not set', models: [{ operations: ['general_edit'] }] })))
})

t.test('one key from the environment serves them all, in their order', async t => {
  const { app, listings } = await start(t, {}, { WAVESPEED_API_KEY: apiKey })
  t.same(listings.map(({ status }) => status), ['ready', 'ready', 'ready'])
  const offers = app.edits.offers('general_edit').filter(({ vendor }) => vendor === 'wavespeed')
  t.same(offers.map(({ provider, card, priority }) => [provider, card.id, priority]), [
    ['wavespeed-qwen', 'qwen-edit-plus', 20], ['wavespeed-nano-banana', 'nano-banana-pro-edit-ultra', 30], ['wavespeed-seedream', 'seedream-v4.5-edit', 40]
  ])
})

t.test('stops the start for options that cannot be right, without showing the key', async t => {
  const bad: Array<[options: Record<string, unknown>, message: RegExp]> = [
    [{ apiKey: 'short' }, /plugins\.wavespeed\.apiKey/],
    [{ apiKey: `${apiKey}\n` }, /plugins\.wavespeed\.apiKey/],
    [{ apiKey: `"${apiKey}"` }, /plugins\.wavespeed\.apiKey/],
    [{ apiKey: `Bearer ${apiKey}` }, /plugins\.wavespeed\.apiKey/],
    [{ apiKey, baseUrl: 'api.wavespeed.ai' }, /plugins\.wavespeed\.baseUrl/],
    [{ apiKey, timeoutMs: 10 }, /plugins\.wavespeed\.timeoutMs/],
    [{ apiKey, pollMs: 0 }, /plugins\.wavespeed\.pollMs/],
    [{ apiKey, inlineBytes: -1 }, /plugins\.wavespeed\.inlineBytes/],
    [{ apiKey, exclusiveAccount: 'perhaps' }, /plugins\.wavespeed\.exclusiveAccount/],
    [{ apiKey, timeout: 10 }, /plugins\.wavespeed\.timeout/]
  ]
  for (const [wavespeed, message] of bad) {
    await t.rejects(start(t, { plugins: { wavespeed } }), { message })
    await t.rejects(start(t, { plugins: { wavespeed } }), { message: /^(?!.*an-api-key)/s })
  }
  for (const name of ['wavespeed-qwen', 'wavespeed-nano-banana', 'wavespeed-seedream']) {
    await t.rejects(start(t, { plugins: { [name]: { apiKey } } }), { message: new RegExp(`plugins\\.${name}\\.apiKey is not known`) }, 'a key at the wrong place is not overlooked')
  }
})

t.test('asks the vendor at its own address, as often as its documentation does, unless told otherwise', async t => {
  t.same(Value.Default(options, {}), {
    baseUrl: 'https://api.wavespeed.ai', timeoutMs: 120_000, pollMs: 2000, inlineBytes: 4 * 1024 * 1024, exclusiveAccount: false
  })
})

t.test('a fourth model is one small folder anywhere, which imports nothing', async t => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'wavespeed-models-'))
  t.after(() => rm(elsewhere, { recursive: true }))
  await cp(fixture, elsewhere, { recursive: true })
  const source = await readFile(join(elsewhere, 'flux-kontext/index.ts'), 'utf8')
  t.notMatch(source, /^import (?!type)/m)
  t.ok(source.split('\n').length <= 40)

  const emulator = await createWavespeedEmulator()
  t.after(() => emulator.close())
  const { app } = await start(t, {
    plugins: { directories: [elsewhere], wavespeed: { apiKey: emulator.key, baseUrl: emulator.url } },
    downloads: { allowHosts: [new URL(emulator.storage.url).host] }
  })
  const fields = {
    image: 'image', mask: 'mask', background: 'background', lighting: 'lighting', prompt: 'prompt', searchPrompt: 'search', selectPrompt: 'select', expansion: 'expansion'
  }
  const result = await app.edits.run({
    operation: 'general_edit',
    fields,
    images: [image],
    prompt: 'a green ball',
    parameters: { guidance_scale: 4 },
    output: { format: 'image/jpeg' },
    route: { model: 'flux-kontext-pro' }
  }, { signal: new AbortController().signal, log: app.log })
  t.match(result, { provider: 'flux-kontext', vendor: 'wavespeed', costUsd: 0.04, images: [{ mediaType: 'image/jpeg', width: 320, height: 256 }] })
  t.match(result.adaptations, [{ kind: 'pad', detail: '320×256 is padded to 342×256' }, { kind: 'restore' }])
  t.match(emulator.calls.map(({ path, fields }) => ({ path, fields })), [
    { path: '/api/v3/wavespeed-ai/flux-kontext-pro', fields: { prompt: 'a green ball', image: 'png 342×256', aspect_ratio: '4:3', guidance_scale: '4', enable_sync_mode: 'true' } }
  ])
})
