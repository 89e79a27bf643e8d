import type { FastifyInstance, FastifyRequest } from 'fastify'
import t from 'tap'
import type { Loan } from '../../../core/index.ts'
import { loanFor } from '../../../plugins/_http/loan.ts'

t.test('an answer that is sent at once is written from the memory of its request, one that may be kept is not', async t => {
  const loan: Loan = { take: bytes => Buffer.alloc(bytes), vouch: () => {}, end: () => {} }
  const app = { bodies: { loanOf: () => loan } } as unknown as Pick<FastifyInstance, 'bodies'> // Nothing else of it is used.
  const requestWith = (headers: object) => ({ headers }) as FastifyRequest
  t.equal(loanFor(app, requestWith({})), loan)
  t.equal(loanFor(app, requestWith({ prefer: 'wait=10' })), undefined)
})
