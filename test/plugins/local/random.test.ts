import t from 'tap'
import { createRandom } from '../../../plugins/local/random.ts'

t.test('the same seed gives the same numbers, another one others', async t => {
  const take = (seed: number) => Array.from({ length: 5 }, createRandom(seed))
  t.same(take(7), take(7))
  t.notSame(take(7), take(8))
})

t.test('numbers fill the range from 0 to 1 evenly', async t => {
  const random = createRandom(1)
  const bins = new Array<number>(10).fill(0)
  for (let n = 0; n < 10000; n++) bins[Math.floor(random() * 10)]++
  for (const count of bins) t.ok(count > 850 && count < 1150, `${count} of 1000`)
})
