import type { FastifyBaseLogger } from 'fastify'
import type { AttemptOptions, AttemptTools, RunningAttempt } from './attempt.ts'
import { Chain, type MoneyRules, type Settled } from './chain.ts'
import { EditError } from './errors.ts'
import { Health } from './health.ts'
import { Limiter } from './limiter.ts'
import { chainError, nobody, resultOf, skippedBy } from './outcome.ts'
import type { Candidate, Plan } from './planner.ts'
import type { ProviderRegistry } from './registry.ts'
import type { EditRequest, EditResult, Leftover } from './request.ts'
import { RetryBudget, retryDelay } from './retry.ts'
import { sliceMs } from './slice.ts'

export interface EditRouterOptions extends Pick<AttemptTools, 'limits' | 'download'>, Partial<Omit<AttemptTools, 'limits' | 'download'>> {
  readonly registry: Pick<ProviderRegistry, 'get'>
  /** For a whole chain of attempts, milliseconds. */
  readonly deadlineMs: number
  /** A quick candidate is given at least so long while others wait, milliseconds. */
  readonly shortestSliceMs?: number
  readonly afterMaybeBilled?: 'next' | 'stop'
  /** Calls of one candidate in one request, from 1; only calls that were surely not accepted are repeated. */
  readonly maxTries?: number
}

const defaults = { shortestSliceMs: 20_000, afterMaybeBilled: 'next', maxTries: 3, concurrency: { limit: 16, queue: 64 } } as const

export interface RunOptions {
  /** Aborts when the caller has gone: its reason passes through. */
  readonly signal: AbortSignal
  readonly log: FastifyBaseLogger
  /** W3C trace context of the caller, passed on to vendors. */
  readonly traceparent?: string | undefined
}

export interface RouteOptions extends RunOptions {
  /** Jobs of an earlier run of the same request: they are gone on with before anybody else is asked. */
  readonly resume?: readonly Leftover[] | undefined
  /** Jobs that still run when the time is up are left running at their vendors, for a later `resume`. */
  readonly keepJobs?: boolean
}

interface Run extends RouteOptions {
  readonly request: EditRequest
  readonly chain: Chain
  readonly money: MoneyRules
  /** Rejects when the time is up or the caller has gone. */
  readonly stopped: Promise<never>
  /** Milliseconds since the epoch, for providers. */
  readonly deadlineAt: number
  /** Until then, by a clock that nobody sets, milliseconds. */
  readonly leftMs: () => number
}

/** Carries a plan out: asks its candidates one after the other until one gives a result, under one deadline. */
export class EditRouter {
  readonly #options: Required<EditRouterOptions>
  readonly #budget = new RetryBudget()

  constructor (options: EditRouterOptions) {
    this.#options = { health: new Health(), limiter: new Limiter(), ...defaults, ...options }
  }

  /** The providers' breakers and latencies, for the planner. */
  get health (): Health {
    return this.#options.health
  }

