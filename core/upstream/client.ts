import type { FastifyBaseLogger } from 'fastify'
import { markFreeCall, scopeOf } from '../call-scope.ts'
import type { EditError } from '../errors.ts'
import { toAnswer } from './answer.ts'
import { encodeBody } from './body.ts'
import { mergeHeaders, type ExchangeOptions, type RawAnswer } from './exchange.ts'
import { ExchangeFailure, isPassing, transportError } from './phase.ts'
import { redactError, type Redact } from './redact.ts'
import { repeat, valueOf, type Outcome } from './retry.ts'
import { isPassingStatus, statusError } from './status.ts'
import type { Phase, Upstream, UpstreamAnswer, UpstreamBody, UpstreamCall, UpstreamOptions } from './types.ts'

// Not imported: as an ES module, node:http loads all of Node's own undici to name its exports, a tenth of the whole start.
const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http')

export interface ClientOptions extends Pick<UpstreamOptions, 'name' | 'headers' | 'classify'> {
  readonly base: URL
  /** Sends a request over this upstream's own connections. */
  readonly send: (options: Omit<ExchangeOptions, 'dispatcher'>) => Promise<RawAnswer>
  readonly redact: Redact
  readonly log: FastifyBaseLogger
  readonly backoffMs: number
  readonly maxBytes: number
}

// A vendor's table may read something final (a refusal, a failed job) out of a status that would pass.
const passingCodes = new Set(['EDIT_ERR_PROVIDER_RATE_LIMITED', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'EDIT_ERR_PROVIDER_TIMEOUT'])

/** The calls to the vendor itself: everything of an `Upstream` but `upload`. */
export function createClient (options: ClientOptions): Omit<Upstream, 'upload'> {
  const { name, base, send, redact, maxBytes, classify } = options

  async function attempt (method: ExchangeOptions['method'], path: string, call: UpstreamCall, body?: UpstreamBody): Promise<Outcome<UpstreamAnswer>> {
    const context = { name, redact, paid: method === 'POST' && call.free !== true }
    const scope = scopeOf(call.signal)
    const encoded = body === undefined ? undefined : encodeBody(body)
    const headers = mergeHeaders(
      scope?.traceparent === undefined ? undefined : { traceparent: scope.traceparent },
      options.headers, encoded && { 'content-type': encoded.contentType }, call.headers)
    const own = (error: EditError) => context.paid ? error : markFreeCall(error)
    const onPhase = (phase: Phase) => { if (context.paid && scope !== undefined) scope.phase = phase }
    try {
      const raw = await send({ method, url: urlOf(base, path, call.query), headers, ...encoded && { body: encoded }, signal: call.signal, maxBytes, loan: scope?.loan, onPhase })
      const answer = toAnswer(raw)
      const classified = classify?.(answer)
      const error = classified ?? statusError(answer, context)
      if (error === undefined) return { value: answer }
      const redacted = redactError(error, redact, { phase: 'answered', status: answer.status })
      return {
        error: classified === undefined ? own(redacted) : redacted,
        passing: isPassingStatus(answer.status) && passingCodes.has(error.code)
      }
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error
      return { error: own(transportError(error, context)), passing: isPassing(error) }
    }
  }

  return {
    get: (path, call) => repeat(() => attempt('GET', path, call), { ...options, signal: call.signal }),
    post: async (path, body, call) => valueOf(await attempt('POST', path, call, body)),
    put: async (path, body, call) => valueOf(await attempt('PUT', path, call, body))
  }
}

/** Reads what an upstream says about its address and headers; a TypeError says what is wrong before the first call does. */
export function baseOf ({ name, baseUrl, headers = {} }: UpstreamOptions): URL {
  const base = URL.parse(baseUrl)
  if (base === null || !['http:', 'https:'].includes(base.protocol)) throw new TypeError(`${name}: the base URL is no http(s) URL`)
  if (base.username + base.password + base.search + base.hash !== '') throw new TypeError(`${name}: the base URL holds more than an origin and a path`)
  for (const [header, value] of Object.entries(headers)) {
    validateHeaderName(header)
    // A key with the line break of the file it was read from would else fail every call, one by one.
    validateHeaderValue(header, value)
  }
  return base
}

function urlOf (base: URL, path: string, query: UpstreamCall['query'] = {}): URL {
  // "@evil.example/" behind an origin would make a user name of it, and of the path a host that gets the key.
  if (!path.startsWith('/')) throw new TypeError(`the path "${path}" does not begin with /`)
  const url = new URL(base.origin + base.pathname.replace(/\/+$/, '') + path)
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value)
  return url
}
