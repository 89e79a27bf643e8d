import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createSocketServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import pino from 'pino'
import type { Test } from 'tap'
import { EditError } from '../../../core/errors.ts'
import { createUpstreamFactory, type UpstreamFactory, type UpstreamFactoryOptions } from '../../../core/upstream/index.ts'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface TestServer {
  readonly port: number
  /** http, unless it speaks TLS. */
  readonly origin: string
  readonly host: string
  /** Whole requests, in order; of servers that speak HTTP. */
  readonly requests: SeenRequest[]
  /** Everything that arrived, per connection; of servers that are handed sockets. */
  readonly connections: Buffer[]
}

export const silent = pino({ level: 'silent' })

/** A file of test/fixtures/tls. */
export function pem (name: string): string {
  return readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8')
}

/** Serves HTTP on 127.0.0.1; `answer` runs when a request has arrived whole. */
export function serveHttp (t: Test, answer: RequestListener): Promise<TestServer> {
  const requests: SeenRequest[] = []
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      requests.push({ method: String(request.method), url: String(request.url), headers: request.headers, body: Buffer.concat(chunks) })
      answer(request, response)
    })
  })
  return listen(t, server, 'http', requests)
}

/** Hands each connection to `serve`, which writes what it likes. */
export function serveSocket (t: Test, serve: (socket: Socket, index: number) => void, tls?: string): Promise<TestServer> {
  const connections: Buffer[] = []
  const onConnection = (socket: Socket) => {
    const index = connections.push(Buffer.alloc(0)) - 1
    socket.on('error', () => {}).on('data', (chunk: Buffer) => { connections[index] = Buffer.concat([connections[index] ?? Buffer.alloc(0), chunk]) })
    serve(socket, index)
  }
  const server = tls === undefined ? createSocketServer(onConnection) : createTlsServer({ key: pem('key'), cert: pem(tls) }, onConnection)
  return listen(t, server, tls === undefined ? 'http' : 'https', [], connections)
}

/** Writes `text` once a request has come in whole as far as its headers tell, or at once per request on a kept connection. */
export function answering (text: string | Buffer, then?: (socket: Socket) => void): (socket: Socket) => void {
  return socket => {
    socket.on('data', () => {
      socket.write(text)
      then?.(socket)
    })
  }
}

export function createFactory (t: Test, options: Partial<UpstreamFactoryOptions> = {}): UpstreamFactory {
  const factory = createUpstreamFactory({ log: silent, backoffMs: 1, ...options })
  t.after(() => factory.close())
  return factory
}

/** The EditError with which a call fails; anything else fails the test. */
export async function failureOf (call: Promise<unknown>): Promise<EditError> {
  try {
    await call
  } catch (error) {
    if (error instanceof EditError) return error
    throw error
  }
  throw new TypeError('the call did not fail')
}

/** A port on which nobody listens. */
export async function freePort (): Promise<number> {
  const server = createSocketServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  await new Promise(resolve => server.close(resolve))
  return port
}

/** Opens a server on 127.0.0.1, and after the test closes it with all its connections. */
export async function listen (t: Test, server: Server, scheme: string, requests: SeenRequest[] = [], connections: Buffer[] = []): Promise<TestServer> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => open.add(socket))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    open.forEach(socket => socket.destroy())
    return new Promise(resolve => server.close(resolve))
  })
  const port = portOf(server)
  return { port, host: `127.0.0.1:${port}`, origin: `${scheme}://127.0.0.1:${port}`, requests, connections }
}

function portOf (server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('the server does not listen on a port')
  return address.port
}
