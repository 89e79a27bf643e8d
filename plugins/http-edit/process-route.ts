import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { EditResult, SentInput } from '../../core/index.ts'
import { watchCaller } from '../_http/caller.ts'
import { loanFor } from '../_http/loan.ts'
import { keepImages } from '../_http/keep.ts'
import { watchReplay } from '../_http/replay.ts'
import { sendAnswer } from '../_http/send-answer.ts'
import { trailHeaders } from '../_http/trail.ts'
import { toAnswer } from './answer.ts'
import { callOptions } from './call.ts'
import type { ErrorAnswer } from './errors.ts'
import { imageHeaders, wantsImage } from './image-answer.ts'
import { issue } from './pydantic.ts'
import { Refusal } from './refusal.ts'
import type { ProcessBody } from './schemas.ts'

type ProcessRequest = FastifyRequest<{ Body: ProcessBody }>

export interface ProcessRouteOptions {
  /** The edit that a request asks for, and sentences about what it holds beside. The request's body is gone then. */
  readonly take: (request: ProcessRequest) => { readonly input: SentInput, readonly warnings: readonly string[] }
  readonly errorAnswer: (error: unknown, request: FastifyRequest) => ErrorAnswer
}

const json = { 'content-type': 'application/json; charset=utf-8' }
const notKept = 'response_format: the result could not be kept here, so that it comes as a data URL'

/** `POST /edit/process`. */
export function createProcessRoute (app: FastifyInstance, { take, errorAnswer }: ProcessRouteOptions) {
  const { edits } = app

  /** How the image stands in the answer. */
  async function shown (result: EditResult, format: ProcessBody['response_format'], request: FastifyRequest) {
    if (format === 'b64_json') return { isPlain: true, warnings: [] }
    const addresses = format === 'url' ? await keepImages(app, request, result.images) : []
    return { addresses, warnings: addresses.includes(undefined) ? [notKept] : [] }
  }

  return async (request: ProcessRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const signal = watchCaller(reply)
    const call = callOptions(request)
    const { response_format: format } = request.body
    const bare = wantsImage(request.headers.accept, request.body)
    if (format === 'url' && app.results === undefined) {
      throw new Refusal(422, [issue('value_error', ['body', 'response_format'], format, { error: 'results are not kept by this service: its operator can load the plugin http-results' })])
    }
    const { input, warnings } = take(request)
    const loan = bare || format === 'url' ? undefined : loanFor(app, request)

    const { headers: replayed, onReplay } = watchReplay()
    const work = async (signal: AbortSignal) => {
      const result = await edits.run(input, { ...call, signal, log: request.log, memory: app.bodies.memoryOf(request), loan, onReplay })
      const headers = { ...trailHeaders(result.attempts, result), ...replayed, vary: 'accept' }
      const [{ bytes, mediaType }] = result.images
      if (bare) return { status: 200, headers: { 'content-type': mediaType, ...headers, ...imageHeaders(result, warnings), 'x-content-type-options': 'nosniff' }, body: bytes }
      const { warnings: further, ...how } = await shown(result, format, request)
      return { status: 200, headers: { ...json, ...headers }, body: toAnswer(result, { input, warnings: [...warnings, ...further], ...how }) }
    }
    const failed = (error: unknown) => {
      const answer = errorAnswer(error, request)
      return { ...answer, headers: { ...answer.headers, ...replayed } }
    }
    try {
      return app.jobs === undefined ? await sendAnswer(reply, await work(signal)) : await app.jobs.answer(request, reply, { signal, work, failed })
    } catch (err) {
      // A failure may be the answer to an earlier request with the same key, too.
      reply.headers(replayed)
      throw err
    }
  }
}
