import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { EditResult } from '../../core/index.ts'
import { CallerGone, watchCaller } from '../_http/caller.ts'
import { readIdempotencyKey } from '../_http/idempotency-key.ts'
import { ignoredQuery } from '../_http/ignored-query.ts'
import { loanFor } from '../_http/loan.ts'
import { keepImages } from '../_http/keep.ts'
import { watchReplay } from '../_http/replay.ts'
import { sendAnswer } from '../_http/send-answer.ts'
import { continueTrace } from '../_http/trace-context.ts'
import { trailHeaders } from '../_http/trail.ts'
import { toAnswer, toEvents, type Shown } from './answer.ts'
import { readOrder, type Order, type OrderOptions } from './edit-input.ts'
import { contextOf, type ErrorAnswer, type ErrorContext } from './errors.ts'
import { invalidValue, Refusal } from './refusal.ts'
import { isObject, type Sent } from './sent.ts'
import { streamEvents } from './stream.ts'

export interface EditRouteOptions extends Omit<OrderOptions, 'edits'> {
  readonly keepAliveMs: number
  readonly answerOf: (error: unknown, context: ErrorContext) => ErrorAnswer
}

type Run = (signal: AbortSignal) => Promise<EditResult>
interface Prepared {
  readonly order: Order
  readonly run: Run
  /** For the answer: whether it is an earlier one's. */
  readonly replayed: Readonly<Record<string, string>>
}

/** `POST /images/edits`. */
export function createEditRoute (app: FastifyInstance, { keepAliveMs, answerOf, ...reading }: EditRouteOptions) {
  const { edits } = app
  const seconds = () => Math.floor(Date.now() / 1000)

  function prepare (request: FastifyRequest): Prepared {
    const idempotencyKey = readIdempotencyKey(request.headers['idempotency-key'], problem => invalidValue('Idempotency-Key', problem))
    const traceparent = continueTrace(request.headers.traceparent)
    const read = readOrder(takeBody(request), { edits, ...reading })
    const order = { ...read, warnings: [...ignoredQuery(request, 'parameters are read from the body'), ...read.warnings] }
    checkFormat(order.wishes, app.results !== undefined)
    const { coalesce, stream, response_format: format } = order.wishes
    const loan = stream === true || format === 'url' ? undefined : loanFor(app, request)
    const { headers: replayed, onReplay } = watchReplay()
    const call = { idempotencyKey, traceparent, coalesce, log: request.log, memory: app.bodies.memoryOf(request), loan, onReplay }
    const run: Run = async signal => await edits.run(order.input, { ...call, signal })
    return { order, run, replayed }
  }

  async function answer (request: FastifyRequest, { order, run, replayed }: Prepared, signal: AbortSignal) {
    const result = await run(signal)
    const { images, warnings } = order.wishes.response_format === 'url' ? await keep(result, request) : { images: result.images, warnings: [] }
    return {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8', ...trailHeaders(result.attempts, result), ...replayed },
      body: toAnswer(result, order, { images, warnings, created: seconds() })
    }
  }

  /** By their addresses; one that cannot be kept comes in the answer. */
  async function keep ({ images }: EditResult, request: FastifyRequest): Promise<{ images: Shown[], warnings: string[] }> {
    const addresses = await keepImages(app, request, images)
    return {
      images: images.map(({ bytes }, index): Shown => {
        const url = addresses[index]
        return url === undefined ? { bytes } : { url }
      }),
      warnings: addresses.includes(undefined) ? ['response_format: the result could not be kept here, so that it comes as b64_json'] : []
    }
  }

  /** Of what fails behind a 202, or in a stream: no handler sees it. */
  function lateAnswer (error: unknown, request: FastifyRequest): ErrorAnswer {
    const answer = answerOf(error, contextOf(request))
    if (answer.status >= 500) request.log[answer.status === 500 ? 'error' : 'warn']({ err: error }, 'request failed after its answer had begun')
    return answer
  }

  async function stream (request: FastifyRequest, reply: FastifyReply, { order, run, replayed }: Prepared, signal: AbortSignal): Promise<FastifyReply> {
    const failed = (error: unknown) => {
      if (error instanceof CallerGone) {
        request.log.info('the caller left before the edit was done')
        return undefined
      }
      const { error: told } = lateAnswer(error, request)
      return `event: error\ndata: ${JSON.stringify({ type: 'error', error: told })}\n\n`
    }
    const events = run(signal).then(result => {
      if (!reply.raw.headersSent) reply.headers({ ...trailHeaders(result.attempts, result), ...replayed })
      return toEvents(result, order, seconds())
    })
    const written = await streamEvents({ events, keepAliveMs, failed })
    // Proxies that collect an answer before they pass it on would keep its signs of life to themselves.
    reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
    return await reply.send(Readable.from(written, { objectMode: false }))
  }

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const signal = watchCaller(reply)
    const prepared = prepare(request)
    const { replayed } = prepared
    const work = async (signal: AbortSignal) => await answer(request, prepared, signal)
    const failed = (error: unknown) => {
      const { status, headers, error: told } = lateAnswer(error, request)
      return { status, headers: { ...headers, ...replayed, 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify({ error: told }) }
    }
    try {
      if (prepared.order.wishes.stream === true) return await stream(request, reply, prepared, signal)
      return app.jobs === undefined ? await sendAnswer(reply, await work(signal)) : await app.jobs.answer(request, reply, { signal, work, failed })
    } catch (err) {
      // A failure may be the answer to an earlier request with the same key, too.
      reply.headers(replayed)
      throw err
    }
  }
}

function takeBody (request: FastifyRequest) {
  const body = (request.body ?? {}) as Sent // What this plugin's parsers make.
  // The images are decoded: what they came in need not wait for the vendor too.
  request.body = undefined
  if (isObject(body)) return body
  throw new Refusal('The body must be a JSON object.', { code: 'invalid_type' })
}

function checkFormat ({ response_format: format, stream }: Order['wishes'], hasResults: boolean): void {
  if (format !== 'url') return
  if (stream === true) throw invalidValue('response_format', "A stream carries images as b64_json: leave 'response_format' out, or 'stream'.")
  if (!hasResults) throw invalidValue('response_format', "Results are not kept by this service: take 'b64_json'. Its operator can load the plugin http-results.")
}
