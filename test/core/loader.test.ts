import { join } from 'node:path'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { configFrom } from '../../core/config.ts'
import { loadPlugins } from '../../core/loader.ts'
import { ProviderRegistry } from '../../core/registry.ts'

const plugin = (name: string, body: string, extra = '') => `
export const meta = { name: '${name}', ${extra} }
export const options = { type: 'object', properties: { size: { type: 'integer' } } }
export default async function (app, options) { ${body} }`

const ownPlugins = { 'first.mjs': plugin('first', 'app.loaded.push("first")') }

type Files = Record<string, string>

async function load (t: Test, { own = ownPlugins, others = {}, settings = {} }: { own?: Files, others?: Files, settings?: object }) {
  const root = t.testdir({ own, others })
  const lines: string[] = []
  const loggerInstance: FastifyBaseLogger = pino({ level: 'info' }, { write: line => { lines.push(line) } })
  const app = Fastify({ loggerInstance, pluginTimeout: 300 })
  t.after(() => app.close())
  const registry = new ProviderRegistry()
  const loaded: string[] = []
  app.decorate('providers', registry)
  app.decorate('loaded', loaded)
  const config = configFrom({ pluginTimeoutMs: 300, plugins: { directories: [join(root, 'others')], ...settings } })
  await loadPlugins(app, { config, registry, inTree: join(root, 'own') })
  await app.ready()
  return { loaded, registry, lines, quarantined: registry.list().filter(entry => entry.status === 'quarantined') }
}

t.test('loads all directories, the service\'s own first, dependencies before those that need them', async t => {
  const { loaded, quarantined } = await load(t, {
    others: {
      'a.mjs': plugin('a', 'app.loaded.push("a")', 'dependencies: ["z"]'),
      'z.mjs': plugin('z', 'app.loaded.push("z")', 'dependencies: ["first"]')
    }
  })
  t.same(loaded, ['first', 'z', 'a'])
  t.same(quarantined, [])
})

t.test('each plugin gets its options', async t => {
  const { loaded } = await load(t, { others: { 'a.mjs': plugin('a', 'app.loaded.push(options.size)') }, settings: { a: { size: 5 } } })
  t.same(loaded, ['first', 5])
})

t.test('a bad option stops the start, also of a third party\'s plugin', async t => {
  await t.rejects(load(t, { others: { 'a.mjs': plugin('a', '') }, settings: { a: { size: 'big' } } }), /plugins\.a\.size must be integer/)
})

t.test('a plugin can be left out', async t => {
  const { loaded } = await load(t, { others: { 'a.mjs': plugin('a', 'app.loaded.push("a")') }, settings: { first: false } })
  t.same(loaded, ['a'])
})

t.test('a setting for a plugin that is not there stops the start with the known names', async t => {
  await t.rejects(load(t, { settings: { nobody: {} } }), /plugins\.nobody: there is no such plugin; known: first/)
})

t.test('a directory that cannot be read stops the start', async t => {
  await t.rejects(load(t, { settings: { directories: ['/no/such/place'] } }), /plugins\.directories: \/no\/such\/place cannot be read/)
})

t.test('a third party\'s plugin that fails is quarantined with its reason, and the others serve', async t => {
  const { loaded, quarantined, registry, lines } = await load(t, {
    others: {
      'clash.mjs': plugin('clash', 'throw new Error("no luck")'),
      'first.mjs': plugin('first', ''),
      'good.mjs': plugin('good', 'app.loaded.push("good")'),
      'half.mjs': plugin('half', `
        const card = { id: 'm', name: 'M', description: 'M.', tier: 'mid', operations: ['erase'], capabilities: [], price: { usd: 0 }, expectedSeconds: 1, parameters: {},
          inputs: { formats: ['image/png'], accepts: [], mask: 'white-edits', maxImages: 1 }, outputs: { formats: ['image/png'], size: { rule: 'input' }, alpha: false } }
        app.providers.register({ specificationVersion: 'v1', name: 'half', vendor: 'half', models: [card], submit: async () => {} })
        throw 'half way'`),
      'nested.mjs': plugin('nested', 'app.register(async () => { throw new Error("inside") })'),
      'never.mjs': plugin('never', 'await new Promise(() => {})'),
      'schema.mjs': 'export const meta = { name: "schema" }\nexport const options = { type: "object", oneOf: [], properties: {} }\nexport default async () => {}',
      'endless.mjs': 'export const meta = { name: "endless" }\nawait new Promise(resolve => setTimeout(resolve, 3_000))\nexport default async () => {}',
      'needs.mjs': plugin('needs', '', 'dependencies: ["nobody"]'),
      'circle-a.mjs': plugin('circle-a', '', 'dependencies: ["circle-b"]'),
      'circle-b.mjs': plugin('circle-b', '', 'dependencies: ["circle-a"]')
    }
  })
  t.same(loaded, ['first', 'good'])
  const reasons = Object.fromEntries(quarantined.map(({ name, reason }) => [name, reason]))
  t.match(reasons, {
    clash: 'no luck',
    first: /a plugin named "first" is loaded already/,
    half: /half way/,
    nested: 'inside',
    never: /did not start in time|timed out|Plugin did not/i,
    schema: /the schema keyword "oneOf" is not supported/,
    endless: 'its import has not ended within 300 ms',
    needs: /its dependencies are missing or go round in a circle: nobody/,
    'circle-a': /circle-b/,
    'circle-b': /circle-a/
  })
  t.same(registry.offers(), [], 'what a failed plugin had registered is taken out again')
  t.ok(lines.some(line => line.includes('plugin quarantined') && line.includes('"plugin":"clash"')))
})

t.test('a plugin of the service\'s own that fails stops the start', async t => {
  await t.rejects(load(t, { own: { 'bad.mjs': plugin('bad', 'throw new Error("no luck")') } }), /plugin bad: no luck/)
  await t.rejects(load(t, { own: { 'text.mjs': plugin('text', 'throw "only text"') } }), /plugin text: only text/)
  await t.rejects(load(t, { own: { 'none.mjs': 'export default 1' } }), /plugin none: its default export is no function/)
})
