import { Type } from '@sinclair/typebox'
import t from 'tap'
import { configFrom } from '../../core/config.ts'
import { pluginOptions } from '../../core/plugin-options.ts'

const schema = Type.Object({
  apiKey: Type.Optional(Type.String({ minLength: 8, env: ['OTHER_TOKEN'] })),
  timeoutMs: Type.Integer({ default: 60_000, minimum: 1 }),
  fast: Type.Optional(Type.Boolean())
}, { additionalProperties: false })

const options = (settings: object, environment: Record<string, string>, source: object = {}) =>
  pluginOptions(configFrom({ plugins: settings }, { environment }), { name: 'acme-paint', vendor: 'acme', schema, ...source })

t.test('defaults, then the file, then the environment', async t => {
  t.same(options({}, {}), { timeoutMs: 60_000 })
  t.same(options({ 'acme-paint': { timeoutMs: 5, fast: true } }, {}), { timeoutMs: 5, fast: true })
  t.same(options({ 'acme-paint': { timeoutMs: 5 } }, { ACME_PAINT_TIMEOUT_MS: '7', ACME_PAINT_FAST: 'true' }), { timeoutMs: 7, fast: true })
})

t.test('the plugin\'s own variable goes before the vendor\'s, and that before a further name; an empty one is none', async t => {
  const environment = { OTHER_TOKEN: 'other-token', ACME_API_KEY: 'vendor-key', ACME_PAINT_API_KEY: 'plugin-key' }
  t.match(options({}, environment), { apiKey: 'plugin-key' })
  t.match(options({}, { ...environment, ACME_PAINT_API_KEY: '' }), { apiKey: 'vendor-key' })
  t.match(options({}, { OTHER_TOKEN: 'other-token' }), { apiKey: 'other-token' })
  t.match(options({}, { ACME_API_KEY: 'vendor-key' }, { vendor: undefined }), { timeoutMs: 60_000 })
  t.match(options({}, { ACME_PAINT_API_KEY: 'plugin-key' }, { vendor: 'acme-paint' }), { apiKey: 'plugin-key' })
})

t.test('a bad option is named with where it came from, never with its value', async t => {
  t.throws(() => options({}, { ACME_API_KEY: 'short' }), /^bad option: ACME_API_KEY must have at least 8 characters/)
  t.throws(() => options({ 'acme-paint': { colour: 'red' } }, {}), /plugins\.acme-paint\.colour is not known/)
  try {
    options({}, { ACME_API_KEY: 'short' })
  } catch (err) {
    t.notMatch(String(err), /short/)
  }
})

t.test('a plugin without a schema gets what the file says', async t => {
  t.same(options({ 'acme-paint': { any: [1] } }, { ACME_PAINT_ANY: 'x' }, { schema: undefined }), { any: [1] })
  t.same(options({}, {}, { schema: undefined }), {})
})
