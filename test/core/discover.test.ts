import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { importPlugin, listPlugins } from '../../core/discover.ts'

t.test('lists folders with an index and single files by name, and nothing else', async t => {
  const directory = t.testdir({
    'b-file.ts': '',
    'a-folder': { 'index.js': '' },
    'c-file.mjs': '',
    _shared: { 'index.ts': '' },
    '.hidden': { 'index.ts': '' },
    node_modules: { 'index.ts': '' },
    'README.md': '',
    'types.d.ts': '',
    empty: {}
  })
  symlinkSync(join(directory, 'nowhere'), join(directory, 'dangling'))
  const places = await listPlugins(directory)
  t.same(places.map(({ name, refused }) => [name, refused]), [['a-folder', undefined], ['b-file', undefined], ['c-file', undefined]])
})

t.test('what a link leads to outside the directory is refused, before anything of it runs', async t => {
  const root = t.testdir({ plugins: { inner: {} }, outside: { 'index.ts': 'globalThis.ran = true', 'single.ts': '' } })
  const plugins = join(root, 'plugins')
  symlinkSync(join(root, 'outside'), join(plugins, 'folder'))
  symlinkSync(join(root, 'outside', 'single.ts'), join(plugins, 'single.ts'))
  symlinkSync(join(root, 'outside', 'index.ts'), join(plugins, 'inner', 'index.ts'))
  const places = await listPlugins(plugins)
  t.same(places.map(({ name }) => name), ['folder', 'inner', 'single'])
  for (const place of places) await t.rejects(importPlugin(place), /it lies outside/)
  t.notOk('ran' in globalThis)
})

const imported = async (t: Test, source: string) => {
  const directory = t.testdir()
  mkdirSync(join(directory, 'acme'))
  writeFileSync(join(directory, 'acme', 'index.mjs'), source)
  const [place] = await listPlugins(directory)
  return await importPlugin(place ?? { name: 'none', file: 'none' })
}

t.test('takes a plugin wrapped in fastify-plugin, with vendor and schema', async t => {
  const module = await imported(t, `
    const plugin = async () => {}
    plugin[Symbol.for('plugin-meta')] = { name: 'acme', dependencies: ['auth'] }
    export default plugin
    export const vendor = 'house'
    export const options = { type: 'object', properties: {} }`)
  t.match(module, { name: 'acme', dependencies: ['auth'], vendor: 'house', schema: { type: 'object' } })
})

t.test('takes a bare function with exported metadata, and encapsulates it', async t => {
  const { plugin, ...module } = await imported(t, 'export default async () => {}\nexport const meta = { name: "acme" }\nexport const options = 1')
  t.same(module, { name: 'acme', dependencies: [], vendor: undefined, schema: undefined })
  t.equal(Reflect.get(plugin, Symbol.for('skip-override')), false)
})

const incomplete: Array<[string, string, RegExp]> = [
  ['throws on import', 'throw new Error("broken at import")', /broken at import/],
  ['has no default export', 'export const x = 1', /its default export is no function/],
  ['has no metadata', 'export default async () => {}', /it misses its metadata/],
  ['has metadata without a name', 'export default async () => {}\nexport const meta = {}', /it misses its metadata/],
  ['has metadata that are no object', 'export default async () => {}\nexport const meta = "acme"', /it misses its metadata/],
  ['has dependencies that are no list', 'export default async () => {}\nexport const meta = { name: "acme", dependencies: "x" }', /it misses its metadata/],
  ['has another name than its folder', 'export default async () => {}\nexport const meta = { name: "other", dependencies: undefined }', /its metadata name it "other", but it lies at "acme"/]
]
for (const [title, source, message] of incomplete) {
  t.test(`refuses a plugin that ${title}`, async t => { await t.rejects(imported(t, source), message) })
}
