import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { createTurns } from '../../../core/upstream/turns.ts'

t.test('so many begin at once, the others in the order in which they came', async t => {
  const turns = createTurns({ limit: 2, patienceMs: 60_000 })
  const begun: number[] = []
  const over = [0, 1, 2, 3].map(number => turns.take(() => begun.push(number)))
  t.same(begun, [0, 1])
  over[1]?.()
  t.same(begun, [0, 1, 2])
  over[1]?.()
  t.same(begun, [0, 1, 2], 'over once is over')
  over[0]?.()
  t.same(begun, [0, 1, 2, 3])
  over[2]?.()
  over[3]?.()
  turns.take(() => begun.push(4))
  t.same(begun, [0, 1, 2, 3, 4])
})

t.test('who does not want to wait any more never begins, and takes no room', async t => {
  const turns = createTurns({ limit: 1, patienceMs: 60_000 })
  const begun: number[] = []
  const [first, second] = [0, 1, 2].map(number => turns.take(() => begun.push(number)))
  second?.()
  first?.()
  t.same(begun, [0, 2])
})

t.test('who takes long no longer keeps others waiting', async t => {
  const turns = createTurns({ limit: 1, patienceMs: 20 })
  const begun: number[] = []
  const slow = turns.take(() => begun.push(0))
  const { promise, resolve } = Promise.withResolvers<void>()
  turns.take(() => {
    begun.push(1)
    resolve()
  })
  t.same(begun, [0])
  // Nothing of its own keeps the process going.
  const waiting = new AbortController()
  await Promise.race([promise, delay(10_000, undefined, { signal: waiting.signal }).catch(() => {})])
  waiting.abort()
  t.same(begun, [0, 1])
  slow()
  turns.take(() => begun.push(2))
  t.same(begun, [0, 1], 'its end makes no room a second time')
})
