import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { buildApp, configFrom } from '../../../core/index.ts'
import { options, vendor } from '../../../plugins/stability/index.ts'

const apiKey = 'sk-abcdefghijklmnopqrst'

t.test('is listed with its models and the remedy while there is no key', async t => {
  const app = await buildApp(configFrom({ logLevel: 'silent' }))
  t.after(() => app.close())
  const listing = app.edits.providers().find(({ name }) => name === 'stability')
  t.match(listing, { vendor: 'stability', status: 'unconfigured', reason: 'STABILITY_API_KEY is not set' })
  t.equal(listing?.models.length, 7)
  t.equal(vendor, 'stability')
})

t.test('takes its key from the environment and goes before providers of the default priority', async t => {
  const app = await buildApp(configFrom({ logLevel: 'silent' }, { environment: { STABILITY_API_KEY: apiKey } }))
  t.after(() => app.close())
  t.match(app.edits.providers().find(({ name }) => name === 'stability'), { status: 'ready', reason: null })
  t.ok(app.edits.offers().filter(({ provider }) => provider === 'stability').every(({ priority }) => priority === 10))
})

t.test('stops the start for options that cannot be right, without showing the key', async t => {
  const bad: Array<[options: Record<string, unknown>, message: RegExp]> = [
    [{ apiKey: 'abcdefghijklmnopqrstuvwx' }, /plugins\.stability\.apiKey/],
    [{ apiKey: 'sk-short' }, /plugins\.stability\.apiKey/],
    [{ apiKey: `${apiKey}\n` }, /plugins\.stability\.apiKey/],
    [{ apiKey: `"${apiKey}"` }, /plugins\.stability\.apiKey/],
    [{ apiKey, baseUrl: 'api.stability.ai' }, /plugins\.stability\.baseUrl/],
    [{ apiKey, timeoutMs: 10 }, /plugins\.stability\.timeoutMs/],
    [{ apiKey, pollMs: 0 }, /plugins\.stability\.pollMs/],
    [{ apiKey, timeout: 10 }, /plugins\.stability\.timeout/]
  ]
  for (const [stability, message] of bad) {
    await t.rejects(buildApp(configFrom({ logLevel: 'silent', plugins: { stability } })), { message })
    await t.rejects(buildApp(configFrom({ logLevel: 'silent', plugins: { stability } })), { message: /^(?!.*abcdefghij)/s })
  }
})

t.test('asks the vendor at its own address, no more often than it allows, unless told otherwise', async t => {
  t.same(Value.Default(options, {}), { baseUrl: 'https://api.stability.ai', timeoutMs: 120_000, pollMs: 10_000 })
})
