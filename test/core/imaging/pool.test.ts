import fc from 'fast-check'
import t from 'tap'
import { createPool } from '../../../core/imaging/pool.ts'

t.test('never runs more jobs or pixels at once than it may, and runs all of them in order', async t => {
  const scenario = fc.record({
    slots: fc.integer({ min: 1, max: 4 }),
    budget: fc.integer({ min: 1, max: 100 }),
    sizes: fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 20 })
  })
  await t.resolves(fc.assert(fc.asyncProperty(scenario, fc.scheduler(), async ({ slots, budget, sizes }, scheduler) => {
    const pool = createPool(slots, budget)
    const running: number[] = []
    const started: number[] = []
    const jobs = sizes.map((pixels, index) => pool(pixels, async () => {
      started.push(index)
      running.push(pixels)
      const total = running.reduce((sum, size) => sum + size)
      if (running.length > slots || (running.length > 1 && total > budget)) throw new Error(`${running} at once`)
      await scheduler.schedule(Promise.resolve())
      running.splice(running.indexOf(pixels), 1)
      return index
    }))
    const results = scheduler.waitFor(Promise.all(jobs))
    return (await results).every((result, index) => result === index) && started.every((job, index) => job === index)
  })))
})

t.test('runs jobs side by side when they fit', async t => {
  const pool = createPool(2, 100)
  const { promise, resolve } = Promise.withResolvers<string>()
  const first = pool(50, () => promise)
  await pool(50, async () => resolve('the second job ran while the first one waited'))
  t.equal(await first, 'the second job ran while the first one waited')
})

t.test('a job that fails makes room, and its error passes through', async t => {
  const pool = createPool(1, 100)
  const reason = new Error('broken')
  await t.rejects(pool(1, () => Promise.reject(reason)), reason)
  await t.rejects(pool(1, () => { throw reason }), reason, 'thrown before a promise came back')
  t.equal(await pool(1, async () => 'next'), 'next')
})
