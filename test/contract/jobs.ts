import assert from 'node:assert/strict'
import type { ModelCard, Operation, ProviderEdit, Submission } from '../../core/index.ts'
import type { Kernel } from './kernel.ts'
import { sampleOf } from './observation.ts'
import type { Look, Subject } from './subject.ts'

export type Pending = Extract<Submission, { state: 'pending' }>

/** Every model with each of its operations. */
export function offersOf ({ cards }: Look): Array<{ card: ModelCard, operation: Operation }> {
  return cards.flatMap(card => card.operations.map(operation => ({ card, operation })))
}

/** A job that is under way at the vendor: submits the samples until one is answered with pending. */
export async function submitJob (subject: Subject, look: Look, kernel: Kernel): Promise<{ edit: ProviderEdit, pending: Pending }> {
  for (const { card, operation } of offersOf(look)) {
    const edit = await kernel.adapt(await sampleOf(subject, card, operation))
    const submission = await kernel.provider.submit(edit, kernel.context())
    if (submission.state === 'pending') return { edit, pending: submission }
  }
  assert.fail('it has poll, but none of its edits was answered with pending')
}