  /**
   * @throws {EditError} with the trail of all attempts; its code is the table's for how the chain ended
   * @throws the signal's reason when the caller has gone
   */
  async run (request: EditRequest, plan: Plan, options: RouteOptions): Promise<EditResult> {
    const startedAt = performance.now()
    const { deadlineMs } = this.#options
    const { maxCostUsd = Infinity, afterMaybeBilled = this.#options.afterMaybeBilled } = request.route
    const leftMs = () => startedAt + deadlineMs - performance.now()
    const chain = new Chain(this.#options, skippedBy(plan))
    const { promise: stopped, reject } = Promise.withResolvers<never>()
    stopped.catch(() => {})
    const timer = setTimeout(() => reject(new EditError('EDIT_ERR_DEADLINE', `no result within ${deadlineMs / 1000} s`)), deadlineMs)
    const leave = () => reject(options.signal.reason)
    options.signal.addEventListener('abort', leave, { once: true })
    const run = { ...options, request, chain, money: { maxCostUsd, afterMaybeBilled }, stopped, deadlineAt: Date.now() + deadlineMs, leftMs }
    const won = await this.#ask(plan, run).catch(async (err: unknown) => await this.#giveUp(err, plan, run)).finally(() => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', leave)
    })
    await chain.endAll(new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'another candidate was first'))
    return resultOf(won, { request, plan, chain, durationMs: performance.now() - startedAt })
  }

  /** Lets go of everything that still runs, and tells the trail. */
  async #giveUp (err: unknown, plan: Plan, { chain, keepJobs }: Run): Promise<never> {
    chain.keepsJobs = keepJobs === true && err instanceof EditError
    const leftovers = chain.keepsJobs ? chain.leftovers() : []
    // Not by `err` itself: the others have not failed as that one did.
    await chain.endAll(err instanceof EditError ? new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'broken off before it had a result', { cause: err }) : err)
    if (err instanceof EditError) {
      err.trail = { attempts: chain.reports(), skipped: plan.candidates.length > 0 ? chain.skipped : plan.rejected, leftovers }
    }
    throw err
  }

  async #ask (plan: Plan, run: Run): Promise<Extract<Settled, { state: 'won' }>> {
    const { chain, request } = run
    run.signal.throwIfAborted()
    this.#resume(plan, run)
    if (chain.background.size === 0 && plan.candidates.length === 0) throw nobody(request, plan)
    if (chain.background.size > 0) {
      const settled = await chain.settle(undefined, { sliceMs: undefined, stopped: run.stopped })
      if (settled.state === 'won') return settled
    }
    for (const [index, candidate] of plan.candidates.entries()) {
      const { offer: { provider }, model } = candidate
      const objection = chain.objection(candidate, run.money)
      if (objection !== undefined) {
        chain.skipped.push({ provider, model, ...objection })
        continue
      }
      const settled = await this.#askOne(candidate, plan.candidates.slice(index + 1), run)
      if (settled.state === 'won') return settled
      if (settled.state === 'failed' && settled.failure.error.next === 'stop') throw settled.failure.error
    }
    while (chain.background.size > 0) {
      const settled = await chain.settle(undefined, { sliceMs: undefined, stopped: run.stopped })
      if (settled.state === 'won') return settled
    }
    throw chainError(chain)
  }

  /** One candidate, with its retries, until it has failed, won or used up its slice. */
  async #askOne (candidate: Candidate, later: readonly Candidate[], run: Run): Promise<Settled> {
    const { chain, stopped, leftMs } = run
    const others = later.filter(other => chain.objection(other, run.money) === undefined).length
    const slice = sliceMs({ leftMs: leftMs(), expectedMs: candidate.expectedSeconds * 1000, others, shortestMs: this.#options.shortestSliceMs })
    const endsAt = performance.now() + slice
    const sliceLeftMs = () => Math.max(0, endsAt - performance.now())
    for (let tries = 1; ; tries++) {
      // Sent now it would be paid for, and nobody would wait for it.
      if (run.signal.aborted || leftMs() <= 0) await stopped
      const attempt = chain.start(this.#attemptOptions(candidate, run))
      this.#budget.call(candidate.offer.provider)
      let settled = await chain.settle(attempt, { sliceMs: others === 0 ? undefined : sliceLeftMs(), stopped })
      // Where nobody else may be asked once this one may have charged, to leave it would only lose what is paid for.
      const isHopeless = () => later.every(other => chain.objection(other, run.money, candidate) !== undefined)
      if (settled.state === 'slice over' && attempt.isAtStake() && isHopeless()) settled = await chain.settle(attempt, { sliceMs: undefined, stopped })
      if (settled.state === 'slice over') settled = await this.#leave(attempt, run)
      if (settled.state !== 'failed') return settled
      const { error } = settled.failure
      const delay = retryDelay({
        error, tries, maxTries: this.#options.maxTries, sliceLeftMs: sliceLeftMs(), deadlineLeftMs: leftMs(), others: others > 0, random: Math.random()
      })
      if (delay === undefined || !this.#budget.take(candidate.offer.provider)) {
        chain.failures.push(error)
        if (error.billed !== 'no') chain.burn(candidate)
        return settled
      }
      const paused = await this.#pause(delay, run)
      if (paused.state === 'won') return paused
    }
  }

  /** Waits before a retry; jobs in the background may win meanwhile. */
  async #pause (ms: number, { chain, stopped }: Run): Promise<Settled> {
    const endsAt = performance.now() + ms
    // A timer may ring a moment early: a breaker that opened for the same time would still be open.
    for (let left = ms; left > 0; left = endsAt - performance.now()) {
      const settled = await chain.settle(undefined, { sliceMs: Math.ceil(left), stopped })
      if (settled.state === 'won') return settled
    }
    return { state: 'slice over' }
  }

  /** A slice is over. A job that is known is polled on, a result is fetched and checked; what has neither is broken off. */
  async #leave (attempt: RunningAttempt, { chain, stopped }: Run): Promise<Settled> {
    if (attempt.canOutlive()) {
      chain.goOnWith(attempt)
      return { state: 'slice over' }
    }
    attempt.end(new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'no answer within its share of the time', { details: { slice: true } }))
    return await chain.settle(attempt, { sliceMs: undefined, stopped })
  }

  #resume (plan: Plan, run: Run): void {
    for (const { provider, model, handle } of run.resume ?? []) {
      const candidate = plan.candidates.find(({ offer, model: id }) => offer.provider === provider && id === model)
      if (candidate === undefined) continue
      run.chain.goOnWith(run.chain.start({ ...this.#attemptOptions(candidate, run), resume: handle }))
    }
  }

  #attemptOptions (candidate: Candidate, { log, deadlineAt, traceparent, chain }: Run): AttemptOptions {
    const provider = this.#options.registry.get(candidate.offer.provider)
    // Only a plugin that is taken out between plan and attempt gets here.
    if (provider === undefined) throw new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', `${candidate.offer.provider} is gone`)
    return { provider, candidate, log, deadlineAt, traceparent, shallCancel: () => !chain.keepsJobs }
  }
}
