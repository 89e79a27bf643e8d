import type { FastifyRequest } from 'fastify'
import type { Edits } from '../../core/index.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import type { ProcessBody } from './schemas.ts'
import { continueTrace } from './trace-context.ts'

export type CallOptions = Pick<Parameters<Edits['run']>[1], 'idempotencyKey' | 'traceparent' | 'coalesce'>

/**
 * What a request says of the call beside the edit itself.
 * @throws {Refusal} for a header that cannot be used
 */
export function callOptions ({ headers, body: { coalesce } }: Pick<FastifyRequest<{ Body: ProcessBody }>, 'headers' | 'body'>): CallOptions {
  return {
    idempotencyKey: readIdempotencyKey(headers['idempotency-key']),
    traceparent: continueTrace(headers.traceparent),
    coalesce
  }
}
