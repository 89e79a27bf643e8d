import { startAttempt, type AttemptOptions, type AttemptTools, type RunningAttempt } from './attempt.ts'
import { roundUsd } from './calls.ts'
import { EditError } from './errors.ts'
import { startLot, type Lot, type LotFailure, type LotOptions, type LotSuccess } from './lot.ts'
import type { Candidate } from './planner.ts'
import type { Attempt, Leftover, Rejection, RouteWish } from './request.ts'

export type Settled =
  | { readonly state: 'won', readonly success: LotSuccess, readonly candidate: Candidate }
  | { readonly state: 'failed', readonly failure: LotFailure }
  | { readonly state: 'slice over' }

/** What a request may cost. */
export interface MoneyRules {
  readonly maxCostUsd: number
  readonly afterMaybeBilled: NonNullable<RouteWish['afterMaybeBilled']>
}

interface Entry {
  readonly attempt: RunningAttempt
  /** Of the calls of its lot, which one. */
  readonly call: number
  report: Attempt | undefined
}

// Made once: to write down where an error was made takes longer than most of what an edit does here.
const outrun = new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'another candidate was first')

/** The attempts of one request: what runs, what has ended, and what they may have cost. */
export class Chain {
  readonly #tools: AttemptTools
  readonly #attempts: Entry[] = []
  readonly #lots: Lot[] = []
  readonly failures: EditError[] = []
  readonly skipped: Rejection[]
  /** Lots with jobs that outlived their slice and are still polled. */
  readonly background = new Set<Lot>()
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

  /** Begins the calls of one candidate. */
  start ({ attemptOf, ...options }: Omit<LotOptions, 'start'> & { readonly attemptOf: (call: LotOptions['calls'][0]) => AttemptOptions }): Lot {
    const lot = startLot({
      ...options,
      start: call => {
        const attempt = startAttempt(this.#tools, attemptOf(call))
        const entry: Entry = { attempt, call: call.index, report: undefined }
        this.#attempts.push(entry)
        attempt.outcome.then(({ report }) => { entry.report = report })
        return attempt
      }
    })
    this.#lots.push(lot)
    return lot
  }

  /**
   * Waits for a lot, while jobs in the background may win too; without one, for the background alone. What comes out of the
   * background incomplete does not win while others are at it: it is there when they fail.
   * @throws {EditError} EDIT_ERR_DEADLINE or the caller's reason, by `stopped`; what stops the chain, of a job in the background
   */
  async settle (lot: Lot | undefined, { sliceMs, stopped }: { sliceMs: number | undefined, stopped: Promise<never> }): Promise<Settled> {
    const { promise: sliceOver, resolve } = Promise.withResolvers<Settled>()
    const timer = sliceMs === undefined ? undefined : setTimeout(() => resolve({ state: 'slice over' }), sliceMs)
    try {
      const waiting = [...this.background, ...lot === undefined ? [] : [lot]]
      const outcomes = waiting.map(async running => ({ running, outcome: await running.outcome }))
      for (;;) {
        const first = await Promise.race([sliceOver, stopped, ...outcomes])
        if ('state' in first) return first
        const { running, outcome } = first
        const wasInBackground = this.background.delete(running)
        const isReserve = outcome.state === 'done' && outcome.missing > 0 && lot !== undefined && running !== lot
        if (outcome.state === 'done' && !isReserve) return { state: 'won', success: outcome, candidate: running.candidate }
        outcomes.splice(waiting.indexOf(running), 1)
        waiting.splice(waiting.indexOf(running), 1)
        if (outcome.state === 'done') continue
        if (wasInBackground) {
          this.failures.push(outcome.error)
          if (outcome.error.next === 'stop') throw outcome.error
        }
        if (running === lot || waiting.length === 0) return { state: 'failed', failure: outcome }
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Polls jobs on in the background; they may be charged for. What has no job yet is broken off. */
  goOnWith (lot: Lot): void {
    lot.outlive(new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'no answer within its share of the time', { details: { slice: true } }))
    this.background.add(lot)
    this.burn(lot.candidate)
  }

  /** Some result is there: what is missing is not asked for elsewhere. */
  hasDelivered (): boolean {
    return this.#lots.some(lot => lot.hasDelivered())
  }

  /** Once all has ended: the lot that made most. */
  async best (): Promise<Extract<Settled, { state: 'won' }> | undefined> {
    const outcomes = await Promise.all(this.#lots.map(({ outcome }) => outcome))
    const [success] = outcomes.filter(outcome => outcome.state === 'done').toSorted((a, b) => a.missing - b.missing)
    return success && { state: 'won', success, candidate: success.candidate }
  }

  /** Counts what a candidate may have charged, USD. */
  burn ({ offer: { vendor }, costUsd }: Candidate, usd: number = costUsd.max): void {
    this.burned.add(vendor)
    this.spentUsd += usd
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
    return roundUsd(spentUsd + max) > maxCostUsd ? { reason: 'price', message: `would bring the cost above $${maxCostUsd}` } : undefined
  }

  /** Breaks off everything that still runs, and waits for it to let go; by default because somebody has a result. */
  async endAll (reason: unknown = outrun): Promise<void> {
    for (const lot of this.#lots) lot.end(reason)
    await Promise.all(this.#lots.map(({ outcome }) => outcome))
  }

  /** Jobs that run at their vendors. */
  leftovers (): Leftover[] {
    return this.#attempts.flatMap(({ attempt, call, report }) => {
      const handle = attempt.job()
      const { offer: { provider }, model } = attempt.candidate
      return report !== undefined || handle === undefined ? [] : [{ provider, model, handle, ...call > 0 && { call } }]
    })
  }

  reports (): Attempt[] {
    return this.#attempts.flatMap(({ report }) => report ?? [])
  }
}
