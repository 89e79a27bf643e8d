import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { EditError } from '../../core/index.ts'
import { CallerGone } from '../_http/caller.ts'
import { trailHeaders, wireAttempts, wireJobs, wireSkipped } from '../_http/trail.ts'
import { wireCodes } from './codes.ts'
import { Refusal } from './refusal.ts'

/** OpenAI's envelope: all four are always there. */
export interface WireError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
  readonly [more: string]: unknown
}

export interface ErrorAnswer {
  readonly status: number
  readonly error: WireError
  readonly headers: Readonly<Record<string, string>>
}

export interface ErrorContext {
  /** Largest body of the request's route, bytes. */
  readonly bodyLimit?: number | undefined
  /** The request has an Idempotency-Key: sent again, it is not made again. */
  readonly isKeyed?: boolean
  /** The request starts what may cost something. */
  readonly isPaid?: boolean
}

/**
 * What any error is in this API. Errors of any plugin count as the caller's mistake when they carry a `statusCode` of 400–499; they
 * may also carry `retryAfterMs`. All else is a 500 that tells nothing.
 *
 * OpenAI's libraries repeat 408, 409, 429 and all from 500 on by themselves: where a vendor may have charged already, or nobody
 * knows, a header forbids it.
 */
export function createErrorAnswers ({ EditError }: Pick<FastifyInstance, 'EditError'>) {
  return (error: unknown, context: ErrorContext): ErrorAnswer => error instanceof EditError ? editAnswer(error, context) : foreignAnswer(error, context)
}

const goesOn = 'the vendor goes on with it: send the same request with the same Idempotency-Key to get its result'

function editAnswer (failure: EditError, { isKeyed = false }: ErrorContext): ErrorAnswer {
  const { code, message, details: { missing, field, ...details }, trail, retryAfterMs } = failure
  const { status, type, code: wireCode, isLasting = false } = wireCodes[code]
  const { attempts = [], skipped = [], leftovers = [] } = trail ?? {}
  const first = Array.isArray(missing) ? String(missing[0]).split(' or ')[0] : undefined
  const isCharged = attempts.some(({ billed }) => billed !== 'no')
  // With its key the same request resumes what is paid for.
  const mayRepeat = !isLasting && (!isCharged || (isKeyed && leftovers.length > 0))
  return {
    status,
    headers: {
      ...trail !== undefined && trailHeaders(attempts),
      ...retryHeaders(status, retryAfterMs),
      ...(status >= 500 || status === 429) && !mayRepeat && { 'x-should-retry': 'false' }
    },
    error: {
      message: first === undefined ? leftovers.length === 0 ? message : `${message}; ${goesOn}` : `Missing required parameter: '${first}'. ${message}.`,
      type: field === 'size' ? 'image_generation_user_error' : type,
      param: first ?? (typeof field === 'string' ? field : null),
      code: first === undefined ? wireCode : 'missing_required_parameter',
      ...code === 'EDIT_ERR_CONTENT_REJECTED' && { moderation_details: { moderation_stage: stageOf(failure), categories: ['other'] } },
      retouch: {
        ...details,
        code,
        attempts: wireAttempts(attempts),
        skipped: wireSkipped(skipped),
        ...leftovers.length > 0 && { jobs: wireJobs(leftovers) }
      }
    }
  }
}

/** A vendor that refuses what it has made may charge for it; one that refuses what it was sent does not. */
function stageOf ({ billed }: EditError): 'input' | 'output' {
  return billed === 'no' ? 'input' : 'output'
}

function retryHeaders (status: number, retryAfterMs: number | undefined): Record<string, string> {
  const ms = retryAfterMs ?? (status === 503 || status === 429 ? defaultWaitMs : undefined)
  return ms === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(ms / 1000))) }
}

/** Where nobody knows better. */
const defaultWaitMs = 1000

function foreignAnswer (error: unknown, context: ErrorContext): ErrorAnswer {
  const status = numberOf(error, 'statusCode')
  if (!(error instanceof Error) || status === undefined || status < 400 || status > 499) {
    return {
      status: 500,
      headers: context.isPaid === true ? { 'x-should-retry': 'false' } : {},
      error: { message: 'The server had an error while processing your request.', type: 'server_error', param: null, code: null }
    }
  }
  const headers = { ...retryHeaders(status, numberOf(error, 'retryAfterMs')), ...status === 401 && { 'www-authenticate': 'Bearer' } }
  if (error instanceof Refusal) return { status, headers, error: { message: error.message, type: error.type, param: error.param, code: error.code } }
  const { type = 'invalid_request_error', code = null } = foreignCodes[status] ?? {}
  // A body that cannot be read is a 400 to OpenAI's libraries, whatever makes it so.
  if (status === 422 || Reflect.get(error, 'code') === 'BODY_INVALID') return { status: 400, headers, error: { message: error.message, type, param: null, code: 'invalid_body' } }
  return { status, headers, error: { message: messageOf(error, context), type, param: null, code } }
}

const foreignCodes: Readonly<Record<number, { readonly type?: string, readonly code: string }>> = {
  401: { code: 'invalid_api_key' },
  413: { code: 'request_too_large' },
  415: { code: 'unsupported_content_type' },
  429: { type: 'requests', code: 'rate_limit_exceeded' }
}

function messageOf (error: Error, { bodyLimit }: ErrorContext): string {
  const code: unknown = Reflect.get(error, 'code')
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return `The body is larger than ${bodyLimit} bytes.`
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'The body must be multipart/form-data or application/json.'
  const detail: unknown = Reflect.get(error, 'detail')
  return typeof detail === 'string' ? detail : error.message
}

function numberOf (error: unknown, name: string): number | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
  return typeof value === 'number' ? value : undefined
}

/** Of a request that was answered with nothing but its error. */
export function createErrorHandler (answerOf: (error: unknown, context: ErrorContext) => ErrorAnswer) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof CallerGone) {
      request.log.info('the caller left before the edit was done')
      // Nobody reads it: the status, nginx's for this case, is for the log.
      return reply.code(499).send()
    }
    const { status, error: told, headers } = answerOf(error, contextOf(request))
    if (status >= 500 && wireCodes.EDIT_ERR_OVERLOADED.code !== told.code) request.log[status === 500 ? 'error' : 'warn']({ err: error }, 'request failed')
    return reply.code(status).type('application/json; charset=utf-8').headers(headers).send({ error: told })
  }
}

export function contextOf ({ method, headers, routeOptions }: Pick<FastifyRequest, 'method' | 'headers'> & { readonly routeOptions: { readonly bodyLimit?: number | undefined } }): ErrorContext {
  return { bodyLimit: routeOptions.bodyLimit, isKeyed: headers['idempotency-key'] !== undefined, isPaid: method === 'POST' }
}
