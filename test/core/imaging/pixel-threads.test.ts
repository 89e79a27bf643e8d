import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import sharp from 'sharp'
import t from 'tap'
import { surrendered } from '../../../core/imaging/ownership.ts'
import { copied, inThread } from '../../../core/imaging/pixel-threads.ts'

const threads = new URL('../../../core/imaging/pixel-threads.ts', import.meta.url).href

t.test('a task runs on another thread, and its answer is moved here', async t => {
  const mask = { pixels: Uint8Array.of(0, 0, 255, 0, 0), width: 5, height: 1 }
  const answers = await Promise.all([1, 2].map(async grow => await inThread('shape', { mask, grow, feather: 0 })))
  t.same(answers, [[0, 255, 255, 255, 0], [255, 255, 255, 255, 255]])
  t.equal(mask.pixels.length, 5, 'what was not handed over stays')
})

t.test('buffers that are handed over are moved', async t => {
  const pixels = Uint8Array.of(0, 9)
  t.same(await inThread('shape', { mask: { pixels, width: 2, height: 1 }, grow: 1, feather: 0 }, [pixels]), [9, 9])
  t.equal(pixels.length, 0)
})

t.test('what a task throws arrives', async t => {
  // A mask that is none: only a mistake of this side could send it.
  await t.rejects(inThread('shape', { mask: { pixels: -1, width: 2, height: 1 }, grow: 1, feather: 1 } as never), { name: 'TypeError' })
})

t.test('copied bytes are the same, and others get their turn meanwhile', async t => {
  const bytes = Buffer.alloc(9 * 1024 * 1024, 'abcdefg')
  let turns = 0
  const take = async (): Promise<void> => {
    await nextTurn()
    if (++turns < 1000) await take()
  }
  const others = take()
  const copy = await copied(bytes)
  const meanwhile = turns
  await others
  t.ok(bytes.equals(copy))
  t.not(copy.buffer, bytes.buffer)
  t.ok(meanwhile > 0, `${meanwhile}`)
  t.equal((await copied(new Uint8Array())).length, 0)
})

t.test('a buffer is surrendered without a copy, a part of one and one that is shared are copied', async t => {
  const whole = await sharp({ create: { width: 100, height: 100, channels: 3, background: '#333' } }).raw().toBuffer()
  const own = surrendered(whole)
  t.same([whole.length, own.length, own[29_999]], [0, 30_000, 51])
  t.same(await inThread('shape', { mask: { pixels: own, width: 30_000, height: 1 }, grow: 0, feather: 0 }, [own]), new Uint8Array(30_000).fill(51))
  const part = Uint8Array.of(1, 2, 3).subarray(1)
  const shared = new Uint8Array(new SharedArrayBuffer(2))
  t.same([...surrendered(part), ...surrendered(shared)], [2, 3, 0, 0])
  t.same([part.length, shared.length], [2, 2])
})

t.test('an idle thread does not keep the process alive', async t => {
  const task = '{ mask: { pixels: Uint8Array.of(1, 0), width: 2, height: 1 }, grow: 1, feather: 0 }'
  const script = join(t.testdir(), 'idle.mjs')
  await writeFile(script, `import { inThread } from '${threads}'\nconsole.log(String(await inThread('shape', ${task})))\n`)
  t.equal(execFileSync(process.execPath, [script], { encoding: 'utf8', timeout: 60_000 }).trim(), '1,1')
})
