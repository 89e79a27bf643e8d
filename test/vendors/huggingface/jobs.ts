import { randomUUID } from 'node:crypto'
import type { Rendered } from './pictures.ts'

/** What becomes of a job, and all that its provider's answers say of it. */
export interface Work {
  readonly token: string
  readonly provider: string
  readonly providerId: string
  readonly result: Rendered
  readonly seed: number
  readonly prompt: string
  /** The fault that its POST met. */
  readonly fault: string | null
}

export interface Job extends Work {
  readonly id: string
  state: 'queued' | 'running' | 'done' | 'cancelled'
}

/** Jobs that are asked for by id, by the token that began them and no other. */
export class Jobs {
  readonly #jobs = new Map<string, Job & { polls: number }>()
  readonly #polls: number

  /** @param polls - questions that are answered with "not yet" */
  constructor (polls: number) {
    this.#polls = polls
  }

  add (work: Work, state: Job['state'] = 'queued'): Job {
    const job = { ...work, id: randomUUID(), state, polls: 0 }
    this.#jobs.set(job.id, job)
    return job
  }

  find (provider: string, id: string, token: string): Job | undefined {
    const job = this.#jobs.get(id)
    return job?.provider === provider && job.token === token ? job : undefined
  }

  /** A question about its state: each one brings it forward. */
  poll (provider: string, id: string, token: string): Job | undefined {
    const job = this.find(provider, id, token)
    const entry = this.#jobs.get(id)
    if (job === undefined || entry === undefined || job.state === 'done' || job.state === 'cancelled') return job
    entry.polls++
    job.state = entry.polls > this.#polls ? 'done' : 'running'
    return job
  }
}
