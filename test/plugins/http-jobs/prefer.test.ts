import t from 'tap'
import { readPreference } from '../../../plugins/http-jobs/prefer.ts'

const read = (header: string | string[] | undefined) => readPreference(header, 60_000)

t.test('without a preference of when to answer, the result is waited for', async t => {
  for (const header of [undefined, '', 'return=minimal', 'wait', 'wait=', 'wait=soon', 'wait=-1', 'respond-asynchronously', ';;,=']) {
    t.equal(read(header).waitMs, undefined, `${header}`)
  }
})

t.test('respond-async is answered at once', async t => {
  t.same(read('respond-async'), { waitMs: 0, applied: 'respond-async' })
  t.same(read('Respond-Async; foo=bar'), { waitMs: 0, applied: 'respond-async' })
})

t.test('wait is in seconds, as long as the operator lets it be', async t => {
  t.same(read('wait=10'), { waitMs: 10_000, applied: 'wait=10' })
  t.same(read('wait = "7"'), { waitMs: 7_000, applied: 'wait=7' })
  t.same(read('wait=999'), { waitMs: 60_000, applied: 'wait=60' })
})

t.test('both together, in one header or in two, in any order', async t => {
  const both = { waitMs: 5_000, applied: 'respond-async, wait=5' }
  t.same(read('respond-async, wait=5'), both)
  t.same(read('wait=5,handling=lenient,respond-async'), both)
  t.same(read(['wait=5', 'respond-async']), both)
})

t.test('of a preference that is given twice the first one counts', async t => {
  t.equal(read('wait=5, wait=9').waitMs, 5_000)
})
