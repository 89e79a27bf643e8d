import type { FastifyBaseLogger } from 'fastify'
import type { AttemptTools } from './attempt.ts'
import type { FetchImages } from './image-urls.ts'
import type { Loan } from './loan.ts'
import type { ProviderRegistry } from './registry.ts'
import type { Leftover } from './request.ts'

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

export interface RunOptions {
  /** Aborts when the caller has gone: its reason passes through. */
  readonly signal: AbortSignal
  readonly log: FastifyBaseLogger
  /** W3C trace context of the caller, passed on to vendors. */
  readonly traceparent?: string | undefined
  readonly memory?: EditMemory | undefined
  /**
   * The memory that the input's images lie in, and where a large result is to lie. Given only by who writes the answer from the result once
   * and keeps neither: the memory may then serve another request.
   */
  readonly loan?: Loan | undefined
}

/** The memory of the request that an edit comes from, for whoever counts it. */
export interface EditMemory {
  /** As the kernel's own; what comes is counted. */
  readonly fetchImages: FetchImages
  /** An edit has begun. What is returned is called once, when it has ended, be it long after its request. */
  use (): () => void
}

export interface RouteOptions extends RunOptions {
  /** When the request came, by `performance.now()`: the deadline counts from then. Default: now. */
  readonly startedAt?: number | undefined
  /** Jobs of an earlier run of the same request: they are gone on with before anybody else is asked. */
  readonly resume?: readonly Leftover[] | undefined
  /** Jobs that still run when the time is up are left running at their vendors, for a later `resume`. */
  readonly keepJobs?: boolean
}
