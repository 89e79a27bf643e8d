import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import t from 'tap'
import { buildApp, configFrom } from '../core/index.ts'

const root = resolve(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
/** The commands of a section. */
const commandsOf = (title: string) => [...new RegExp(`## ${title}\\n[^]*?\`\`\`sh\\n([^]*?)\`\`\``).exec(readme)?.[1]
  ?.replaceAll('\\\n', ' ').matchAll(/^sh test\/examples\/edit\.sh (\S+) '([^']*)'((?: +\S+=\S+)+)/gm) ?? []]
  .map(([, result = '', fields = '', pairs = '']) => ({ result, fields, pairs: pairs.trim().split(/ +/) }))

t.test('each first edit of the README gives an image of the kind that its file name says', async t => {
  const commands = commandsOf('First edits')
  t.equal(commands.length, 6)
  const app = await buildApp(configFrom({ logLevel: 'silent' }))
  t.after(() => app.close())
  for (const { result, fields, pairs } of commands) {
    const images = Object.fromEntries(pairs.map(pair => pair.split('=')).map(([field = '', file = '']) => [field, readFileSync(join(root, file)).toString('base64')]))
    const response = await app.inject({ method: 'POST', url: '/api/image-studio/edit/process', payload: { ...JSON.parse(`{${fields}}`), ...images } })
    t.match(response.json(), { success: true, provider: 'local' }, result)
    const { format } = await sharp(Buffer.from(response.json().image_base64.split(',')[1], 'base64')).metadata()
    t.equal(format, result.endsWith('.jpg') ? 'jpeg' : 'png', result)
  }
})

t.test('the script that the commands call sends what it is told', async t => {
  const run = promisify(execFile)
  if (await run('curl', ['--version']).catch(() => null) === null) return t.comment('there is no curl on this machine')
  const app = await buildApp(configFrom({ logLevel: 'silent' }))
  t.after(() => app.close())
  const env = { ...process.env, RETOUCH_URL: await app.listen({ port: 0, host: '127.0.0.1' }) }
  const file = join(t.testdir(), 'out.png')
  const edit = (fields: string, pairs = ['image_base64=test/examples/images/mug.png']) => run('sh', ['test/examples/edit.sh', file, fields, ...pairs], { cwd: root, env })
  const { stdout } = await edit('"operation":"general_edit","prompt":"sepia"')
  t.match(JSON.parse(stdout), { success: true, image_base64: '…', width: 960 })
  t.match(await sharp(readFileSync(file)).metadata(), { format: 'png', width: 960, height: 640 })
  const [variants, ...others] = commandsOf('Several images')
  t.equal(others.length, 0)
  const several = await edit(variants?.fields ?? '', variants?.pairs)
  t.match(JSON.parse(several.stdout), { image_base64: '…', images: [{ image_base64: '…' }, {}, {}], metadata: { requested: 3, delivered: 3 } })
  const made = ['out', 'out-2', 'out-3'].map(name => readFileSync(file.replace('out', name)))
  for (const bytes of made) t.match(await sharp(bytes).metadata(), { format: 'jpeg' })
  t.equal(new Set(made.map(bytes => bytes.toString('base64'))).size, 3, 'no two are alike')
  t.notOk(existsSync(file.replace('out', 'out-4')))
  const refused: unknown = await edit('"operation":"erase"').catch((err: unknown) => err)
  t.match(refused, { code: 1, stdout: /"msg":"Field required/ })
})

t.test('a bare image goes in and comes out with curl alone', async t => {
  const run = promisify(execFile)
  if (await run('curl', ['--version']).catch(() => null) === null) return t.comment('there is no curl on this machine')
  const [, command = ''] = /## Ways in and out\n[^]*?```sh\n([^]*?)```/.exec(readme) ?? []
  const app = await buildApp(configFrom({ logLevel: 'silent' }))
  t.after(() => app.close())
  const file = join(t.testdir(), 'sepia.jpg')
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  await run('sh', ['-c', command.replace('http://127.0.0.1:3000', url).replace('-o sepia.jpg', `-o ${file}`)], { cwd: root })
  const sent = await sharp(readFileSync(join(root, 'test/examples/images/meadow.jpg'))).metadata()
  t.match(await sharp(readFileSync(file)).metadata(), { format: 'jpeg', width: sent.width, height: sent.height })
})

t.test('what the README does with OpenAI\'s library works', async t => {
  const example = join(root, 'test/examples/openai.mjs')
  t.ok(readme.includes(`\`\`\`js test/examples/openai.mjs\n${readFileSync(example, 'utf8')}\`\`\``), 'the file is what the README shows')
  const app = await buildApp(configFrom({ logLevel: 'silent' }))
  t.after(() => app.close())
  const env = { ...process.env, OPENAI_BASE_URL: `${await app.listen({ port: 0, host: '127.0.0.1' })}/v1` }
  const cwd = t.testdir({ test: { examples: { images: t.fixture('symlink', join(root, 'test/examples/images')) } } })
  const { stdout } = await promisify(execFile)(process.execPath, [example], { cwd, env })
  const [facts, url = '', ...events] = stdout.trim().split('\n')
  t.match(facts, /^\d+x\d+ local 0$/)
  const [size] = facts?.split(' ') ?? []
  const { width, height } = await sharp(readFileSync(join(cwd, 'sepia.png'))).metadata()
  t.equal(`${width}x${height}`, size)
  const wider = await fetch(url)
  t.match(await sharp(Buffer.from(await wider.arrayBuffer())).metadata(), { format: 'jpeg', width: width + 160, height })
  t.same(events, [`image_edit.completed ${size}`])
})
