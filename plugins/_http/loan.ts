import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Loan } from '../../core/index.ts'

/** The memory of the request's body, for an answer in JSON that is sent at once: what a job's answer may be kept for stays its own. */
export function loanFor ({ bodies }: Pick<FastifyInstance, 'bodies'>, request: FastifyRequest): Loan | undefined {
  return request.headers.prefer === undefined ? bodies.loanOf(request) : undefined
}
