import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { adapt } from './adapt.ts'
import type { EditProvider, ProviderResult } from './contract.ts'
import { EditError, type Billed } from './errors.ts'
import { finishImage } from './imaging/finish.ts'
import type { ImageLimits } from './imaging/limits.ts'
import type { Candidate, Plan } from './planner.ts'
import type { ProviderRegistry } from './registry.ts'
import type { Attempt, EditRequest, EditResult, EditedImage, Rejection } from './request.ts'
import { runAttempt } from './runner.ts'
import type { Download } from './upstream/types.ts'

export interface EditRouterOptions {
  readonly registry: Pick<ProviderRegistry, 'get'>
  readonly limits: ImageLimits
  readonly download: Download
  /** For a whole chain of attempts, milliseconds. */
  readonly deadlineMs: number
}

export interface RunOptions {
  /** Aborts when the caller has gone: its reason passes through. */
  readonly signal: AbortSignal
  readonly log: FastifyBaseLogger
}

/** Carries a plan out: asks its candidates one after the other until one gives a result, under one deadline. */
export class EditRouter {
  readonly #options: EditRouterOptions

  constructor (options: EditRouterOptions) {
    this.#options = options
  }

  /**
   * @throws {EditError} with the trail of all attempts; its code is the table's for how the chain ended
   * @throws the signal's reason when the caller has gone
   */
  async run (request: EditRequest, plan: Plan, { signal, log }: RunOptions): Promise<EditResult> {
    const startedAt = performance.now()
    const attempts: Attempt[] = []
    const skipped = skippedBy(plan)
    if (plan.candidates.length === 0) throw withTrail(nobody(request, plan.rejected), { attempts, skipped: plan.rejected })

    const { deadlineMs } = this.#options
    // Not AbortSignal.timeout: its timer lives on after the edit.
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(new EditError('EDIT_ERR_DEADLINE', `no result within ${deadlineMs / 1000} s`)), deadlineMs)
    const deadlineAt = Date.now() + deadlineMs
    try {
      const failures: EditError[] = []
      for (const candidate of plan.candidates) {
        const attempt = await this.#attempt(request, candidate, { caller: signal, signal: AbortSignal.any([signal, deadline.signal]), log, deadlineAt })
        attempts.push(attempt.report)
        if (attempt.state === 'done') {
          return {
            ...attempt.result,
            durationMs: performance.now() - startedAt,
            attempts,
            skipped,
            warnings: [...request.warnings, ...plan.warnings, ...attempt.result.warnings]
          }
        }
        deadline.signal.throwIfAborted()
        failures.push(attempt.error)
        if (attempt.error.next === 'stop') break
      }
      throw finalError(failures)
    } catch (err) {
      throw err instanceof EditError ? withTrail(err, { attempts, skipped }) : err
    } finally {
      clearTimeout(timer)
    }
  }

  async #attempt (request: EditRequest, candidate: Candidate, { caller, signal, log: parent, deadlineAt }: RunOptions & { caller: AbortSignal, deadlineAt: number }) {
    const { offer: { provider: name, vendor }, model } = candidate
    const log = parent.child({ provider: name, model, operation: request.operation })
    const startedAt = performance.now()
    const report = (code: Attempt['code'], message: string | null, billed: Billed, costUsd: number | null): Attempt =>
      ({ provider: name, model, code, message, ms: Math.round(performance.now() - startedAt), costUsd, billed, resumed: false })
    try {
      const edit = await adapt(request, candidate)
      const context = { signal, log, deadlineAt, attemptId: randomUUID() }
      const provider = this.#provider(name)
      const result = await runAttempt(provider, edit, context)
      const { images, warnings } = await this.#finish(result, request, signal)
      const costUsd = result.costUsd ?? candidate.costUsd.max
      const success = report(null, null, costUsd > 0 ? 'yes' : 'no', costUsd)
      log.info({ ms: success.ms, costUsd }, 'attempt succeeded')
      return {
        state: 'done' as const,
        report: success,
        result: {
          operation: request.operation,
          images,
          provider: name,
          vendor,
          model,
          seed: result.seed ?? null,
          costUsd,
          adaptations: candidate.adaptations,
          warnings: [
            ...candidate.dropped.map(parameter => `${parameter} is not a parameter of ${model} and was not sent`),
            ...result.warnings ?? [],
            ...warnings
          ],
          vendorRequestId: result.vendorRequestId ?? null
        }
      }
    } catch (cause) {
      caller.throwIfAborted()
      const error = asEditError(cause, signal, candidate)
      log.warn({ err: error, ms: Math.round(performance.now() - startedAt) }, 'attempt failed')
      return { state: 'failed' as const, error, report: report(error.code, error.message, error.billed, error.billed === 'no' ? 0 : null) }
    }
  }

  #provider (name: string): EditProvider {
    const provider = this.#options.registry.get(name)
    // Only a plugin that is taken out between plan and attempt gets here.
    if (provider === undefined) throw new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', `${name} is gone`)
    return provider
  }

  /** Fetches what is still at the vendor, and checks and converts every image. */
  async #finish (result: ProviderResult, request: EditRequest, signal: AbortSignal) {
    const { download, limits } = this.#options
    const finished = await Promise.all(result.images.map(async image => {
      const bytes = 'bytes' in image ? image.bytes : await download(image.url, { signal, maxBytes: limits.maxBytes })
      return await finishImage(bytes, request.output, limits)
    }))
    const [first, ...rest] = finished.map(({ image }) => image)
    if (first === undefined) throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'the provider answered without an image')
    const images: readonly [EditedImage, ...EditedImage[]] = [first, ...rest]
    return { images, warnings: finished.flatMap(({ warnings }) => warnings) }
  }
}

