import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ModelCard, Operation } from '../../../core/index.ts'
import { assertAborts, assertRefuses } from '../abort.ts'
import { startFaultyVendor } from '../faulty-vendor.ts'
import { submitJob } from '../jobs.ts'
import { sampleOf } from '../observation.ts'
import type { Check } from '../options.ts'
import { thaw } from '../witness.ts'
import type { Look, Subject } from '../subject.ts'

export function submitAbortChecks (subject: Subject, { calls }: Look, card: ModelCard, operation: Operation): Check[] {
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
      if (!calls) return await assertAborts(submit, nextTurn())
      await using vendor = await startFaultyVendor()
      // First the first call hangs, whichever it is, then the one that comes to the edit itself.
      for (const calls of ['all', 'paid'] as const) {
        kernel.wiretap.divert = { calls, url: vendor.url }
        await assertAborts(submit, vendor.nextRequest())
      }
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
      if (!look.calls) return await assertAborts(ask, nextTurn())
      await using vendor = await startFaultyVendor()
      kernel.wiretap.divert = { calls: 'all', url: vendor.url }
      await assertAborts(ask, vendor.nextRequest())
    }
  }))
}
