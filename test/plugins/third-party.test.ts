import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { paintScene } from '../contract/pictures.ts'
import { startMosaic } from '../fixtures/third-party/mosaic.ts'

const meta = (name: string) => `export const meta = { name: '${name}' }\n`
const card = (id: string, more = '') => `{
  id: '${id}', name: '${id}', description: 'Does nothing.', tier: 'budget', operations: ['general_edit'], capabilities: [],
  inputs: { formats: ['image/png'], accepts: ['prompt'], mask: 'none', maxImages: 1 },
  outputs: { formats: ['image/png'], size: { rule: 'input' }, alpha: true }, parameters: {}, price: { usd: 0 }, expectedSeconds: 1 ${more}
}`
const provider = (name: string, more = '') =>
  `{ specificationVersion: 'v1', name: '${name}', vendor: '${name}', priority: 0, models: [${card(name, more)}], async submit () { throw new Error('asked') } }`

/** By their names: what is wrong with each, as its module, and what is to be said of it. */
const broken: Readonly<Record<string, { readonly module: string, readonly reason: RegExp }>> = {
  'throws-on-import': {
    module: `${meta('throws-on-import')} throw new Error('its weights are not here')`,
    reason: /^its weights are not here$/
  },
  'has-a-typo': {
    module: `${meta('has-a-typo')} export default async app => {`,
    reason: /Unexpected end of input/
  },
  'misses-its-metadata': {
    module: `export default async app => { app.providers.register(${provider('misses-its-metadata')}) }`,
    reason: /misses its metadata/
  },
  'breaks-the-contract': {
    module: `${meta('breaks-the-contract')} export default async app => { app.providers.register(${provider('breaks-the-contract', ', colour: 1')}) }`,
    reason: /^breaks the contract of EditProvider v1: models\[0\]/
  },
  'throws-once-registered': {
    module: `${meta('throws-once-registered')} export default async app => {
      app.providers.register(${provider('throws-once-registered')})
      throw new Error('and then its licence had run out')
    }`,
    reason: /its licence had run out/
  },
  'never-finishes': {
    module: `${meta('never-finishes')} export default async app => {
      app.providers.register(${provider('never-finishes')})
      await new Promise(() => {})
    }`,
    reason: /did not start in time/i
  },
  // The service has a plugin of this name.
  local: {
    module: `${meta('local')} export default async app => { app.providers.register(${provider('local')}) }`,
    reason: /a plugin named "local" is loaded already/
  }
}

/** A directory with the example that works and all that are broken, and beside it one that a link leads to. */
async function writeDirectory (t: Test): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'retouch-broken-'))
  t.after(() => rm(project, { recursive: true }))
  const directory = join(project, 'plugins')
  await cp(new URL('../fixtures/third-party/plugins', import.meta.url), directory, { recursive: true })
  for (const [name, { module }] of Object.entries(broken)) {
    await mkdir(join(directory, name))
    await writeFile(join(directory, name, 'index.mjs'), module)
  }
  await mkdir(join(project, 'elsewhere'))
  await writeFile(join(project, 'elsewhere', 'index.mjs'), `${meta('linked')} export default async () => {}`)
  await symlink(join(project, 'elsewhere'), join(directory, 'linked'))
  return directory
}

t.test('broken plugins of third parties are listed, each with its reason, and the others serve', async t => {
  const mosaic = await startMosaic('a-key-for-tests')
  t.after(() => mosaic.close())
  const app = await buildApp(configFrom({
    logLevel: 'silent',
    plugins: { directories: [await writeDirectory(t)], pixelate: { apiKey: 'a-key-for-tests', baseUrl: mosaic.url } }
  }))
  t.after(() => app.close())

  const listed = app.edits.providers().filter(({ status }) => status === 'quarantined')
  const reasons = { ...Object.fromEntries(Object.entries(broken).map(([name, { reason }]) => [name, reason])), linked: /lies outside/ }
  t.same(listed.map(({ name }) => name).toSorted(), Object.keys(reasons).toSorted())
  t.match(Object.fromEntries(listed.map(({ name, reason }) => [name, reason])), reasons)
  for (const { models } of listed) t.same(models, [])

  t.match(app.edits.providers().find(({ name, status }) => name === 'local' && status === 'ready'), { reason: null }, 'the service\'s own plugin stays')
  t.same(app.edits.offers().map(({ provider }) => provider).filter(name => name in broken && name !== 'local'), [], 'what they had registered is gone')

  const image = await paintScene({ width: 80, height: 60, wall: [210, 210, 210], thing: 'ball' })
  const answer = await app.inject({
    method: 'POST',
    url: '/api/image-studio/edit/process',
    payload: { operation: 'general_edit', image_base64: image.toString('base64'), prompt: 'Lay a mosaic over it' }
  })
  t.match(answer.json(), { success: true, provider: /./ })
})
