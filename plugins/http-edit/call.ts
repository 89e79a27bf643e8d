import type { FastifyRequest } from 'fastify'
import type { Edits } from '../../core/index.ts'
import { readIdempotencyKey } from '../_http/idempotency-key.ts'
import { continueTrace } from '../_http/trace-context.ts'
import { issue } from './pydantic.ts'
import { Refusal } from './refusal.ts'
import type { ProcessBody } from './schemas.ts'

export type CallOptions = Pick<Parameters<Edits['run']>[1], 'idempotencyKey' | 'traceparent' | 'coalesce'>

/**
 * What a request says of the call beside the edit itself.
 * @throws {Refusal} for a header that cannot be used
 */
export function callOptions ({ headers, body: { coalesce } }: Pick<FastifyRequest<{ Body: ProcessBody }>, 'headers' | 'body'>): CallOptions {
  return {
    idempotencyKey: readIdempotencyKey(headers['idempotency-key'], refuseKey),
    traceparent: continueTrace(headers.traceparent),
    coalesce
  }
}

function refuseKey (error: string, sent: string): Refusal {
  return new Refusal(422, [issue('value_error', ['header', 'Idempotency-Key'], sent, { error })])
}
