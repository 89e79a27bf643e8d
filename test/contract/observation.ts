import assert from 'node:assert/strict'
import type { EditInput, EditResult, ModelCard, Operation, ProviderEdit, ProviderResult } from '../../core/index.ts'
import type { Kernel } from './kernel.ts'
import type { Subject } from './subject.ts'
import { sampleInput, type Which } from './samples.ts'
import type { SubmitRecord } from './witness.ts'

/** One edit by one model, and everything that could be seen of it. */
export interface Observation extends Pick<Kernel, 'witness' | 'wiretap' | 'log'> {
  /** How it ended. */
  readonly outcome: { readonly result: EditResult } | { readonly error: unknown }
  /** The images of the result as the vendor gave them. */
  readonly images: readonly Uint8Array[]
}

/** The sample of a model and an operation, with the test's own inputs over the kit's. */
export async function sampleOf ({ test, module }: Subject, card: ModelCard, operation: Operation, which: Which = 'first'): Promise<EditInput> {
  return await sampleInput(module.name, card, operation, which, test.samples?.[operation])
}

/** Carries the sample edit out in a kernel of its own. Never rejects for what the provider does. */
export async function observe (subject: Subject, card: ModelCard, operation: Operation): Promise<Observation> {
  const input = await sampleOf(subject, card, operation)
  await using setup = await subject.setUp()
  const kernel = await setup.open()
  const outcome = await kernel.run(input).then(result => ({ result }), (error: unknown) => ({ error }))
  const { witness, wiretap, log } = kernel
  const images = 'result' in outcome ? await Promise.all(rawResultOf(witness).images.map(kernel.bytesOf)) : []
  return { outcome, images, witness, wiretap, log }
}

/** The result. Throws an AssertionError that says why there is none. */
export function resultOf ({ outcome, witness }: Observation): { raw: ProviderResult, edit: ProviderEdit } {
  if ('error' in outcome) assert.fail(`there is no result: ${describeError(outcome.error)}`)
  const { edit } = submitOf({ witness })
  // Another model of the same provider may have stepped in.
  const [{ code, message }] = outcome.result.attempts
  assert.equal(outcome.result.model, edit.model, `there is no result: ${code}: ${message}`)
  return { raw: rawResultOf(witness), edit }
}

function rawResultOf ({ submissions }: Observation['witness']): ProviderResult {
  const results = submissions.flatMap(submission => submission.state === 'done' ? [submission.result] : [])
  return results[results.length - 1]
}

/** What the provider was given. */
export function submitOf ({ witness }: Pick<Observation, 'witness'>): SubmitRecord {
  const [record] = witness.submits
  assert.ok(record, 'the provider was never asked: the sample does not fit its card')
  return record
}

/** An error with its causes, on one line. */
export function describeError (error: unknown): string {
  if (!(error instanceof Error)) return `${String(error)}, which is no Error`
  const code = 'code' in error ? `${String(error.code)}: ` : ''
  const cause = error.cause === undefined ? '' : `, because of ${describeError(error.cause)}`
  return `${error.name} ${code}${error.message}${cause}`
}
