import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { within } from '../../../plugins/_http/within.ts'

t.test('what is there in time is given, and what fails in time fails', async t => {
  t.equal(await within(Promise.resolve('done'), 60_000), 'done')
  await t.rejects(within(Promise.reject(new Error('broken')), 60_000), { message: 'broken' })
})

t.test('what takes longer is not waited for, and goes on', async t => {
  const { promise, resolve } = Promise.withResolvers<string>()
  t.equal(await within(promise, 1), undefined)
  resolve('late')
  t.equal(await promise, 'late')
})

t.test('no timer is left when the work is done', async t => {
  const before = process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  await within(delay(1), 60_000)
  t.equal(process.getActiveResourcesInfo().filter(name => name === 'Timeout').length, before)
})
