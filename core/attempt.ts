import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { adapt } from './adapt.ts'
import { billedSoFar, isOfFreeCall, openScope, type CallScope } from './call-scope.ts'
import type { EditProvider, JobHandle, ProviderResult } from './contract.ts'
import { EditError, type Billed } from './errors.ts'
import { finishResult, type FinishedResult } from './finish-result.ts'
import type { Gates } from './gates.ts'
import type { Health, Permit } from './health.ts'
import type { ImageLimits } from './imaging/limits.ts'
import type { Loan } from './loan.ts'
import type { Limiter, Slot } from './limiter.ts'
import type { Candidate } from './planner.ts'
import type { Attempt } from './request.ts'
import { runAttempt } from './runner.ts'
import { isOverdue } from './slice.ts'
import type { Download } from './upstream/types.ts'

/** What all attempts of the service share. */
export interface AttemptTools {
  readonly limits: ImageLimits
  /** That every result has to pass. */
  readonly gates: Gates
  /** Say what a result has changed also where nothing is put back (default). */
  readonly countsChanges?: boolean
  readonly download: Download
  readonly health: Health
  readonly limiter: Limiter
  /** Calls in flight per account where the provider says nothing, and callers that may wait for one. */
  readonly concurrency: { readonly limit: number, readonly queue: number }
}

export interface AttemptOptions {
  readonly provider: EditProvider
  readonly candidate: Candidate
  /** Default: `adapt`. Calls of one candidate need not adapt the same images again. */
  readonly adapted?: typeof adapt
  readonly log: FastifyBaseLogger
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number
  readonly traceparent?: string | undefined
  readonly loan?: Loan | undefined
  /** A job of an earlier request to go on with. */
  readonly resume?: JobHandle | undefined
  /** Asked when the attempt is broken off: shall the vendor be told to stop? */
  readonly shallCancel: () => boolean
}

export interface AttemptSuccess extends FinishedResult {
  readonly state: 'done'
  readonly report: Attempt
  readonly result: ProviderResult
}

export interface AttemptFailure {
  readonly state: 'failed'
  readonly report: Attempt
  readonly error: EditError
}

/** An attempt under way. It may outlive its slice: then its job is polled on while others are asked. */
export interface RunningAttempt {
  readonly candidate: Candidate
  /** Never rejects. */
  readonly outcome: Promise<AttemptSuccess | AttemptFailure>
  /** The job at the vendor, once it is known. */
  job (): JobHandle | undefined
  /** Broken off now it may be charged and brings nothing: it was sent, and there is neither a job to go on with nor a result. */
  isAtStake (): boolean
  /** It can go on past its slice: its job is known, or it has a result that is only to be fetched and checked. */
  canOutlive (): boolean
  /** Its slice is over, and it goes on all the same. */
  outlive (): void
  /** Breaks it off. */
  end (reason: unknown): void
}

/** Begins an attempt; everything it takes (a permit, a slot, the vendor's job) is given back when it ends. */
export function startAttempt (tools: AttemptTools, options: AttemptOptions): RunningAttempt {
  const { candidate, resume } = options
  const controller = new AbortController()
  const scope = openScope(controller.signal, { traceparent: options.traceparent, loan: options.loan })
  const state: Inner['state'] = { job: resume, resumed: resume !== undefined, begun: false, delivered: false, slot: null }
  const canOutlive = () => state.job !== undefined || state.delivered
  return {
    candidate,
    outcome: carryOut(tools, options, { controller, scope, state }).finally(() => state.slot?.release()),
    job: () => state.job,
    canOutlive,
    isAtStake: () => !canOutlive() && state.begun && billedSoFar(scope, candidate.costUsd.max === 0) !== 'no',
    outlive: () => { state.resumed = true },
    end: reason => controller.abort(reason)
  }
}

interface Inner {
  readonly controller: AbortController
  readonly scope: CallScope
  readonly state: { job: JobHandle | undefined, resumed: boolean, begun: boolean, delivered: boolean, slot: Slot | null }
}

