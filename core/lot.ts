import { setTimeout as delay } from 'node:timers/promises'
import type { AttemptFailure, AttemptSuccess, RunningAttempt } from './attempt.ts'
import type { EditError } from './errors.ts'
import { type ErrorCode } from './errors.ts'
import type { JobHandle } from './contract.ts'
import type { Candidate } from './planner.ts'

/** One call of a lot. */
export interface Call {
  /** Its place among the candidate's calls, from 0. */
  readonly index: number
  /** Of this call alone. */
  readonly candidate: Candidate
  /** A job of an earlier request to go on with. */
  readonly resume?: JobHandle | undefined
}

export interface LotSuccess {
  readonly state: 'done'
  readonly candidate: Candidate
  /** Of the calls that made something, in their order. */
  readonly successes: readonly [AttemptSuccess, ...AttemptSuccess[]]
  readonly failures: readonly AttemptFailure[]
  /** Results that were asked for and are not there. */
  readonly missing: number
}

export interface LotFailure {
  readonly state: 'failed'
  /** Of all calls the one that says most. */
  readonly error: EditError
  /** What all of them may have cost, USD. */
  readonly costUsd: number
}

/** The calls of one candidate that make the results of one request. */
export interface Lot {
  readonly candidate: Candidate
  /** When all of its calls have ended. Never rejects. */
  readonly outcome: Promise<LotSuccess | LotFailure>
  /** Something came of it: nobody else is asked for what is missing. */
  hasDelivered (): boolean
  /** Broken off now, some of it may be charged and bring nothing. */
  isAtStake (): boolean
  /** Some of it can go on past its slice. */
  canOutlive (): boolean
  /** Its slice is over: what can goes on, the rest is broken off, and no call begins any more. */
  outlive (reason: unknown): void
  /** Breaks it off. */
  end (reason: unknown): void
}

export interface LotOptions {
  readonly candidate: Candidate
  readonly calls: readonly [Call, ...Call[]]
  /** Calls at once, from 1. */
  readonly limit: number
  readonly start: (call: Call) => RunningAttempt
  /**
   * How long to wait before a call that has failed is made again, milliseconds; undefined = it is not. `tries` were made;
   * `alone`: no other call of the lot is under way or has made anything.
   */
  readonly retryDelay: (error: EditError, tries: number, alone: boolean) => number | undefined
  /** Nobody would wait for a call that begins now. */
  readonly isOver: () => boolean
}

/** Failures of one call, which say nothing of the next one. Any other would meet the calls that have not begun, too. */
const single: ReadonlySet<ErrorCode> = new Set(['EDIT_ERR_PROVIDER_TIMEOUT', 'EDIT_ERR_PROVIDER_RESPONSE', 'EDIT_ERR_OUTPUT_REJECTED'])

/** Begins a lot: as many calls at once as the limit allows, each retried by itself. One that fails takes nothing from the others. */
export function startLot ({ candidate, calls, limit, start, retryDelay, isOver }: LotOptions): Lot {
  const queue = [...calls]
  const running = new Set<RunningAttempt>()
  const ended: Array<{ readonly index: number, readonly outcome: AttemptSuccess | AttemptFailure }> = []
  const stopped = new AbortController()
  let working = Math.min(limit, calls.length)
  const hasDelivered = () => ended.some(({ outcome }) => outcome.state === 'done')
  const stop = () => {
    queue.length = 0
    // A reason of its own: to make the usual one takes longer than all the rest of this file.
    stopped.abort(null)
  }

  const make = async (call: Call, tries = 1): Promise<AttemptSuccess | AttemptFailure> => {
    const attempt = start(call)
    running.add(attempt)
    const outcome = await attempt.outcome
    running.delete(attempt)
    if (outcome.state === 'done' || stopped.signal.aborted || call.resume !== undefined) return outcome
    const ms = retryDelay(outcome.error, tries, running.size === 0 && !hasDelivered())
    const isMadeAgain = ms !== undefined && await pause(ms, stopped.signal) && !isOver()
    return isMadeAgain ? await make(call, tries + 1) : outcome
  }

  const work = async (): Promise<void> => {
    for (let call = queue.shift(); call !== undefined; call = queue.shift()) {
      const outcome = await make(call)
      // Others of the lot have a place: the call waits for theirs.
      if (isBusy(outcome) && working > 1 && !stopped.signal.aborted) {
        queue.unshift(call)
        break
      }
      ended.push({ index: call.index, outcome })
      if (isOver() || (outcome.state === 'failed' && !single.has(outcome.error.code))) queue.length = 0
    }
    working--
  }

  return {
    candidate,
    outcome: Promise.all(Array.from({ length: working }, work)).then(() => conclude(candidate, ended)),
    hasDelivered,
    isAtStake: () => [...running].some(attempt => attempt.isAtStake()),
    canOutlive: () => [...running].some(attempt => attempt.canOutlive()),
    outlive (reason) {
      stop()
      for (const attempt of running) {
        if (attempt.canOutlive()) attempt.outlive()
        else attempt.end(reason)
      }
    },
    end (reason) {
      stop()
      for (const attempt of running) attempt.end(reason)
    }
  }
}

function isBusy (outcome: AttemptSuccess | AttemptFailure): boolean {
  return outcome.state === 'failed' && outcome.error.details.busy === true
}

/** false = broken off. */
async function pause (ms: number, signal: AbortSignal): Promise<boolean> {
  const endsAt = performance.now() + ms
  // A timer may ring a moment early: a breaker that opened for the same time would still be open.
  for (let left = ms; left > 0 && !signal.aborted; left = endsAt - performance.now()) {
    // Nothing but the signal rejects it.
    await delay(Math.ceil(left), undefined, { signal }).catch(() => {})
  }
  return !signal.aborted
}

function conclude (candidate: Candidate, ended: ReadonlyArray<{ readonly index: number, readonly outcome: AttemptSuccess | AttemptFailure }>): LotSuccess | LotFailure {
  const outcomes = ended.toSorted((a, b) => a.index - b.index).map(({ outcome }) => outcome)
  const failures = outcomes.filter(outcome => outcome.state === 'failed')
  const [first, ...rest] = outcomes.filter(outcome => outcome.state === 'done')
  if (first !== undefined) {
    const delivered = [first, ...rest].reduce((sum, { images }) => sum + images.length, 0)
    return { state: 'done', candidate, successes: [first, ...rest], failures, missing: Math.max(0, candidate.request.count - delivered) }
  }
  const costUsd = failures.reduce((sum, { report }) => sum + report.costUsd, 0)
  return { state: 'failed', error: worstOf(failures.map(({ error }) => error)), costUsd }
}

const ranks = { no: 0, maybe: 1, yes: 2 }

/** What stops a chain, else what may have been charged. */
function worstOf (errors: readonly EditError[]): EditError {
  const weight = ({ next, billed }: EditError) => next === 'stop' ? 3 : ranks[billed]
  return errors.reduce((worst, error) => weight(error) > weight(worst) ? error : worst)
}
