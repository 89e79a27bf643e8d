import type { Check, ProviderTestOptions } from '../options.ts'
import { createSubject, lookAt, type Look, type Subject } from '../subject.ts'
import { jobAbortChecks, submitAbortChecks } from './abort.ts'
import { anyModelCheck } from './any-model.ts'
import { closingCheck } from './closing.ts'
import { editChecks } from './edits.ts'
import { failureChecks } from './failures.ts'
import { isolationCheck } from './isolation.ts'
import { jobChecks } from './jobs.ts'
import { lentMemoryCheck } from './lent-memory.ts'
import { listingChecks, registrationChecks } from './registration.ts'
import { listingSecretCheck } from './secrets.ts'

/**
 * Every check that applies to a provider, in order. A plugin that does not even register gets only the checks that say why.
 */
export async function conformanceChecks (test: ProviderTestOptions): Promise<Check[]> {
  const registration = registrationChecks(test)
  try {
    for (const check of registration) await check.run()
  } catch {
    return registration
  }
  const subject = createSubject(test)
  return [...registration, ...furtherChecks(subject, await lookAt(subject))]
}

function furtherChecks (subject: Subject, look: Look): Check[] {
  return [
    ...listingChecks(subject, look),
    ...look.secrets.length > 0 ? [listingSecretCheck(subject)] : [],
    ...look.cards.flatMap(card => card.operations.flatMap(operation => [
      ...editChecks(subject, look, card, operation),
      isolationCheck(subject, card, operation),
      ...look.keepsNoBytes ? [lentMemoryCheck(subject, card, operation)] : [],
      ...submitAbortChecks(subject, look, card, operation)
    ])),
    ...jobChecks(subject, look),
    ...jobAbortChecks(subject, look),
    ...look.anyModel ? [anyModelCheck(subject, look)] : [],
    ...look.calls ? failureChecks(subject, look) : [],
    closingCheck(subject, look)
  ]
}
