import type { Chain, Settled } from './chain.ts'
import { EditError, type ErrorCode } from './errors.ts'
import type { Plan } from './planner.ts'
import type { EditRequest, EditResult, Rejection } from './request.ts'

/** What a caller wants to know: a model that does something else altogether is no news. */
export function skippedBy ({ rejected }: Plan): readonly Rejection[] {
  return rejected.filter(({ reason }) => reason !== 'operation')
}

/** The error of a plan without candidates: who could do it and is not there, else why nobody can. */
export function nobody ({ operation }: EditRequest, { rejected, retryAfterMs }: Plan): EditError {
  const waiting = rejected.filter(({ reason }) => reason === 'unconfigured' || reason === 'breaker')
  if (waiting.length > 0) {
    const reasons = new Set(waiting.map(({ provider, message }) => `${provider}: ${message}`))
    return new EditError('EDIT_ERR_NO_PROVIDER_AVAILABLE', `no provider for ${operation} is available now: ${[...reasons].join('; ')}`,
      retryAfterMs === undefined ? {} : { retryAfterMs })
  }
  const reasons = rejected.map(({ provider, model, message }) => `${provider} (${model}) ${message}`)
  return new EditError('EDIT_ERR_NO_CAPABLE_PROVIDER', `no provider can do this ${operation}: ${reasons.join('; ') || 'none is registered'}`)
}

/** They pass by themselves: the same request may go well later. */
const passing = new Set<ErrorCode>(['EDIT_ERR_PROVIDER_RATE_LIMITED', 'EDIT_ERR_PROVIDER_UNAVAILABLE'])

/** When somebody who is busy with our own calls, or is being probed, may be free again. */
const busyMs = 1000

/** The error of a chain whose candidates have all failed. */
export function chainError ({ failures }: Pick<Chain, 'failures'>): EditError {
  const last = failures.at(-1)
  if (last === undefined) return new EditError('EDIT_ERR_NO_PROVIDER_AVAILABLE', 'nobody may be asked under the limits of this request')
  const texts = failures.map(({ message }) => message).join('; ')
  if (failures.every(({ details }) => details.busy === true)) return new EditError('EDIT_ERR_NO_PROVIDER_AVAILABLE', texts, { retryAfterMs: busyMs, cause: last })
  // A chain of one ends as its attempt did: that says most.
  if (failures.length === 1) return last
  if (failures.every(({ code }) => code === 'EDIT_ERR_PROVIDER_UNSUPPORTED')) return new EditError('EDIT_ERR_NO_CAPABLE_PROVIDER', texts)
  const waits = failures.flatMap(({ retryAfterMs }) => retryAfterMs ?? [])
  if (failures.every(({ code }) => passing.has(code)) && waits.length > 0) {
    return new EditError('EDIT_ERR_NO_PROVIDER_AVAILABLE', texts, { retryAfterMs: Math.min(...waits), cause: last })
  }
  return new EditError('EDIT_ERR_ALL_PROVIDERS_FAILED', `all ${failures.length} providers failed: ${texts}`, { cause: last })
}

/** What the caller gets when a candidate has won. */
export function resultOf ({ success, candidate }: Extract<Settled, { state: 'won' }>, { request, plan, chain, durationMs }: {
  request: EditRequest, plan: Plan, chain: Chain, durationMs: number
}): EditResult {
  const { offer: { provider, vendor }, model, dropped, emulation } = candidate
  const { result, report, images, adaptations, preservation } = success
  return {
    operation: request.operation,
    images,
    provider,
    vendor,
    model,
    seed: result.seed ?? null,
    costUsd: report.costUsd,
    durationMs,
    attempts: chain.reports(),
    skipped: chain.skipped,
    adaptations,
    emulation: emulation?.detail ?? null,
    preservation,
    warnings: [
      ...request.warnings,
      ...plan.warnings,
      ...emulation === undefined ? [] : [`${model} does not do this ${request.operation} by itself, it was emulated: ${emulation.detail}`],
      ...dropped.map(name => `${name} is not something that ${model} takes: it was not sent`),
      ...result.warnings ?? [],
      ...success.warnings
    ],
    vendorRequestId: result.vendorRequestId ?? null
  }
}
