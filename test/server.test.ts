import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { resolve } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '..')

function start (env: Record<string, string>) {
  return spawn(process.execPath, ['server.ts'], { cwd: root, env: { PATH: process.env.PATH, ...env } })
}

t.test('the service listens, answers, and closes on a signal with code 0', async t => {
  const child = start({ PORT: '0', LOG_LEVEL: 'info' })
  t.after(() => child.kill('SIGKILL'))
  for await (const line of createInterface(child.stdout)) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (address === undefined) continue
    t.equal((await fetch(`${address}/api/image-studio/health`)).status, 200)
    break
  }
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
