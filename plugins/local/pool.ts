import { extname } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import type { Piscina } from 'piscina'
import type { Answer, Job } from './worker.ts'

/** Threads that edit, so that the service goes on answering meanwhile. */
export interface Pool {
  /** Runs a job, and owns its buffers from then on. Rejects at once when the signal aborts, and ends the thread that was at it. */
  run (job: Job, signal: AbortSignal): Promise<Answer>
  /** Ends all threads; what runs is rejected. */
  close (): Promise<void>
}

export interface PoolOptions {
  readonly threads: number
  /** Learns what goes wrong in a thread that has no job. */
  readonly log: Pick<FastifyBaseLogger, 'error'>
  /** What the threads run. Default: worker.ts. */
  readonly worker?: URL
}

/** A thread that has nothing to do ends after this many milliseconds; one stays. */
const idleTimeout = 30_000

// Built, this file ends in .js, and so does its neighbour.
const ownWorker = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)

/** Nothing is loaded and no thread started before the first job. */
export function createPool ({ threads, log, worker = ownWorker }: PoolOptions): Pool {
  let opening: Promise<Piscina<Job, Answer>> | undefined
  let closed = false

  async function open (): Promise<Piscina<Job, Answer>> {
    const { Piscina } = await import('piscina')
    // One thread always: piscina replaces a thread that an abort has ended only up to this number, and who waits needs one.
    const pool = new Piscina<Job, Answer>({ filename: worker.href, minThreads: 1, maxThreads: threads, idleTimeout })
    pool.on('error', (err: Error) => log.error({ err }, 'a local thread failed'))
    return pool
  }

  return {
    async run (job, signal) {
      if (closed) throw new TypeError('the pool is closed')
      signal.throwIfAborted()
      opening ??= open()
      const pool = await untilAborted(opening, signal)
      const buffers = [job.image, job.mask, job.background, job.lighting].flatMap(bytes => bytes?.buffer ?? [])
      return await pool.run(job, { signal, transferList: buffers as never }) // piscina declares the type of another overload of postMessage
    },
    async close () {
      closed = true
      const pool = await opening
      await pool?.destroy()
    }
  }
}

/** Waits, but not on when the signal aborts: loading piscina may take longer than that may. */
async function untilAborted<T> (promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
