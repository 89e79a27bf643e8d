import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answer } from '../_http/send-answer.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** For HTTP faces. Absent when the operator leaves the plugin out: then every answer is waited for. */
    jobs?: Jobs
  }
}

export interface Jobs {
  /**
   * Sends what the work makes; or, as the request's `Prefer` header has it, a 202 with the address at which that can be fetched.
   * @throws what the work throws, while the caller still waits for it
   * @throws {EditError} EDIT_ERR_OVERLOADED, before any work, when there is no room for a job
   */
  answer (request: FastifyRequest, reply: FastifyReply, task: JobTask): Promise<FastifyReply>
}

export interface JobTask {
  /** Aborts when the caller leaves; after a 202 that means nothing any more. */
  readonly signal: AbortSignal
  readonly work: (signal: AbortSignal) => Promise<JobAnswer>
  /** The face's answer for what the work has thrown after a 202. */
  readonly failed: (error: unknown) => JobAnswer
}

export type JobAnswer = Answer

/** An HTTP answer as it is kept. */
export interface KeptAnswer extends Answer {
  readonly body: Buffer | string
}
