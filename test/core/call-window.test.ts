import t from 'tap'
import { CallWindow } from '../../core/call-window.ts'

t.test('a call counts for so long and no longer', async t => {
  const calls = new CallWindow(100)
  t.same([calls.total, calls.failed], [0, 0])
  calls.add(0, true)
  calls.add(50, false)
  calls.add(99, true)
  t.same([calls.total, calls.failed], [3, 2])
  calls.add(100, false)
  t.same([calls.total, calls.failed], [3, 1])
  calls.add(500, false)
  t.same([calls.total, calls.failed], [1, 0])
})

t.test('over many calls it says what counting them all would say', async t => {
  const calls = new CallWindow(1000)
  const all: Array<{ at: number, failed: boolean }> = []
  let [at, seed] = [0, 7]
  for (let call = 0; call < 5000; call++) {
    seed = (seed * 48271) % 2147483647
    at += seed % 7 === 0 ? seed % 900 : seed % 3
    all.push({ at, failed: seed % 5 === 0 })
    calls.add(at, seed % 5 === 0)
    if (call % 50 > 0) continue
    const within = all.filter(other => at - other.at < 1000)
    t.same([calls.total, calls.failed], [within.length, within.filter(({ failed }) => failed).length])
  }
})
