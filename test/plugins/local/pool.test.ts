import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { createPool, type PoolOptions } from '../../../plugins/local/pool.ts'
import type { Job } from '../../../plugins/local/worker.ts'

const never = new AbortController().signal
const picture = await sharp({ create: { width: 600, height: 400, channels: 3, background: '#336699', noise: { type: 'gaussian', mean: 128, sigma: 40 } } }).png().toBuffer()
const job = (prompt: string): Job => ({ operation: 'general_edit', image: new Uint8Array(picture), prompt, parameters: {} })
const slow = Array.from({ length: 40 }, () => 'blur by 100 %').join(', ')

function open (t: Test, options: Partial<PoolOptions> = {}) {
  const lines: unknown[] = []
  const pool = createPool({ threads: 1, log: { error: (line: unknown) => lines.push(line) }, ...options })
  t.after(async () => await pool.close())
  return { pool, lines }
}

t.test('runs jobs on threads, and takes their buffers over', async t => {
  const { pool } = open(t, { threads: 2 })
  const jobs = [job('black and white'), job('add a dragon'), job('sepia')]
  const [grey, refused, sepia] = await Promise.all(jobs.map(async job => await pool.run(job, never)))
  t.ok('png' in grey && 'png' in sepia && !Buffer.from(grey.png).equals(sepia.png))
  t.match(refused, { refused: /^"dragon"/ })
  t.same(jobs.map(({ image }) => image.byteLength), [0, 0, 0], 'nothing was copied')
})

t.test('rejects what a job throws, and goes on', async t => {
  const { pool, lines } = open(t)
  await t.rejects(pool.run({ ...job('sepia'), image: new Uint8Array(8) }, never), { message: /unsupported image format/ })
  t.ok('png' in await pool.run(job('sepia'), never))
  t.same(lines, [])
})

t.test('does not begin when the signal has aborted', async t => {
  const { pool } = open(t)
  const gone = new Error('gone')
  await t.rejects(pool.run(job('sepia'), AbortSignal.abort(gone)), gone)
})

t.test('an abort while the pool is being opened ends the wait', async t => {
  const { pool } = open(t)
  const controller = new AbortController()
  const gone = new Error('gone')
  const run = pool.run(job(slow), controller.signal)
  controller.abort(gone)
  await t.rejects(run, gone)
  t.ok('png' in await pool.run(job('sepia'), never))
})

t.test('an abort ends a running job and lets the waiting ones go on', async t => {
  const { pool } = open(t)
  await pool.run(job('sepia'), never)
  const controller = new AbortController()
  const ends: string[] = []
  const running = pool.run(job(slow), controller.signal).catch(() => ends.push('aborted'))
  const waiting = pool.run(job('sepia'), never).then(() => ends.push('done'))
  const leaving = pool.run(job(slow), controller.signal).catch(() => ends.push('left'))
  await new Promise(resolve => setTimeout(resolve, 20))
  controller.abort(new Error('gone'))
  await Promise.all([running, waiting, leaving])
  t.same(ends, ['aborted', 'left', 'done'])
})

t.test('closing rejects what runs, and what comes later', async t => {
  const { pool } = open(t)
  await pool.run(job('sepia'), never)
  const running = pool.run(job(slow), never)
  await Promise.all([t.rejects(running), pool.close()])
  await t.rejects(pool.run(job('sepia'), never), new TypeError('the pool is closed'))
})

t.test('closing a pool that never ran loads nothing', async t => {
  const { pool } = open(t)
  await pool.close()
  t.pass('it closed')
})

t.test('a thread that cannot even start rejects its job and is reported', async t => {
  const file = join(t.testdir(), 'broken.mjs')
  await writeFile(file, 'throw new Error("cannot start")\n')
  const { promise: reported, resolve } = Promise.withResolvers<unknown>()
  const { pool } = open(t, { worker: pathToFileURL(file), log: { error: resolve } })
  await t.rejects(pool.run(job('sepia'), never), { message: 'cannot start' })
  t.match(await reported, { err: { message: 'cannot start' } })
})
