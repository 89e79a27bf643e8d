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
      const settled = await settledResources()
      const kernel = await setup.open()
      const [{ card, operation }] = offersOf(look)
      // How it ends is for other checks: only what stays open counts here.
      await kernel.run(await sampleOf(subject, card, operation)).catch(() => {})
      await kernel.close()
      const added = () => process.getActiveResourcesInfo()
        .filter((kind, index, all) => count(kind, all.slice(0, index + 1)) > Math.min(...settled.map(before => count(kind, before))))
      for (let turn = 0; turn < turnsAfter && added().length > 0; turn++) await delay(turnMs)
      assert.deepEqual(added(), [], 'these keep the process alive')
    }
  }
}

/** What keeps the process alive, read several times: what earlier checks have closed may still be on its way out. */
async function settledResources (): Promise<string[][]> {
  const readings = [process.getActiveResourcesInfo()]
  for (let turn = 0; turn < turnsBefore; turn++) {
    await delay(turnMs)
    readings.push(process.getActiveResourcesInfo())
  }
  return readings
}

function count (kind: string, all: readonly string[]): number {
  return all.filter(other => other === kind).length
}
