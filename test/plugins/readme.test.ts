import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { errorTable } from '../../core/errors.ts'
import { faultNames } from '../contract/failures.ts'
import { paintScene } from '../contract/pictures.ts'
import { inspect } from '../contract/image-facts.ts'
import { startMosaic } from '../fixtures/third-party/mosaic.ts'

const root = new URL('../../', import.meta.url)
const readme = await readFile(new URL('plugins/README.md', root), 'utf8')
const blocks = [...readme.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(([, language, file, text]) => ({ language, file, text }))

t.test('every block of code is a file, and shows it as it is', async t => {
  t.same(blocks.map(({ file }) => file.split('/').at(-1)), ['index.mjs', 'retouch.config.json', 'pixelate.test.mjs'])
  for (const { file, text } of blocks) t.equal(text, await readFile(new URL(file, root), 'utf8'), file)
})

t.test('the table of errors has every code that a provider throws, with what comes next', async t => {
  const rows = [...readme.matchAll(/^\| `(EDIT_ERR_\w+)` \| .* \| (.*) \|$/gm)].map(([, code, next]) => ({ code, next }))
  const codes = Object.keys(errorTable).filter(code => code.startsWith('EDIT_ERR_PROVIDER_') || code === 'EDIT_ERR_CONTENT_REJECTED')
  t.same(rows.map(({ code }) => code), codes)
  for (const { code, next } of rows) {
    const rule = Object.entries(errorTable).find(([name]) => name === code)
    const words = { stop: /^stop/, next: /^next/, retry: /^once more/ }
    t.match(next, rule && words[rule[1].next], code)
  }
})

t.test('it counts the faults of the kit right', async t => {
  t.match(readme, /fourteen\s+ways in which a vendor fails/)
  t.equal(faultNames.length, 14)
})

t.test('the example serves from a directory outside of the repository, as a third party\'s plugin', async t => {
  const project = await mkdtemp(join(tmpdir(), 'retouch-third-party-'))
  t.after(() => rm(project, { recursive: true }))
  await cp(new URL('test/fixtures/third-party', root), project, { recursive: true })
  const mosaic = await startMosaic('a-key-for-tests')
  t.after(() => mosaic.close())

  const settings = JSON.parse(await readFile(join(project, 'retouch.config.json'), 'utf8'))
  const app = await buildApp(configFrom({ ...settings, logLevel: 'silent', downloads: { allowHosts: ['127.0.0.1'] } }, {
    directory: project,
    environment: { MOSAIC_API_KEY: 'a-key-for-tests', PIXELATE_BASE_URL: mosaic.url, PIXELATE_POLL_MS: '1' }
  }))
  t.after(() => app.close())
  t.match(app.edits.providers().find(({ name }) => name === 'pixelate'), { vendor: 'mosaic', status: 'ready', reason: null })

  const image = await paintScene({ width: 80, height: 60, wall: [210, 210, 210], thing: 'ball' })
  for (const model of ['mosaic-quick', 'mosaic-careful']) {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/image-studio/edit/process',
      payload: { operation: 'general_edit', image_base64: image.toString('base64'), prompt: 'Lay a mosaic over it', provider: 'pixelate', model }
    })
    t.equal(answer.statusCode, 200, answer.body.slice(0, 300))
    t.match(answer.json(), { success: true, operation: 'general_edit', width: 80, height: 60 })
    t.match(await inspect(Buffer.from(answer.json().image_base64.split(',').at(-1), 'base64')), { width: 80, height: 60 })
  }
  t.equal(mosaic.charged, 2)
})
