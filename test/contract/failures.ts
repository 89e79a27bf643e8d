import assert from 'node:assert/strict'
import type { Submission } from '../../core/index.ts'
import { faults, startFaultyVendor, type FaultName } from './faulty-vendor.ts'
import { offersOf, submitJob } from './jobs.ts'
import type { Kernel } from './kernel.ts'
import { sampleOf } from './observation.ts'
import type { Look, Subject } from './subject.ts'
import { thaw } from './witness.ts'

/** How a call of the provider ended after its vendor had failed. */
export interface Failure {
  readonly fault: FaultName
  readonly ending: { readonly submission: Submission } | { readonly error: unknown }
  /** The calls that the vendor would have charged for. */
  readonly paid: number
  readonly log: readonly string[]
}

export const faultNames = Object.keys(faults) as FaultName[] // Object.keys forgets the keys' type.

// Only for a provider that never gives up; the others take milliseconds.
const patienceMs = 10_000

/** Submits an edit to a vendor with each fault: once it is there at the first call, once only at the one that is paid for. */
export async function submitToFaults (subject: Subject, look: Look): Promise<Failure[]> {
  await using setup = await subject.setUp()
  const kernel = await setup.open()
  const [{ card, operation }] = offersOf(look)
  const edit = await kernel.adapt(await sampleOf(subject, card, operation))
  const submit = async () => await kernel.provider.submit(edit, kernel.context(AbortSignal.timeout(patienceMs)))
  return [...await meetFaults(kernel, 'all', submit), ...await meetFaults(kernel, 'paid', submit)]
}

/** Asks for a job whose vendor has got one fault after the other since it was submitted. */
export async function pollFaults (subject: Subject, look: Look): Promise<Failure[]> {
  await using setup = await subject.setUp()
  const kernel = await setup.open()
  const { pending } = await submitJob(subject, look, kernel)
  const { provider, context } = kernel
  const { poll } = provider
  assert.ok(poll)
  return await meetFaults(kernel, 'all', async () =>
    await poll.call(provider, thaw(pending.handle), context(AbortSignal.timeout(patienceMs))))
}

async function meetFaults ({ wiretap, log }: Kernel, calls: 'all' | 'paid', call: () => Promise<Submission>): Promise<Failure[]> {
  await using vendor = await startFaultyVendor()
  wiretap.divert = { calls, url: vendor.url }
  const failures: Failure[] = []
  for (const fault of faultNames) {
    vendor.fault = fault
    const [lines, made] = [log.length, wiretap.calls.length]
    const ending = await call().then(submission => ({ submission }), (error: unknown) => ({ error }))
    failures.push({ fault, ending, paid: wiretap.calls.slice(made).filter(({ paid }) => paid).length, log: log.slice(lines) })
  }
  return failures
}
