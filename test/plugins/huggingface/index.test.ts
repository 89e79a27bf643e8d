import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { buildApp, configFrom } from '../../../core/index.ts'
import { options, vendor } from '../../../plugins/huggingface/index.ts'
import { startService } from './fixtures.ts'

const apiKey = 'hf_abcdefghijklmnop'

t.test('is listed with its model and the remedy while there is no token', async t => {
  const app = await buildApp(configFrom({ logLevel: 'silent' }))
  t.after(() => app.close())
  t.match(app.edits.providers().find(({ name }) => name === 'huggingface'), {
    vendor: 'huggingface', status: 'unconfigured', reason: 'HUGGINGFACE_API_KEY (or HF_TOKEN) is not set', models: [{ id: 'Qwen/Qwen-Image-Edit' }]
  })
  t.equal(vendor, 'huggingface')
})

t.test('takes its token from either variable, the longer name first', async t => {
  for (const environment of [{ HUGGINGFACE_API_KEY: apiKey }, { HF_TOKEN: apiKey }, { HUGGINGFACE_API_KEY: apiKey, HF_TOKEN: 'no token' }]) {
    const app = await buildApp(configFrom({ logLevel: 'silent' }, { environment }))
    t.after(() => app.close())
    t.match(app.edits.providers().find(({ name }) => name === 'huggingface'), { status: 'ready' })
    t.match(app.edits.offers().filter(({ provider }) => provider === 'huggingface'), [{ priority: 50, anyModel: true }])
  }
})

t.test('stops the start for options that cannot be right, without showing the token', async t => {
  const bad: Array<[options: Record<string, unknown>, message: RegExp]> = [
    [{ apiKey: 'sk-abcdefghijklmnop' }, /plugins\.huggingface\.apiKey/],
    [{ apiKey: 'hf_short' }, /plugins\.huggingface\.apiKey/],
    [{ apiKey: `${apiKey}\n` }, /plugins\.huggingface\.apiKey/],
    [{ apiKey, baseUrl: 'router.huggingface.co' }, /plugins\.huggingface\.baseUrl/],
    [{ apiKey, hubUrl: 'https://huggingface.co/' }, /plugins\.huggingface\.hubUrl/],
    [{ apiKey, provider: 'nebius' }, /plugins\.huggingface\.provider must be one of auto, fal-ai/],
    [{ apiKey, billTo: 'a b' }, /plugins\.huggingface\.billTo/],
    [{ apiKey, falQueue: 'maybe' }, /plugins\.huggingface\.falQueue/],
    [{ apiKey, mappingCacheMs: -1 }, /plugins\.huggingface\.mappingCacheMs/],
    [{ apiKey, timeoutMs: 10 }, /plugins\.huggingface\.timeoutMs/],
    [{ apiKey, pollMs: 0 }, /plugins\.huggingface\.pollMs/],
    [{ apiKey, timeout: 10 }, /plugins\.huggingface\.timeout/]
  ]
  for (const [huggingface, message] of bad) {
    const building = () => buildApp(configFrom({ logLevel: 'silent', plugins: { huggingface } }))
    await t.rejects(building(), { message })
    await t.rejects(building(), { message: /^(?!.*abcdefghij)/s })
  }
})

t.test('asks Hugging Face at its own addresses unless told otherwise', async t => {
  t.match(Value.Default(options, {}), {
    baseUrl: 'https://router.huggingface.co', hubUrl: 'https://huggingface.co', falQueue: true, mappingCacheMs: 600_000, timeoutMs: 120_000, pollMs: 1000
  })
  t.equal(options.properties.provider.default, 'auto')
})

t.test('puts calls on the bill of an organisation, and asks the Hub without it', async t => {
  const { emulator, run } = await startService(t, {}, { billTo: 'acme' })
  await run()
  t.ok(emulator.calls.length >= 3)
  t.ok(emulator.calls.every(({ headers }) => headers['x-hf-bill-to'] === 'acme'))
  t.match(emulator.hub.calls, [{ headers: { authorization: `Bearer ${emulator.key}`, 'x-hf-bill-to': undefined } }])
})

t.test('an organisation that is not the token\'s is refused by Hugging Face', async t => {
  const { run } = await startService(t, {}, { billTo: 'other' })
  await t.rejects(run(), { code: 'EDIT_ERR_PROVIDER_AUTH', billed: 'no' })
})

t.test('an answer that takes longer than the timeout is given up, as one that may be billed', async t => {
  const { emulator, run, posts } = await startService(t, {}, { timeoutMs: 1000 })
  emulator.script.next(1, 'hang', 'POST')
  await t.rejects(run(), { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' })
  t.equal(posts().length, 1)
})
