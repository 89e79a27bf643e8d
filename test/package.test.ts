import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { startMosaic } from './fixtures/third-party/mosaic.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const run = promisify(execFile)

// tap marks its children for their coverage; a `node --test` that finds the marks would take itself for one of them.
const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_NO_WARNINGS: '1' }

const work = await mkdtemp(join(tmpdir(), 'retouch-package-'))
t.teardown(() => rm(work, { recursive: true }))
const tarball = await pack()
const consumer = await install(tarball)

/** Packs a copy of the sources, so that nothing is written into the repository; the scripts of package.json run as for a release. */
async function pack (): Promise<string> {
  const copy = join(work, 'sources')
  const sources = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'server.ts', 'LICENSE', 'core', 'plugins', 'test/contract', 'test/fixtures/third-party']
  for (const name of sources) await cp(join(root, name), join(copy, name), { recursive: true })
  await linkPackages(copy, () => true)
  await mkdir(join(copy, 'node_modules/.bin'))
  // Only what packing needs: with tap's there, the script `prepare` would build it.
  await symlink(join(root, 'node_modules/typescript/bin/tsc'), join(copy, 'node_modules/.bin/tsc'))
  await run('npm', ['pack', '--offline', '--ignore-scripts=false', '--pack-destination', work], { cwd: copy, env })
  const [file] = (await readdir(work)).filter(name => name.endsWith('.tgz'))
  return join(work, file)
}

/** An empty project with the package, and of other packages only those that it needs to run. */
async function install (tarball: string): Promise<string> {
  const project = join(work, 'consumer')
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  await linkPackages(project, name => packages[`node_modules/${name}`]?.dev !== true)
  await mkdir(join(project, 'node_modules/retouch'))
  await run('tar', ['xzf', tarball, '--strip-components=1', '-C', join(project, 'node_modules/retouch')])
  await cp(join(root, 'test/fixtures/third-party'), project, { recursive: true })
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }')
  return project
}

async function linkPackages (project: string, wanted: (name: string) => boolean): Promise<void> {
  const modules = join(root, 'node_modules')
  for (const entry of await readdir(modules)) {
    const names = entry.startsWith('@') ? (await readdir(join(modules, entry))).map(name => `${entry}/${name}`) : [entry]
    for (const name of names.filter(name => !name.startsWith('.') && wanted(name))) {
      const link = join(project, 'node_modules', name)
      await mkdir(dirname(link), { recursive: true })
      await symlink(join(modules, name), link)
    }
  }
}

t.test('the tarball holds JavaScript, declarations and the guide, and neither sources nor tests', async t => {
  const files = (await run('tar', ['tzf', tarball])).stdout.trim().split('\n').map(path => path.replace('package/', ''))
  for (const file of [
    'package.json', 'LICENSE', 'plugins/README.md', 'dist/server.js', 'dist/core/index.js', 'dist/core/index.d.ts', 'dist/test/contract/index.js',
    'dist/test/contract/index.d.ts', 'dist/plugins/local/index.js', 'dist/plugins/local/worker.js', 'dist/plugins/stability/index.js'
  ]) t.ok(files.includes(file), file)
  const unwanted = files.filter(file => /(?<!\.d)\.ts$|\.test\.|\/broken\/|fixtures|^\.|\.env/.test(file))
  t.same(unwanted, [])
})

t.test('the service starts from the package, and serves an edit by a plugin from outside and by one of its own', async t => {
  const mosaic = await startMosaic('a-key-for-tests')
  t.after(() => mosaic.close())
  await writeFile(join(consumer, 'serve.mjs'), `
    import { buildApp, configFrom } from 'retouch'
    import sharp from 'sharp'
    const app = await buildApp(configFrom({ logLevel: 'silent', plugins: { directories: ['./plugins'] } }, { environment: process.env }))
    const ball = Buffer.from('<svg width="64" height="64"><rect width="64" height="64" fill="#ddd"/><circle cx="32" cy="32" r="12" fill="#d22"/></svg>')
    const image = await sharp(ball).removeAlpha().png().toBuffer()
    const edit = async payload => (await app.inject({
      method: 'POST', url: '/api/image-studio/edit/process', payload: { ...payload, image_base64: image.toString('base64') }
    })).json()
    const { image_base64: mosaic, ...one } = await edit({ operation: 'general_edit', provider: 'pixelate', prompt: 'Lay a mosaic over it' })
    const { image_base64: cutOut, ...other } = await edit({ operation: 'remove_background', provider: 'local' })
    console.log(JSON.stringify([one, other]))
    await app.close()
  `)
  const { stdout } = await run(process.execPath, ['serve.mjs'], {
    cwd: consumer, env: { ...env, PIXELATE_API_KEY: 'a-key-for-tests', PIXELATE_BASE_URL: mosaic.url }
  })
  t.match(JSON.parse(stdout), [
    { success: true, provider: 'pixelate', width: 64, height: 64 },
    { success: true, provider: 'local', width: 64, height: 64 }
  ])
  t.equal(mosaic.charged, 1)
})

t.test('the contract kit of the package passes the example of the guide under node:test', async t => {
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'pixelate.test.mjs'], { cwd: consumer, env })
  t.match(stdout, /ok \d+ - mosaic-quick general_edit: gives a result/)
  t.match(stdout, /^# fail 0$/m)
})

t.test('the types of the package hold in a project that checks them', async t => {
  await writeFile(join(consumer, 'types.ts'), `
    import type { EditProvider, ModelCard, Upstream } from 'retouch'
    import { buildApp, configFrom } from 'retouch'
    import { testProvider } from 'retouch/test'
    import type { ProviderTestOptions } from 'retouch/test'
    const card: ModelCard['tier'] = 'budget'
    const app = await buildApp(configFrom({}))
    const upstream: Upstream = app.createUpstream({ name: 'a', baseUrl: 'http://a' })
    const options: ProviderTestOptions = { plugin: {} }
    const submit: EditProvider['submit'] = async ({ images: [image] }, { signal }) => {
      const { body } = await upstream.post('/edit', { json: { image: { base64: image.bytes } } }, { signal })
      return { state: 'done', result: { images: [{ bytes: body }] } }
    }
    // @ts-expect-error: a submission has no such state
    const wrong: EditProvider['submit'] = async () => ({ state: 'finished' })
    export { card, options, submit, wrong, testProvider }
  `)
  const { stdout } = await run(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2025', '--module', 'nodenext',
    '--typeRoots', join(root, 'node_modules/@types'), '--types', 'node', 'types.ts'
  ], { cwd: consumer, env }).catch(err => err)
  t.equal(stdout, '')
})
