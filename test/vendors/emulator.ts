import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { jsonAnswer, type Answer } from './answer.ts'
import { FaultScript, type Fault, type FaultTable, type NamedFault } from './faults.ts'

/** One request as it came in, whatever became of it. */
export interface EmulatorCall {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** What the route read out of the body, as text: `image` → `png 640×480`. */
  fields: Readonly<Record<string, string>>
  /** null = it was not answered, or not yet. */
  status: number | null
  /** What the vendor takes for it, in the vendor's own unit. */
  charged: number
  /** Name of the fault that it met. */
  fault: string | null
}

/** What a route gets. */
export interface Exchange {
  readonly call: EmulatorCall
  /** By the names in the route's path. */
  readonly params: Readonly<Record<string, string>>
  readonly body: Buffer
}

export type Route = (exchange: Exchange) => Answer | Promise<Answer>

export interface EmulatorOptions {
  /** The vendor's own faults, beside the common ones. */
  readonly faults?: FaultTable
  /** For what no route takes. */
  readonly notFound?: Route
}

/** An HTTP server on this machine with a call log and a script of faults; a vendor's emulator adds its routes. */
export interface Emulator {
  /** `http://127.0.0.1:port`, once it listens. */
  readonly url: string
  readonly calls: readonly EmulatorCall[]
  readonly script: FaultScript
  /** Sum of what has been charged. */
  spent (): number
  /** Fastify's path syntax; `*` ends up in `params['*']`. Before `listen`. */
  route (method: 'GET' | 'POST' | 'PUT', path: string, route: Route): void
  /** On 127.0.0.1; port 0 = any. */
  listen (port?: number): Promise<void>
  /** Breaks every connection that is still open. */
  close (): Promise<void>
}

// Above all vendors' own limits: some name none.
const maxBodyBytes = 192 * 1024 * 1024
const pieces = 8

/** A route that throws answers 501 with the message: that is a mistake in a test or an emulator. */
export function createEmulator ({ faults, notFound = () => jsonAnswer(404, { error: 'not found' }) }: EmulatorOptions = {}): Emulator {
  const app = Fastify({ bodyLimit: maxBodyBytes, forceCloseConnections: true })
  const script = new FaultScript(faults)
  const calls: EmulatorCall[] = []
  const running = new WeakMap<FastifyRequest, { call: EmulatorCall, met: NamedFault | undefined }>()
  const closing = new AbortController()
  let url = ''

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((err, _request, reply) => reply.code(501).send({ emulator: err instanceof Error ? err.message : String(err) }))

  app.addHook('onRequest', async (request, reply) => {
    const call = logEntry(request)
    calls.push(call)
    const met = script.take(`${call.method} ${call.path}`)
    if (met !== undefined) call.fault = met.name
    running.set(request, { call, met })
    if (met?.fault.resetEarly) {
      reply.hijack()
      request.raw.socket.resetAndDestroy()
    }
  })

  const serve = (route: Route) => async (request: FastifyRequest, reply: FastifyReply) => {
    const entry = running.get(request)
    if (entry === undefined) throw new TypeError('a request came in without the hook')
    const { call } = entry
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const met = entry.met ?? script.ask(body)
    call.fault = met?.name ?? null
    const fault = met?.fault ?? {}
    const answer = fault.resetEarly ? undefined : fault.instead ?? await route({ call, params: textsOf(request.params), body })
    reply.hijack()
    if (answer === undefined) return request.raw.socket.resetAndDestroy()
    await write(reply.raw, request.raw.socket, fault.change?.(answer) ?? answer, fault, { call, signal: closing.signal })
      // The client has gone, or the emulator is closing: nobody is there to be told.
      .catch(() => {})
  }
  app.setNotFoundHandler(serve(notFound))

  return {
    get url () { return url },
    calls,
    script,
    spent: () => calls.reduce((sum, { charged }) => sum + charged, 0),
    route: (method, path, route) => { app.route({ method, url: path, handler: serve(route) }) },
    async listen (port = 0) {
      url = await app.listen({ host: '127.0.0.1', port })
    },
    async close () {
      closing.abort()
      await app.close()
    }
  }
}

function logEntry ({ method, url, headers }: FastifyRequest): EmulatorCall {
  const { pathname, searchParams } = new URL(url, 'http://emulator')
  return {
    method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: textsOf(headers),
    fields: {},
    status: null,
    charged: 0,
    fault: null
  }
}

function textsOf (values: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, String(value)]))
}

async function write (response: ServerResponse, socket: Socket, { status, headers, body }: Answer, fault: Fault, { call, signal }: {
  call: EmulatorCall, signal: AbortSignal
}): Promise<void> {
  if (fault.delayMs !== undefined) await delay(fault.delayMs, undefined, { signal })
  if (fault.write === 'never') return
  if (fault.write === 'reset') {
    socket.resetAndDestroy()
    return
  }
  call.status = status
  response.writeHead(status, { ...headers, 'content-length': body.length })
  if (fault.write !== undefined) {
    await new Promise(resolve => response.write(body.subarray(0, Math.max(1, body.length / 2)), resolve))
    if (fault.write === 'half') socket.destroy()
    return
  }
  if (fault.pieceMs !== undefined) {
    const size = Math.ceil(body.length / pieces)
    for (let start = 0; start < body.length; start += size) {
      await delay(fault.pieceMs, undefined, { signal })
      response.write(body.subarray(start, start + size))
    }
    response.end()
    return
  }
  response.end(body)
}
