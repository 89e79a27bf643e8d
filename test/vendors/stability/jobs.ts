import { randomBytes } from 'node:crypto'
import type { Outcome } from './answers.ts'

export interface JobTimes {
  /** Polls that are answered `in-progress` first. */
  readonly jobPolls: number
  /** Time from the request to the result, milliseconds. */
  readonly jobMs: number
  /** Shortest time between two polls of a job, milliseconds; 0 = any. */
  readonly pollIntervalMs: number
}

interface Job { readonly key: string, readonly outcome: Outcome, readonly createdAt: number, polls: number, polledAt: number }

export type Polled =
  | { readonly state: 'done', readonly outcome: Outcome }
  | { readonly state: 'in-progress' }
  | { readonly state: 'unknown' }
  | { readonly state: 'too-fast' }

const keptMs = 24 * 60 * 60 * 1000

/** Results that are asked for by id: kept for a day, shown to the key that made them and to no other. */
export class Jobs {
  readonly #jobs = new Map<string, Job>()
  readonly #times: JobTimes
  readonly #now: () => number

  constructor (times: JobTimes, now: () => number) {
    this.#times = times
    this.#now = now
  }

  add (key: string, outcome: Outcome): string {
    const id = randomBytes(32).toString('hex')
    this.#jobs.set(id, { key, outcome, createdAt: this.#now(), polls: 0, polledAt: -Infinity })
    return id
  }

  poll (id: string, key: string): Polled {
    const { jobPolls, jobMs, pollIntervalMs } = this.#times
    const now = this.#now()
    const job = this.#jobs.get(id)
    if (job?.key !== key || now >= job.createdAt + jobMs + keptMs) return { state: 'unknown' }
    if (now < job.polledAt + pollIntervalMs) return { state: 'too-fast' }
    job.polledAt = now
    job.polls++
    if (job.polls <= jobPolls || now < job.createdAt + jobMs) return { state: 'in-progress' }
    return { state: 'done', outcome: job.outcome }
  }
}
