import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { offersOf } from '../jobs.ts'
import { sampleOf } from '../observation.ts'
import type { Check } from '../options.ts'
import type { Look, Subject } from '../subject.ts'

// A connection that was closed is gone a few turns of the event loop later, on both of its sides.
const turnMs = 10
const turnsBefore = 10
const turnsAfter = 100

export function closingCheck (subject: Subject, look: Look): Check {
  return {
    name: 'leaves nothing open when the service closes',
    async run () {
      await using setup = await subject.setUp()
      const before = await settledResources()
      const kernel = await setup.open()
      const [{ card, operation }] = offersOf(look)
      // How it ends is for other checks: only what stays open counts here.
      await kernel.run(await sampleOf(subject, card, operation)).catch(() => {})
      await kernel.close()
      const added = () => [...openResources()].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind)
      for (let turn = 0; turn < turnsAfter && added().length > 0; turn++) await delay(turnMs)
      assert.deepEqual(added(), [], 'these keep the process alive')
    }
  }
}

type Counts = ReadonlyMap<string, number>

/** What keeps the process alive: how many of each kind. */
function openResources (): Counts {
  return Map.groupBy(process.getActiveResourcesInfo(), kind => kind).entries()
    .reduce((counts, [kind, all]) => counts.set(kind, all.length), new Map<string, number>())
}

/** What is open for good: what earlier checks have closed may still be on its way out. */
async function settledResources (): Promise<Counts> {
  let least = openResources()
  for (let turn = 0; turn < turnsBefore; turn++) {
    await delay(turnMs)
    const now = openResources()
    least = new Map([...least].map(([kind, count]) => [kind, Math.min(count, now.get(kind) ?? 0)]))
  }
  return least
}
