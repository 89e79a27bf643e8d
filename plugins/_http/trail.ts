import { createHash } from 'node:crypto'
import type { Attempt, Leftover, Preservation, Rejection } from '../../core/index.ts'
import { roundUsd } from './usd.ts'

/** The trail in the names of our APIs. */
export function wireAttempts (attempts: readonly Attempt[]) {
  return attempts.map(({ costUsd, provider, model, code, message, ms, billed, resumed }) =>
    ({ provider, model, code, message, ms, cost_usd: costUsd, billed, resumed }))
}

export function wireSkipped (skipped: readonly Rejection[]) {
  return skipped.map(({ provider, model, reason, message }) => ({ provider, model, reason, message }))
}

/** null = nobody can tell. */
export function wirePreservation (preservation: Preservation | null) {
  if (preservation === null) return null
  const { of, before, after } = preservation
  return of === 'all' ? { changed: before } : { changed_before: before, changed_after: after }
}

/** Jobs that run on, by the vendor's id. A handle without one is told apart by a digest: it is the provider's own. */
export function wireJobs (leftovers: readonly Leftover[]) {
  return leftovers.map(({ provider, model, handle }) => ({
    provider,
    model,
    id: typeof handle.id === 'string' ? handle.id : createHash('sha256').update(JSON.stringify(handle)).digest('hex').slice(0, 32)
  }))
}

/**
 * The trail in short: who did it or, after a failure, was asked last; how many attempts there were; and the USD of all
 * that were or may have been billed.
 */
export function trailHeaders (attempts: readonly Attempt[], done?: { readonly provider: string, readonly model: string }): Record<string, string> {
  const last = done ?? attempts.at(-1)
  const cost = attempts.reduce((sum, { billed, costUsd }) => billed === 'no' ? sum : sum + costUsd, 0)
  return {
    ...last !== undefined && { 'x-retouch-provider': headerText(last.provider), 'x-retouch-model': headerText(last.model) },
    'x-retouch-attempts': String(attempts.length),
    'x-retouch-cost-usd': String(roundUsd(cost))
  }
}

/** A model's id may be whatever the caller named: what a header cannot hold is percent-encoded. */
function headerText (text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent)
}
