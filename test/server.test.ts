import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface, type Interface } from 'node:readline'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'

const root = resolve(import.meta.dirname, '..')
const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: '#369' } }).png().toBuffer()

function start (env: Record<string, string>) {
  return spawn(process.execPath, ['server.ts'], { cwd: root, env: { PATH: process.env.PATH, ...env } })
}

/** What matches in the first line from now on that does. */
async function lineWith (lines: Interface, pattern: RegExp): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const look = (line: string) => {
    const found = pattern.exec(line)?.[0]
    if (found !== undefined) resolve(found)
  }
  lines.on('line', look)
  try {
    return await promise
  } finally {
    lines.off('line', look)
  }
}

/** A process with a provider `slow`, which answers when the test does. */
async function startSlow (t: Test) {
  const gate = createServer()
  t.after(() => gate.close())
  await once(gate.listen(0, '127.0.0.1'), 'listening')
  const { port } = gate.address() as AddressInfo // It listens on TCP.
  const directory = t.testdir({
    'retouch.config.json': '{"plugins":{"directories":["."]},"order":{"general_edit":["slow"]}}',
    'slow.mjs': `
      import { text } from 'node:stream/consumers'
      import { get } from 'node:http'
      const card = { id: 'slow-1', name: 'Slow', description: 'Waits.', tier: 'mid', operations: ['general_edit'], capabilities: [], price: { usd: 0 },
        expectedSeconds: 60, parameters: {}, inputs: { formats: ['image/png'], accepts: ['prompt'], mask: 'none', maxImages: 1 },
        outputs: { formats: ['image/png'], size: { rule: 'input' }, alpha: false } }
      export const meta = { name: 'slow' }
      export default async app => {
        app.providers.register({
          specificationVersion: 'v1', name: 'slow', vendor: 'slow', models: [card],
          async submit ({ images: [{ bytes }] }) {
            await text(await new Promise(resolve => get('http://127.0.0.1:${port}', resolve)))
            return { state: 'done', result: { images: [{ bytes }] } }
          }
        })
      }`
  })
  const config = join(directory, 'retouch.config.json')
  const child = start({ PORT: '0', LOG_LEVEL: 'info', RETOUCH_CONFIG: config })
  t.after(() => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)
  const address = await lineWith(lines, /http:\/\/127\.0\.0\.1:\d+/)
  const edit = async () => await fetch(`${address}/api/image-studio/edit/process`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ image_base64: png.toString('base64'), operation: 'general_edit', prompt: 'a hat' })
  })
  return { child, lines, address, config, edit, gate }
}

t.test('the service listens, answers, and closes on a signal with code 0', async t => {
  const child = start({ PORT: '0', LOG_LEVEL: 'info' })
  t.after(() => child.kill('SIGKILL'))
  const address = await lineWith(createInterface(child.stdout), /http:\/\/127\.0\.0\.1:\d+/)
  t.equal((await fetch(`${address}/api/image-studio/health`)).status, 200)
  child.stdout.resume()
  child.kill('SIGTERM')
  t.same(await once(child, 'exit'), [0, null])
})

t.test('a mistake in the configuration stops the start and is named', async t => {
  const child = start({ PORT: 'high' })
  t.after(() => child.kill('SIGKILL'))
  let errors = ''
  child.stderr.on('data', chunk => { errors += chunk })
  const [code] = await once(child, 'close')
  t.equal(code, 1)
  t.match(errors, /environment: port must be integer/)
})

t.test('SIGTERM lets a running edit finish, takes no new one, and ends with code 0', async t => {
  const { child, lines, address, edit, gate } = await startSlow(t)
  const asked = once(gate, 'request')
  const answer = edit()
  const [, vendor]: [unknown, ServerResponse] = await asked as [unknown, ServerResponse] // What the event brings.
  const stopping = lineWith(lines, /closing: what runs is finished/)
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await stopping
  while (await fetch(`${address}/health/live`).then(() => true, () => false));
  t.equal(child.exitCode, null)
  vendor.end()
  const response = await answer
  t.equal(response.status, 200)
  t.match(await response.json(), { success: true, provider: 'slow' })
  t.same(await exited, [0, null])
})

t.test('a second signal ends the process at once', async t => {
  const { child, lines, edit, gate } = await startSlow(t)
  const asked = once(gate, 'request')
  const lost = t.rejects(edit())
  await asked
  const stopping = lineWith(lines, /closing: what runs is finished/)
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  await stopping
  child.kill('SIGTERM')
  t.same(await exited, [1, null])
  await lost
  gate.closeAllConnections()
})

t.test('SIGHUP takes over a good order and keeps the old one when the file is bad', async t => {
  const { child, lines, address, config } = await startSlow(t)
  const first = async () => {
    const response = await fetch(`${address}/api/image-studio/edit/operations`)
    const { operations }: { operations: Record<string, { provider: string }> } = await response.json() as never // Whatever it is, it is looked at.
    return operations.general_edit?.provider
  }
  const hangUp = async (settings: string, outcome: RegExp) => {
    writeFileSync(config, settings)
    const done = lineWith(lines, outcome)
    child.kill('SIGHUP')
    return await done
  }
  t.equal(await first(), 'slow')
  await hangUp('{"plugins":{"directories":["."]},"order":{"general_edit":["local"]}}', /order reloaded/)
  t.equal(await first(), 'local')
  t.match(await hangUp('{"order":{"general_edit":["nobody"]}}', /.*order not reloaded.*/), /"nobody/)
  await hangUp('{"order":', /order not reloaded/)
  t.equal(await first(), 'local')
  await hangUp('{"order":{"general_edit":["slow","local"]}}', /order reloaded/)
  t.equal(await first(), 'slow')
})

t.test('an error that nobody caught is logged, and the service closes with code 1', async t => {
  const directory = t.testdir({
    'retouch.config.json': '{"plugins":{"directories":["."]}}',
    'loose.mjs': 'export const meta = { name: "loose" }\nexport default async app => { app.addHook("onListen", async () => { setTimeout(() => { throw new Error("loose end") }, 50) }) }'
  })
  const child = start({ PORT: '0', RETOUCH_CONFIG: join(directory, 'retouch.config.json') })
  t.after(() => child.kill('SIGKILL'))
  let log = ''
  child.stdout.on('data', chunk => { log += chunk })
  t.same(await once(child, 'exit'), [1, null])
  t.match(log, /closing after an unforeseen error/)
  t.match(log, /loose end/)
})
