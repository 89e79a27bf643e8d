import fc from 'fast-check'
import t from 'tap'
import { Limiter } from '../../core/limiter.ts'

const signal = new AbortController().signal

t.test('lets as many in as the limit says, the next ones wait in order, the rest is turned away', async t => {
  const limiter = new Limiter()
  const options = { limit: 1, queue: 2 }
  const first = await limiter.acquire('a', options, signal)
  const order: number[] = []
  const second = limiter.acquire('a', options, signal).then(slot => { order.push(2); return slot })
  const third = limiter.acquire('a', options, signal).then(slot => { order.push(3); return slot })
  t.equal(await limiter.acquire('a', options, signal), null)
  t.same(limiter.load('a'), { running: 1, waiting: 2 })
  t.ok(await limiter.acquire('b', options, signal), 'another account is not concerned')
  first?.release()
  first?.release()
  ;(await second)?.release()
  ;(await third)?.release()
  t.same(order, [2, 3])
  t.same(limiter.load('a'), { running: 0, waiting: 0 })
})

t.test('who leaves while waiting takes no slot with them', async t => {
  const limiter = new Limiter()
  const options = { limit: 1, queue: 5 }
  const first = await limiter.acquire('a', options, signal)
  const controller = new AbortController()
  const reason = new Error('gone')
  const leaving = limiter.acquire('a', options, controller.signal)
  const staying = limiter.acquire('a', options, signal)
  controller.abort(reason)
  await t.rejects(leaving, reason)
  await t.rejects(limiter.acquire('a', options, controller.signal), reason)
  first?.release()
  t.ok(await staying)
})

t.test('a slot that is passed on to someone who leaves at that moment is not lost', async t => {
  const limiter = new Limiter()
  const options = { limit: 1, queue: 5 }
  const first = await limiter.acquire('a', options, signal)
  const controller = new AbortController()
  const passed = limiter.acquire('a', options, controller.signal)
  const last = limiter.acquire('a', options, signal)
  first?.release()
  controller.abort()
  ;(await passed)?.release()
  t.ok(await last)
})

t.test('never lets more in than the limit, whatever comes and goes', async () => {
  const step = fc.record({ hold: fc.integer({ min: 0, max: 3 }), abort: fc.boolean() })
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 20 }), async (limit, steps) => {
    const limiter = new Limiter()
    let inside = 0
    let most = 0
    await Promise.all(steps.map(async ({ hold, abort }) => {
      const controller = new AbortController()
      const acquired = limiter.acquire('a', { limit, queue: 4 }, controller.signal)
      if (abort) controller.abort()
      const slot = await acquired.catch(() => null)
      if (slot === null) return
      most = Math.max(most, ++inside)
      for (let turn = 0; turn < hold; turn++) await null
      inside--
      slot.release()
    }))
    return most <= limit && limiter.load('a').running === 0 && limiter.load('a').waiting === 0
  }))
})
