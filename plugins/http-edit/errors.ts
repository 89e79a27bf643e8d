import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { EditError } from '../../core/index.ts'
import { CallerGone } from '../_http/caller.ts'
import { issue, type Issue } from './pydantic.ts'
import { Refusal } from './refusal.ts'
import { trailHeaders, wireAttempts, wireJobs, wireSkipped } from '../_http/trail.ts'

type Detail = string | readonly Issue[] | Readonly<Record<string, unknown>>

/** As it goes to the caller. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Answer {
  readonly status: number
  readonly detail: Detail
  readonly retryAfterMs?: number | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Told in the log by whoever refuses, once for many. */
  readonly quiet?: boolean
}

/**
 * What any error is in this API: `{"detail": …}`. Errors of any plugin count as the caller's mistake when they carry a
 * `statusCode` of 400–499; they may also carry a `detail` (else their message is it) and `retryAfterMs`. All else is a 500
 * that tells nothing and is logged.
 */
export function createErrorAnswers ({ EditError }: Pick<FastifyInstance, 'EditError'>) {
  return (error: unknown, request: FastifyRequest): ErrorAnswer => {
    const { status, detail, retryAfterMs, headers = {}, quiet = false } = error instanceof EditError ? editAnswer(error) : answerOf(error)
    if (status >= 500 && !quiet) request.log[status === 500 ? 'error' : 'warn']({ err: error }, 'request failed')
    const seconds = retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000))
    return {
      status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...headers,
        ...status === 401 && { 'www-authenticate': 'Bearer' },
        ...seconds !== undefined && { 'retry-after': String(seconds) }
      },
      body: JSON.stringify(seconds === undefined ? { detail } : withRetry(detail, seconds))
    }
  }
}

/** Answers a request with nothing but its error. */
export function createErrorHandler (errorAnswer: (error: unknown, request: FastifyRequest) => ErrorAnswer) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof CallerGone) {
      request.log.info('the caller left before the edit was done')
      // Nobody reads it: the status, nginx's for this case, is for the log.
      return reply.code(499).send()
    }
    const { status, headers, body } = errorAnswer(error, request)
    // Whoever refused it may have said more, such as how to ask with a key.
    return reply.code(status).headers({ ...headers, ...reply.getHeaders() }).send(body)
  }
}

/** Beside a text, as deployed clients know it from rate limits; inside an object. */
function withRetry (detail: Detail, seconds: number): object {
  return isRecord(detail) ? { detail: { ...detail, retry_after: seconds } } : { detail, retry_after: seconds }
}

const goesOn = 'the vendor goes on with it: send the same request with the same Idempotency-Key to get its result'

function editAnswer (error: EditError): Answer {
  const { statusCode: status, code, message, details: { missing, ...details }, trail, retryAfterMs } = error
  if (Array.isArray(missing)) return { status, detail: missingFields(message, missing.flatMap(field => String(field).split(' or '))) }
  const { attempts = [], skipped = [], leftovers = [] } = trail ?? {}
  return {
    status,
    retryAfterMs,
    ...trail !== undefined && { headers: trailHeaders(attempts) },
    quiet: code === 'EDIT_ERR_OVERLOADED',
    detail: {
      // First: a vendor's own code in there is not the table's.
      ...details,
      error: code,
      message: leftovers.length === 0 ? message : `${message}; ${goesOn}`,
      code,
      attempts: wireAttempts(attempts),
      skipped: wireSkipped(skipped),
      ...leftovers.length > 0 && { jobs: wireJobs(leftovers) }
    }
  }
}

function missingFields (message: string, fields: readonly string[]): Issue[] {
  return fields.map(field => {
    const missing = issue('missing', ['body', field], null)
    return { ...missing, msg: `${missing.msg}: ${message}` }
  })
}

function answerOf (error: unknown): Answer {
  const status = numberOf(error, 'statusCode')
  if (!(error instanceof Error) || status === undefined || status < 400 || status > 499) {
    return { status: 500, detail: 'Internal server error' }
  }
  return { status, detail: detailOf(error), retryAfterMs: numberOf(error, 'retryAfterMs') }
}

function detailOf (error: Error & { code?: unknown, detail?: unknown }): Detail {
  const { code, detail } = error
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'the body must be JSON (application/json), a form (multipart/form-data) or an image (image/*)'
  if (error instanceof Refusal) return error.detail
  return typeof detail === 'string' || isRecord(detail) ? detail : error.message
}

function numberOf (error: unknown, name: string): number | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
  return typeof value === 'number' ? value : undefined
}

function isRecord (value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
