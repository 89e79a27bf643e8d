import { adapt, adaptOnce } from './adapt.ts'
import { callsOf } from './calls.ts'
import { Chain, type MoneyRules, type Settled } from './chain.ts'
import { EditError } from './errors.ts'
import { everyGate } from './gates.ts'
import { Health } from './health.ts'
import { Limiter } from './limiter.ts'
import type { Call, Lot, LotOptions } from './lot.ts'
import { chainError, nobody, resultOf, skippedBy } from './outcome.ts'
import type { Candidate, Plan } from './planner.ts'
import type { EditRequest, EditResult } from './request.ts'
import { RetryBudget, retryDelay } from './retry.ts'
import type { EditRouterOptions, RouteOptions } from './router-options.ts'
import { sliceMs } from './slice.ts'

export type { EditMemory, EditRouterOptions, RouteOptions, RunOptions } from './router-options.ts'

const defaults = { gates: everyGate, countsChanges: true, shortestSliceMs: 20_000, afterMaybeBilled: 'next', maxTries: 3, concurrency: { limit: 16, queue: 64 } } as const

type Won = Extract<Settled, { state: 'won' }>

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
    const { startedAt = performance.now() } = options
    const { deadlineMs } = this.#options
    const { maxCostUsd = Infinity, afterMaybeBilled = this.#options.afterMaybeBilled } = request.route
    const leftMs = () => startedAt + deadlineMs - performance.now()
    const chain = new Chain(this.#options, skippedBy(plan))
    const { promise: stopped, reject } = Promise.withResolvers<never>()
    stopped.catch(() => {})
    const timer = setTimeout(() => reject(new EditError('EDIT_ERR_DEADLINE', `no result within ${deadlineMs / 1000} s`)), leftMs())
    const leave = () => reject(options.signal.reason)
    options.signal.addEventListener('abort', leave, { once: true })
    const run = { ...options, request, chain, money: { maxCostUsd, afterMaybeBilled }, stopped, deadlineAt: Math.round(Date.now() + leftMs()), leftMs }
    const won = await this.#ask(plan, run).catch(async (err: unknown) => await this.#giveUp(err, plan, run)).finally(() => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', leave)
    })
    await chain.endAll()
    const result = resultOf(won, { request, plan, chain, durationMs: performance.now() - startedAt })
    if (this.#isClean(won, chain)) options.loan?.vouch(result.images.map(({ bytes }) => bytes))
    return result
  }

  /** Lets go of everything that still runs, and tells the trail. What is there already is given, as it is paid for. */
  async #giveUp (err: unknown, plan: Plan, { chain, keepJobs }: Run): Promise<Won> {
    const isSaved = err instanceof EditError && chain.hasDelivered()
    chain.keepsJobs = keepJobs === true && err instanceof EditError && !isSaved
    const leftovers = chain.keepsJobs ? chain.leftovers() : []
    // Not by `err` itself: the others have not failed as that one did.
    await chain.endAll(err instanceof EditError ? new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'broken off before it had a result', { cause: err }) : err)
    const best = isSaved ? await chain.best() : undefined
    if (best !== undefined) return best
    if (err instanceof EditError) {
      err.trail = { attempts: chain.reports(), skipped: plan.candidates.length > 0 ? chain.skipped : plan.rejected, leftovers }
    }
    throw err
  }

  async #ask (plan: Plan, run: Run): Promise<Won> {
    const { chain, request } = run
    run.signal.throwIfAborted()
    this.#resume(plan, run)
    if (chain.background.size === 0 && plan.candidates.length === 0) throw nobody(request, plan)
    if (chain.background.size > 0) {
      const settled = await chain.settle(undefined, { sliceMs: undefined, stopped: run.stopped })
      if (settled.state === 'won') return settled
    }
    for (const [index, candidate] of plan.candidates.entries()) {
      if (chain.hasDelivered()) break
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

  /** One candidate, with all its calls and their retries, until it has failed, won or used up its slice. */
  async #askOne (candidate: Candidate, later: readonly Candidate[], run: Run): Promise<Settled> {
    const { chain, stopped, leftMs } = run
    const others = later.filter(other => chain.objection(other, run.money) === undefined).length
    const [first, ...rest] = callsOf(candidate)
    const rounds = Math.ceil((rest.length + 1) / this.#limitOf(candidate))
    const slice = sliceMs({ leftMs: leftMs(), expectedMs: candidate.expectedSeconds * 1000 * rounds, others, shortestMs: this.#options.shortestSliceMs })
    const endsAt = performance.now() + slice
    const sliceLeftMs = () => Math.max(0, endsAt - performance.now())
    // Sent now it would be paid for, and nobody would wait for it.
    if (run.signal.aborted || leftMs() <= 0) await stopped
    const calls = [{ candidate: first, index: 0 }, ...rest.map((call, index) => ({ candidate: call, index: index + 1 }))] as const
    const lot = this.#start(candidate, calls, run, (error, tries, alone) => {
      const delay = retryDelay({
        error, tries, maxTries: this.#options.maxTries, sliceLeftMs: sliceLeftMs(), deadlineLeftMs: leftMs(), others: others > 0 && alone, random: Math.random()
      })
      return delay === undefined || !this.#budget.take(candidate.offer.provider) ? undefined : delay
    })
    let settled = await chain.settle(lot, { sliceMs: others === 0 ? undefined : sliceLeftMs(), stopped })
    // Where nobody else may be asked once this one may have charged, to leave it would only lose what is paid for.
    const isHopeless = () => later.every(other => chain.objection(other, run.money, candidate) !== undefined)
    if (settled.state === 'slice over' && (lot.hasDelivered() || (lot.isAtStake() && isHopeless()))) settled = await chain.settle(lot, { sliceMs: undefined, stopped })
    if (settled.state === 'slice over') settled = await this.#leave(lot, run)
    if (settled.state === 'failed') {
      const { error, costUsd } = settled.failure
      chain.failures.push(error)
      if (error.billed !== 'no') chain.burn(candidate, costUsd)
    }
    return settled
  }

  /** A slice is over. Jobs that are known are polled on, results are fetched and checked; what has neither is broken off. */
  async #leave (lot: Lot, { chain, stopped }: Run): Promise<Settled> {
    if (lot.canOutlive()) {
      chain.goOnWith(lot)
      return { state: 'slice over' }
    }
    lot.end(new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'no answer within its share of the time', { details: { slice: true } }))
    return await chain.settle(lot, { sliceMs: undefined, stopped })
  }

  /** The jobs of one candidate are one lot again. */
  #resume (plan: Plan, run: Run): void {
    for (const candidate of plan.candidates) {
      const jobs = (run.resume ?? []).filter(({ provider, model }) => candidate.offer.provider === provider && candidate.model === model)
      const calls = callsOf(candidate)
      const [first, ...rest] = jobs.flatMap(({ call: index = 0, handle }) => {
        const call = calls[index]
        return call === undefined ? [] : [{ candidate: call, index, resume: handle }]
      })
      if (first !== undefined) run.chain.goOnWith(this.#start(candidate, [first, ...rest], run, () => undefined))
    }
  }

  #start (candidate: Candidate, calls: readonly [Call, ...Call[]], run: Run, retryDelay: LotOptions['retryDelay']): Lot {
    const { log, deadlineAt, traceparent, loan, chain, leftMs, signal } = run
    const provider = this.#options.registry.get(candidate.offer.provider)
    // Only a plugin that is taken out between plan and attempt gets here.
    if (provider === undefined) throw new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', `${candidate.offer.provider} is gone`)
    // Kept as long as the request is: only where several calls use it.
    const adapted = calls.length > 1 ? adaptOnce() : adapt
    return chain.start({
      candidate,
      calls,
      // Jobs run already: they are only waited for.
      limit: calls[0].resume === undefined ? this.#limitOf(candidate) : calls.length,
      retryDelay,
      isOver: () => signal.aborted || leftMs() <= 0,
      attemptOf: ({ candidate: call, resume }) => {
        if (resume === undefined) this.#budget.call(provider.name)
        return { provider, candidate: call, adapted, log, deadlineAt, traceparent, loan, resume, shallCancel: () => !chain.keepsJobs }
      }
    })
  }

  /** Nobody was asked but the one who has answered, and that one keeps nothing. */
  #isClean ({ candidate }: Won, chain: Chain): boolean {
    return chain.reports().length === 1 && this.#options.registry.get(candidate.offer.provider)?.keepsNoBytes === true
  }

  #limitOf ({ offer: { provider } }: Candidate): number {
    return this.#options.registry.get(provider)?.maxConcurrent ?? this.#options.concurrency.limit
  }
}
