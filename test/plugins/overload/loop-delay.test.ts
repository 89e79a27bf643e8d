import { setImmediate, setTimeout } from 'node:timers/promises'
import t from 'tap'
import { watchLoop } from '../../../plugins/overload/loop-delay.ts'

async function work (isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    const until = performance.now() + 80
    while (performance.now() < until);
    await setImmediate()
  }
}

t.test('a loop that is kept busy is late, until it is not', async t => {
  const { isLate, stop } = watchLoop(20, 200)
  t.after(stop)
  t.notOk(isLate())
  await work(isLate)
  t.ok(isLate())
  while (isLate()) await setTimeout(20)
  t.notOk(isLate())
})

t.test('a loop that is no longer watched stays as it was', async t => {
  const { isLate, stop } = watchLoop(20, 50)
  stop()
  const until = performance.now() + 400
  await work(() => performance.now() > until)
  t.notOk(isLate())
})
