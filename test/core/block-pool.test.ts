import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { createBlockPool } from '../../core/block-pool.ts'

const mebi = 1024 * 1024

function create (maxBytes: number, idleMs = 30_000) {
  const clock = { now: 0 }
  return { clock, pool: createBlockPool({ maxBytes, idleMs, now: () => clock.now }) }
}

t.test('a block serves again, for whatever is about as large', async t => {
  const pool = createBlockPool({ maxBytes: 16 * mebi })
  const block = pool.take(5_000_000)
  t.ok(block.byteLength >= 5_000_000 && block.byteLength < 5_000_000 * 1.13)
  t.equal(pool.idleBytes(), 0)
  pool.give(block)
  t.equal(pool.idleBytes(), block.byteLength)
  t.not(pool.take(2_000_000), block)
  t.equal(pool.take(5_100_000), block)
  t.equal(pool.idleBytes(), 0)
})

t.test('behind the bytes that were asked for, nothing is left of those before', async t => {
  const pool = createBlockPool({ maxBytes: 16 * mebi })
  const block = pool.take(5_100_000)
  new Uint8Array(block).fill(7)
  pool.give(block)
  const again = new Uint8Array(pool.take(5_000_001))
  t.equal(again.buffer, block)
  t.ok(again.subarray(5_000_001).every(byte => byte === 0))
  t.equal(again[5_000_000], 7, 'what will be written over is not cleared')
})

t.test('the block that was used last is taken first', async t => {
  const pool = createBlockPool({ maxBytes: 16 * mebi })
  const [one, two] = [pool.take(mebi), pool.take(mebi)]
  pool.give(one)
  pool.give(two)
  t.same([pool.take(mebi) === two, pool.take(mebi) === one], [true, true])
})

t.test('above its bound what was used longest ago goes back to the system at once, of whatever size it is', async t => {
  const { pool, clock } = create(4 * mebi)
  const [one, two, small, other, last] = [pool.take(2 * mebi), pool.take(2 * mebi), pool.take(mebi), pool.take(2 * mebi), pool.take(mebi)]
  for (const block of [one, small]) {
    pool.give(block)
    clock.now++
  }
  pool.give(two)
  t.same([one, small, two].map(({ detached }) => detached), [true, false, false])
  t.equal(pool.idleBytes(), 3 * mebi)
  clock.now++
  pool.give(other)
  t.same([small, two].map(({ detached }) => detached), [true, false])
  t.equal(pool.idleBytes(), 4 * mebi)
  pool.give(last)
  t.ok(two.detached)
  t.equal(pool.idleBytes(), 3 * mebi)
  t.equal(pool.take(2 * mebi), other)
})

t.test('the oldest is found wherever it is', async t => {
  const { pool, clock } = create(5 * mebi)
  const [large, small, newer, more, last] = [pool.take(2 * mebi), pool.take(mebi), pool.take(2 * mebi), pool.take(mebi), pool.take(2 * mebi)]
  for (const block of [large, small, newer, more, last]) {
    pool.give(block)
    clock.now++
  }
  t.same([large, small, newer, more, last].map(({ detached }) => detached), [true, true, false, false, false])
})

t.test('a block that alone is above the bound is not kept, and drives nobody out', async t => {
  const pool = createBlockPool({ maxBytes: 2 * mebi })
  const [small, large] = [pool.take(mebi), pool.take(3 * mebi)]
  pool.give(small)
  pool.give(large)
  t.same([small, large].map(({ detached }) => detached), [false, true])
})

t.test('what nobody wants goes back to the system, the oldest first', async t => {
  const { pool, clock } = create(16 * mebi, 50)
  const [one, two, other] = [pool.take(mebi), pool.take(mebi), pool.take(2 * mebi)]
  pool.give(one)
  pool.give(other)
  clock.now = 30
  pool.give(two)
  clock.now = 50
  while (!one.detached) await delay(5)
  t.same([other.detached, two.detached], [true, false])
  clock.now = 80
  while (!two.detached) await delay(5)
  t.equal(pool.idleBytes(), 0)
  pool.give(pool.take(mebi))
  t.equal(pool.idleBytes(), mebi)
})
