import fc from 'fast-check'
import t from 'tap'
import { isOverdue, sliceMs } from '../../core/slice.ts'

t.test('the last candidate has all that is left', async t => {
  t.equal(sliceMs({ leftMs: 12_345, expectedMs: 1, others: 0, shortestMs: 1000 }), 12_345)
})

t.test('a quick candidate is left after several times what it usually takes', async t => {
  t.equal(sliceMs({ leftMs: 170_000, expectedMs: 8000, others: 2, shortestMs: 20_000 }), 40_000)
  t.equal(sliceMs({ leftMs: 170_000, expectedMs: 1000, others: 2, shortestMs: 20_000 }), 20_000)
})

t.test('a slow one is given what it needs, but never all', async t => {
  t.equal(sliceMs({ leftMs: 170_000, expectedMs: 40_000, others: 3, shortestMs: 20_000 }), 80_000)
  t.equal(sliceMs({ leftMs: 170_000, expectedMs: 90_000, others: 1, shortestMs: 20_000 }), 127_500)
})

t.test('something is always left for those who wait', async () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 1e5 }), (leftMs, expectedMs, others, shortestMs) => {
    const slice = sliceMs({ leftMs, expectedMs, others, shortestMs })
    return slice > 0 && slice <= leftMs * 0.75
  }))
})

t.test('an attempt has had its time when it took several times what is usual', async t => {
  t.equal(isOverdue(1999, 1000), false)
  t.equal(isOverdue(2000, 1000), true)
})
