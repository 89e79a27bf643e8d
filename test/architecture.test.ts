import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '..')
const sources = globSync('{core,plugins,test}/**/*.ts', { cwd: root }).concat('server.ts').toSorted()
const read = (file: string) => readFileSync(join(root, file), 'utf8')

interface Import { readonly from: string, readonly to: string, readonly typeOnly: boolean }

const imports: Import[] = sources.flatMap(from => {
  const statements = read(from).matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s+['"]([^'"]+)['"]/gm)
  return [...statements].map(([, typeOnly, named, dynamic, bare]) => {
    const specifier = named ?? dynamic ?? bare ?? ''
    const to = specifier.startsWith('.') ? relative(root, resolve(root, dirname(from), specifier)) : specifier
    return { from, to, typeOnly: typeOnly !== undefined }
  })
})

const folderOf = (file: string) => file.split('/')[1] ?? ''
const inCore = ({ to }: Import) => to.startsWith('core/')

/** Each arrow that must not exist; the test fails with the imports that draw it. */
const forbidden: Array<[string, (edge: Import) => boolean]> = [
  ['the kernel imports no plugin', ({ from, to }) => from.startsWith('core/') && to.startsWith('plugins/')],
  ['nothing imports the server', ({ to }) => to === 'server.ts'],
  ['nothing outside test/ imports from test/', ({ from, to }) => !from.startsWith('test/') && to.startsWith('test/')],
  ['a plugin imports only types of the kernel, and those from its public face',
    edge => edge.from.startsWith('plugins/') && inCore(edge) && (!edge.typeOnly || edge.to !== 'core/index.ts')],
  ['a plugin imports no other plugin, but a folder with _ that several share', ({ from, to }) =>
    from.startsWith('plugins/') && to.startsWith('plugins/') && folderOf(from) !== folderOf(to) && !folderOf(to).startsWith('_')],
  ['only core/upstream imports undici', ({ from, to }) => to === 'undici' && !from.startsWith('core/upstream/') && !from.startsWith('test/')],
  ['planner, registry and router know neither loader nor app', ({ from, to }) =>
    /^core\/(planner|registry|router|order|fit)\.ts$/.test(from) && /^core\/(app|loader|discover|config|index)\.ts$/.test(to)],
  ['the planner touches no pixel and no network', ({ from, to }) =>
    /^core\/(planner|order|fit|output-size)\.ts$/.test(from) && /^(core\/(imaging|upstream)\/|sharp|node:)/.test(to)]
]
for (const [rule, breaks] of forbidden) {
  t.test(rule, async t => { t.same(imports.filter(breaks), []) })
}

t.test('the imports are really read', async t => {
  t.ok(imports.some(({ from, to, typeOnly }) => from === 'core/attempt.ts' && to === 'core/runner.ts' && !typeOnly))
  t.ok(imports.some(({ from, to, typeOnly }) => from === 'plugins/local/provider.ts' && to === 'core/index.ts' && typeOnly))
})

t.test('only the configuration reads the environment', async t => {
  const readers = sources.filter(file => !file.startsWith('test/') && /process\.env\b/.test(read(file)))
  t.same(readers, ['core/config.ts'])
})

t.test('the kernel names no vendor and no file of it is longer than 200 lines', async t => {
  for (const file of sources.filter(name => name.startsWith('core/'))) {
    const text = read(file)
    t.notMatch(text, /stability|wavespeed|hugging/i, file)
    t.ok(text.split('\n').length <= 201, file)
  }
})

t.test('every source file has its test file, and every plugin a test', async t => {
  // Types and schemas alone, and entries that the tests of their folder run.
  const exempt = /(\/raster|^core\/(index|model-card))\.ts$/
  const hasCode = (file: string) => /^export (default|const|class|(async )?function) |^export \{/m.test(read(file))
  for (const file of sources.filter(name => /^(core|plugins)\//.test(name) && !exempt.test(name) && hasCode(name))) {
    t.ok(existsSync(join(root, 'test', file.replace(/\.ts$/, '.test.ts'))), file)
  }
})
