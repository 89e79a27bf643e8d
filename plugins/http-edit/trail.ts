import type { Attempt, Rejection } from '../../core/index.ts'

/** The trail in this API's names. */
export function wireAttempts (attempts: readonly Attempt[]) {
  return attempts.map(({ costUsd, provider, model, code, message, ms, billed, resumed }) =>
    ({ provider, model, code, message, ms, cost_usd: costUsd, billed, resumed }))
}

export function wireSkipped (skipped: readonly Rejection[]) {
  return skipped.map(({ provider, model, reason, message }) => ({ provider, model, reason, message }))
}
