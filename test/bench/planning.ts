import { card, offer, request } from '../core/fixtures.ts'
import { plan } from '../../core/planner.ts'
import type { Bench } from './bench.ts'
import { median } from './statistics.ts'

const rounds = 2000

/** Planning with few and with many cards. */
export async function planning (bench: Bench): Promise<void> {
  const times = [5, 500].map(count => {
    const offers = Array.from({ length: count }, (_, index) => offer({
      provider: `p${index}`, card: card({ operations: index % 4 === 0 ? ['general_edit'] : ['erase'] })
    }))
    const asked = request()
    const samples = Array.from({ length: rounds }, () => {
      const startedAt = performance.now()
      plan(asked, offers, {})
      return (performance.now() - startedAt) * 1000
    })
    return { count, time: median(samples) }
  })
  const [few, many] = times
  for (const { count, time } of times) bench.print(`${count} cards  ${time.toFixed(1)} µs`)
  bench.print(`500 cards take ${((many?.time ?? NaN) / (few?.time ?? NaN)).toFixed(1)} times as long as 5 (goal: under 100 times and 1 ms)`)
}