async function carryOut (tools: AttemptTools, options: AttemptOptions, { controller: { signal }, scope, state }: Inner): Promise<AttemptSuccess | AttemptFailure> {
  const { candidate, provider, deadlineAt, shallCancel, resume } = options
  const { offer: { provider: name }, model, request: { operation }, costUsd, expectedSeconds } = candidate
  const log = options.log.child({ provider: name, model, operation })
  const startedAt = performance.now()
  const elapsed = () => Math.round(performance.now() - startedAt)
  let permit: Permit | null = null
  try {
    permit = tools.health.admit({ provider: name, model, operation })
    if (permit === null) throw new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', `${name} rests after failures`, { details: { busy: true } })
    state.slot = await acquireSlot(tools, provider, signal)
    const { edit, adaptations } = await unlessAborted((options.adapted ?? adapt)(candidate), signal)
    const context = { signal, log, deadlineAt, attemptId: randomUUID() }
    state.begun = true
    const result = await runAttempt(provider, edit, context, { resume, shallCancel, onJob: job => { state.job = job } })
    state.delivered = true
    const finished = await unlessAborted(finishResult(result, candidate, { ...tools, adaptations, signal }), signal)
    const cost = result.costUsd ?? costUsd.max
    const report = { provider: name, model, code: null, message: null, ms: elapsed(), costUsd: cost, billed: cost > 0 ? 'yes' as const : 'no' as const, resumed: state.resumed }
    permit.end({ code: null, ms: report.ms })
    log.info({ ms: report.ms, costUsd: cost, resumed: state.resumed }, 'attempt succeeded')
    return { state: 'done', report, result, ...finished }
  } catch (cause) {
    const error = asEditError(cause, signal)
    const billed = billedOf(error, { signal, scope, state, isFree: costUsd.max === 0 })
    permit?.end(blamesProvider(error, { signal, state, isOverdue: isOverdue(elapsed(), expectedSeconds * 1000) }) ? { code: error.code, ms: elapsed(), retryAfterMs: error.retryAfterMs } : undefined)
    const ms = elapsed()
    // Its message may hold words of the prompt: the code says enough, and what was not foreseen is in the cause.
    log[signal.aborted ? 'info' : 'warn']({ code: error.code, billed, ms, ...error.code === 'EDIT_ERR_PROVIDER_RESPONSE' && { err: error.cause } }, 'attempt failed')
    return {
      state: 'failed',
      error: billed === error.billed ? error : withBilled(error, billed),
      report: { provider: name, model, code: error.code, message: error.message, ms, costUsd: billed === 'no' ? 0 : costUsd.max, billed, resumed: state.resumed }
    }
  }
}

/** Pixel work cannot be stopped, but nobody has to wait for it. */
async function unlessAborted<T> (work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const leave = () => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    signal.throwIfAborted()
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

async function acquireSlot ({ limiter, concurrency }: AttemptTools, { name, account = name, maxConcurrent }: EditProvider, signal: AbortSignal): Promise<Slot> {
  const slot = await limiter.acquire(account, { ...concurrency, ...maxConcurrent !== undefined && { limit: maxConcurrent } }, signal)
  if (slot === null) throw new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', `${name} is busy: too many edits wait for it`, { details: { busy: true } })
  return slot
}

function asEditError (cause: unknown, signal: AbortSignal): EditError {
  if (cause instanceof EditError && cause.code !== 'EDIT_ERR_DEADLINE') return cause
  if (signal.aborted) return new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'broken off before it had a result', { cause })
  return new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'the provider failed in an unforeseen way', { cause })
}

/** How far the attempt got says more than its error: a delivered result has been billed, and what never left has not. */
function billedOf (error: EditError, { signal, scope, state, isFree }: Omit<Inner, 'controller'> & { signal: AbortSignal, isFree: boolean }): Billed {
  if (isFree) return 'no'
  if (state.delivered) return 'yes'
  if (state.job !== undefined && error.billed === 'no' && (signal.aborted || isOfFreeCall(error))) return 'maybe'
  // Still waiting for its turn, it has asked nobody.
  if (!state.begun) return state.job === undefined ? 'no' : 'maybe'
  return signal.aborted ? billedSoFar(scope, isFree) : error.billed
}

/**
 * Not the provider's fault: it is busy with our own calls, or somebody on this side broke the attempt off before it had had the
 * time that it may take. After that it is, whoever lost patience: else nobody would ever learn that it is silent.
 */
function blamesProvider ({ details }: EditError, { signal, state, isOverdue }: Pick<Inner, 'state'> & { signal: AbortSignal, isOverdue: boolean }): boolean {
  return state.begun && (!signal.aborted || details.slice === true || isOverdue)
}

function withBilled ({ code, message, cause, retryAfterMs, details }: EditError, billed: Billed): EditError {
  return new EditError(code, message, { cause, billed, details, ...retryAfterMs !== undefined && { retryAfterMs } })
}
