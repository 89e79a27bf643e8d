import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { post } from './chain.ts'
import { createVendor } from './vendor.ts'

const root = resolve(import.meta.dirname, '../..')
const edits = 200

t.test('SIGTERM under load: none of 200 running edits is lost', async t => {
  const vendor = await createVendor(t, { words: ['running', 'running', 'done'] })
  const directory = t.testdir({
    'retouch.config.json': JSON.stringify({
      order: { '*': ['first', 'second'] },
      concurrency: { limit: edits },
      downloads: { allowHosts: ['127.0.0.1'] },
      // Half of them are calls, half jobs that are polled and fetched.
      plugins: {
        directories: [join(root, 'test/fixtures/fault-providers')],
        first: { baseUrl: vendor.url },
        second: { baseUrl: vendor.url, jobs: true },
        third: false,
        overload: { maxInFlight: edits }
      }
    })
  })
  const child = spawn(process.execPath, ['server.ts'], {
    cwd: root, env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'info', RETOUCH_CONFIG: join(directory, 'retouch.config.json') }
  })
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const { promise: listening, resolve: setUrl } = Promise.withResolvers<string>()
  createInterface(child.stdout).on('line', line => {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
    if (url !== undefined) setUrl(url)
  })
  const url = await listening

  vendor.script.next(edits, 'delay:2500', 'POST')
  const running = Array.from({ length: edits }, (_, index) => post(url, { provider: index % 2 === 0 ? 'first' : 'second' }))
  while (vendor.orders().length < edits) await delay(20)
  child.kill('SIGTERM')
  const replies = await Promise.all(running)
  t.equal(replies.filter(({ status, picture, attempts }) => status === 200 && picture !== undefined && attempts.length === 1).length, edits)
  t.equal(vendor.orders().length, edits)
  t.equal(vendor.cancelled().length, 0)
  t.same(await exited, [0, null])
  await t.rejects(post(url), 'nobody listens any more')
})