function asEditError (cause: unknown, signal: AbortSignal, { costUsd }: Candidate): EditError {
  if (signal.aborted) {
    // How far the call got is not known here: a paid one may have been billed.
    return new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'no result before the deadline', { cause, billed: costUsd.max > 0 ? 'maybe' : 'no' })
  }
  if (cause instanceof EditError) return cause
  return new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'the provider failed in an unforeseen way', { cause })
}

/** What a caller wants to know: a model that does something else altogether is no news. */
function skippedBy ({ rejected }: Plan): readonly Rejection[] {
  return rejected.filter(({ reason }) => reason !== 'operation')
}

function nobody (request: EditRequest, rejected: readonly Rejection[]): EditError {
  const waiting = rejected.filter(({ reason }) => reason === 'unconfigured')
  if (waiting.length > 0) {
    const reasons = waiting.map(({ provider, message }) => `${provider}: ${message}`)
    return new EditError('EDIT_ERR_NO_PROVIDER_AVAILABLE', `no provider for ${request.operation} is available now: ${[...new Set(reasons)].join('; ')}`)
  }
  const reasons = rejected.map(({ provider, model, message }) => `${provider} (${model}) ${message}`)
  return new EditError('EDIT_ERR_NO_CAPABLE_PROVIDER',
    `no provider can do this ${request.operation}: ${reasons.join('; ') || 'none is registered'}`)
}

function finalError (failures: readonly EditError[]): EditError {
  const last = failures.at(-1)
  // A chain of one, and one that was stopped, end as their last attempt did: that says most.
  if (last !== undefined && (failures.length === 1 || last.next === 'stop')) return last
  if (failures.every(({ code }) => code === 'EDIT_ERR_PROVIDER_UNSUPPORTED')) {
    return new EditError('EDIT_ERR_NO_CAPABLE_PROVIDER', failures.map(({ message }) => message).join('; '))
  }
  return new EditError('EDIT_ERR_ALL_PROVIDERS_FAILED', `all ${failures.length} providers failed, the last one with: ${last?.message}`, { cause: last })
}

function withTrail (error: EditError, trail: NonNullable<EditError['trail']>): EditError {
  error.trail = trail
  return error
}
