import { startAttempt, type AttemptFailure, type AttemptOptions, type AttemptSuccess, type AttemptTools, type RunningAttempt } from './attempt.ts'
import type { EditError } from './errors.ts'
import type { Candidate } from './planner.ts'
import type { Attempt, Leftover, Rejection, RouteWish } from './request.ts'

export type Settled =
  | { readonly state: 'won', readonly success: AttemptSuccess, readonly candidate: Candidate }
  | { readonly state: 'failed', readonly failure: AttemptFailure }
  | { readonly state: 'slice over' }

/** What a request may cost. */
export interface MoneyRules {
  readonly maxCostUsd: number
  readonly afterMaybeBilled: NonNullable<RouteWish['afterMaybeBilled']>
}

/** The attempts of one request: what runs, what has ended, and what they may have cost. */
export class Chain {
  readonly #tools: AttemptTools
  readonly #attempts: Array<{ attempt: RunningAttempt, report: Attempt | undefined }> = []
  readonly failures: EditError[] = []
  readonly skipped: Rejection[]
  /** Jobs that outlived their slice and are still polled. */
  readonly background = new Set<RunningAttempt>()
  /** Vendors that may have charged: never asked again. */
  readonly burned = new Set<string>()
  /** USD that may have been charged so far. */
  spentUsd = 0
  /** Attempts that may have been billed. */
  billedAttempts = 0
  /** Jobs that still run when the request ends are left running at their vendors. */
  keepsJobs = false

  constructor (tools: AttemptTools, skipped: readonly Rejection[]) {
    this.#tools = tools
    this.skipped = [...skipped]
  }

  start (options: AttemptOptions): RunningAttempt {
    const attempt = startAttempt(this.#tools, options)
    const entry: { attempt: RunningAttempt, report: Attempt | undefined } = { attempt, report: undefined }
    this.#attempts.push(entry)
    attempt.outcome.then(({ report }) => { entry.report = report })
    return attempt
  }

  /**
   * Waits for an attempt, while jobs in the background may win too; without one, for the background alone.
   * @throws {EditError} EDIT_ERR_DEADLINE or the caller's reason, by `stopped`; what stops the chain, of a job in the background
   */
  async settle (attempt: RunningAttempt | undefined, { sliceMs, stopped }: { sliceMs: number | undefined, stopped: Promise<never> }): Promise<Settled> {
    const { promise: sliceOver, resolve } = Promise.withResolvers<Settled>()
    const timer = sliceMs === undefined ? undefined : setTimeout(() => resolve({ state: 'slice over' }), sliceMs)
    try {
      const waiting = [...this.background, ...attempt === undefined ? [] : [attempt]]
      const outcomes = waiting.map(async running => ({ running, outcome: await running.outcome }))
      for (;;) {
        const first = await Promise.race([sliceOver, stopped, ...outcomes])
        if ('state' in first) return first
        const { running, outcome } = first
        if (outcome.state === 'done') {
          this.background.delete(running)
          return { state: 'won', success: outcome, candidate: running.candidate }
        }
        outcomes.splice(waiting.indexOf(running), 1)
        waiting.splice(waiting.indexOf(running), 1)
        if (this.background.delete(running)) {
          this.failures.push(outcome.error)
          if (outcome.error.next === 'stop') throw outcome.error
        }
        if (running === attempt || waiting.length === 0) return { state: 'failed', failure: outcome }
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Polls a job on in the background; it may be charged for. */
  goOnWith (attempt: RunningAttempt): void {
    attempt.outlive()
    this.background.add(attempt)
    this.burn(attempt.candidate)
  }

  /** Counts what a candidate may have charged. */
  burn ({ offer: { vendor }, costUsd: { max } }: Candidate): void {
    this.burned.add(vendor)
    this.spentUsd += max
    this.billedAttempts++
  }

  /**
   * Why a candidate may not be asked: never the same vendor after it may have charged, no more vendors and no more USD than
   * allowed. With `after`, as if that one may have charged as well.
   */
  objection (candidate: Candidate, { maxCostUsd, afterMaybeBilled }: MoneyRules, after?: Candidate): Pick<Rejection, 'reason' | 'message'> | undefined {
    const { offer: { vendor }, costUsd: { max } } = candidate
    const billed = (reason: string) => ({ reason: 'billed', message: `${reason} may have charged for this request already` } as const)
    if (this.burned.has(vendor) || after?.offer.vendor === vendor) return billed(vendor)
    if (max === 0) return undefined
    const others = this.billedAttempts + (after === undefined ? 0 : 1)
    if (others > 0 && afterMaybeBilled === 'stop') return billed('another vendor')
    if (others > 1) return billed('two vendors')
    const spentUsd = this.spentUsd + (after?.costUsd.max ?? 0)
    return spentUsd + max > maxCostUsd ? { reason: 'price', message: `would bring the cost above $${maxCostUsd}` } : undefined
  }

  /** Breaks off everything that still runs, and waits for it to let go. */
  async endAll (reason: unknown): Promise<void> {
    for (const { attempt, report } of this.#attempts) {
      if (report === undefined) attempt.end(reason)
    }
    await Promise.all(this.#attempts.map(({ attempt }) => attempt.outcome))
  }

  /** Jobs that run at their vendors. */
  leftovers (): Leftover[] {
    return this.#attempts.flatMap(({ attempt, report }) => {
      const handle = attempt.job()
      const { offer: { provider }, model } = attempt.candidate
      return report !== undefined || handle === undefined ? [] : [{ provider, model, handle }]
    })
  }

  reports (): Attempt[] {
    return this.#attempts.flatMap(({ report }) => report ?? [])
  }
}
