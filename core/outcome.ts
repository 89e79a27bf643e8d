import { roundUsd } from './calls.ts'
import type { Chain, Settled } from './chain.ts'
import { EditError, type ErrorCode } from './errors.ts'
import type { LotSuccess } from './lot.ts'
import type { Plan } from './planner.ts'
import { commonPreservation } from './preservation.ts'
import type { EditedImage, EditRequest, EditResult, Rejection } from './request.ts'

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
  const { successes, failures } = success
  const [first, ...rest] = successes
  const images = [...first.images, ...rest.flatMap(({ images }) => images)] as const
  const seeds = successes.flatMap(({ result: { seed = null }, images }) => images.map(() => seed))
  const charged = [...successes, ...failures].map(({ report }) => report).filter(({ billed }) => billed === 'yes')
  return {
    operation: request.operation,
    images: [images[0], ...images.slice(1)],
    requested: request.count,
    provider,
    vendor,
    model,
    seed: first.result.seed ?? null,
    seeds,
    costUsd: roundUsd(charged.reduce((sum, { costUsd }) => sum + costUsd, 0)),
    durationMs,
    attempts: chain.reports(),
    skipped: chain.skipped,
    adaptations: first.adaptations,
    emulation: emulation?.detail ?? null,
    preservation: commonPreservation(successes.map(({ preservation }) => preservation)),
    warnings: unique([
      ...request.warnings,
      ...plan.warnings,
      ...emulation === undefined ? [] : [`${model} does not do this ${request.operation} by itself, it was emulated: ${emulation.detail}`],
      ...dropped.map(name => `${name} is not something that ${model} takes: it was not sent`),
      ...successes.flatMap(({ result, warnings }) => [...result.warnings ?? [], ...warnings]),
      ...missingText(success),
      ...alikeText(images, model)
    ]),
    vendorRequestId: first.result.vendorRequestId ?? null
  }
}

function missingText ({ missing, failures, candidate: { request: { count } } }: LotSuccess): string[] {
  if (missing === 0) return []
  const reasons = unique(failures.map(({ error: { message } }) => message))
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`
  return [`${count - missing} of ${count} results: what is missing has failed${why} and was not asked for elsewhere`]
}

/** A model that knows no chance makes the same of the same. */
function alikeText (images: readonly EditedImage[], model: string): string[] {
  const different = images.filter(({ bytes }, index) => images.findIndex(other => other.bytes.equals(bytes)) === index)
  return different.length === images.length ? [] : [`of ${images.length} results only ${different.length} differ: ${model} makes the same of the same; another seed may help`]
}

function unique (texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
