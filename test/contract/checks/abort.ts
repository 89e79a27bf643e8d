import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ModelCard, Operation } from '../../../core/index.ts'
import { assertAborts, assertRefuses } from '../abort.ts'
import { startFaultyVendor } from '../faulty-vendor.ts'
import { submitJob } from '../jobs.ts'
import type { Kernel } from '../kernel.ts'
import { sampleOf } from '../observation.ts'
import type { Check } from '../options.ts'
import { thaw } from '../witness.ts'
import type { Look, Subject } from '../subject.ts'

export function submitAbortChecks (subject: Subject, look: Look, card: ModelCard, operation: Operation): Check[] {
  const input = async () => ({ ...await sampleOf(subject, card, operation), ...subject.test.slow })
  return [{
    name: `${card.id} ${operation}: does not begin when its signal has aborted`,
    async run () {
      await using setup = await subject.setUp()
      const kernel = await setup.open()
      const edit = await kernel.adapt(await input())
      await assertRefuses(async signal => await kernel.provider.submit(edit, kernel.context(signal)))
    }
  }, {
    name: `${card.id} ${operation}: stops submitting when its signal aborts`,
    async run () {
      await using setup = await subject.setUp()
      const kernel = await setup.open()
      const edit = await kernel.adapt(await input())
      const submit = async (signal: AbortSignal) => await kernel.provider.submit(edit, kernel.context(signal))
      // First the first call hangs, whichever it is, then the one that comes to the edit itself.
      await assertStops(submit, kernel, look, 'all')
      await assertStops(submit, kernel, look, 'paid')
    }
  }]
}

/** For `poll`, and for `cancel` where there is one. */
export function jobAbortChecks (subject: Subject, look: Look): Check[] {
  const steps = [...look.polls ? ['poll'] as const : [], ...look.cancels ? ['cancel'] as const : []]
  return steps.map(step => ({
    name: `stops ${{ poll: 'polling', cancel: 'cancelling' }[step]} when its signal aborts, before or while it asks`,
    async run () {
      await using setup = await subject.setUp()
      const kernel = await setup.open()
      const { pending } = await submitJob(subject, look, kernel)
      const ask = async (signal: AbortSignal) => await kernel.provider[step]?.(thaw(pending.handle), kernel.context(signal))
      await assertRefuses(ask)
      await assertStops(ask, kernel, look, 'all')
    }
  }))
}

/** Aborts in the middle: while the vendor does not answer, or where there is none, while the provider works. */
async function assertStops (call: (signal: AbortSignal) => Promise<unknown>, { wiretap }: Kernel, look: Look, calls: 'all' | 'paid'): Promise<void> {
  await using vendor = await startFaultyVendor()
  wiretap.divert = { calls, url: vendor.url }
  await assertAborts(call, look.calls ? vendor.nextRequest() : nextTurn())
}
