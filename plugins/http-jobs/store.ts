import { randomBytes } from 'node:crypto'
import type { KeptAnswer } from './types.ts'

export interface StoredJob {
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** undefined = it is not done. */
  readonly answer: KeptAnswer | undefined
}

/** Where jobs are kept. In memory here; a durable store is to take its place. */
export interface JobStore {
  /** A new job's id, which nobody can guess. */
  create (): Promise<string>
  finish (id: string, answer: KeptAnswer): Promise<void>
  get (id: string): Promise<StoredJob | undefined>
  /** Its answer has been fetched: it is the first to go. */
  fetched (id: string): Promise<void>
  remove (id: string): Promise<void>
  /** Is there room for another answer? */
  hasRoom (): Promise<boolean>
}

export interface MemoryOptions {
  /** From its end on a job is kept so long, milliseconds. */
  readonly ttlMs: number
  /** Of all answers together. Answers that nobody has fetched yet are never given up for others: then there is no room. */
  readonly maxBytes: number
  readonly now?: () => number
}

interface Entry { createdAt: number, endedAt: number, answer: KeptAnswer | undefined, bytes: number, isFetched: boolean }

export function createMemoryJobs ({ ttlMs, maxBytes, now = Date.now }: MemoryOptions): JobStore {
  const jobs = new Map<string, Entry>()
  let total = 0

  function drop (id: string): void {
    total -= jobs.get(id)?.bytes ?? 0
    jobs.delete(id)
  }

  function dropExpired (): void {
    const oldest = now() - ttlMs
    for (const [id, { endedAt }] of jobs) {
      if (endedAt <= oldest) drop(id)
    }
  }

  /** Fetched ones, in the order of their creation, until there is room. */
  function makeRoom (): void {
    for (const [id, { isFetched }] of jobs) {
      if (total < maxBytes) return
      if (isFetched) drop(id)
    }
  }

  return {
    async create () {
      const id = randomBytes(24).toString('base64url')
      jobs.set(id, { createdAt: now(), endedAt: Infinity, answer: undefined, bytes: 0, isFetched: false })
      return id
    },
    async finish (id, answer) {
      const job = jobs.get(id)
      if (job === undefined) return
      const bytes = Buffer.byteLength(answer.body)
      Object.assign(job, { answer, bytes, endedAt: now() })
      total += bytes
      makeRoom()
    },
    async get (id) {
      dropExpired()
      return jobs.get(id)
    },
    async fetched (id) {
      const job = jobs.get(id)
      if (job !== undefined) job.isFetched = true
    },
    async remove (id) {
      drop(id)
    },
    async hasRoom () {
      dropExpired()
      makeRoom()
      return total < maxBytes
    }
  }
}
