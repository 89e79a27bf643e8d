import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A vendor that never does what it should: it stands in for the provider's own. */
export interface FaultyVendor extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  readonly url: string
  /** How it answers from now on. */
  fault: Fault
  /** The requests that it has got: request line, headers and body as one text. */
  readonly requests: readonly string[]
  /** Resolves when the next request has come in whole. */
  nextRequest (): Promise<void>
}

type Respond = (response: ServerResponse, request: { readonly headers: IncomingMessage['headers'] }) => void

/** How a vendor can fail, in words that continue "when its vendor …". Those that echo give back whatever they were sent. */
export const faults = {
  'breaks the connection': response => response.socket?.resetAndDestroy(),
  'answers 400 and echoes the request': echo(400),
  'answers 401 and echoes the request': echo(401),
  'answers 402': json(402, { error: 'insufficient credits' }),
  'answers 403': json(403, { message: 'forbidden' }),
  'answers 404': json(404, { detail: 'not found' }),
  'answers 429': json(429, { error: 'too many requests' }),
  'answers 500 and echoes the request': echo(500),
  'answers 503 in HTML': send(503, 'text/html', '<html><body>Service unavailable</body></html>'),
  'answers 200 in HTML': send(200, 'text/html', '<html><body>Welcome</body></html>'),
  'answers 200 without a body': send(200, 'application/octet-stream', ''),
  'answers 200 with JSON it does not know': json(200, { unknown: ['to', 'everyone'] }),
  'answers 200 with null': json(200, null),
  'answers 200 and echoes the request in an error': echo(200)
} as const satisfies Record<string, Respond>

export type FaultName = keyof typeof faults
/** `hangs`: it takes the request and never answers. */
export type Fault = FaultName | 'hangs'

export async function startFaultyVendor (): Promise<FaultyVendor> {
  const requests: string[] = []
  let arrived = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    const body = await text(request)
    requests.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`)
    arrived.resolve()
    arrived = Promise.withResolvers()
    if (vendor.fault !== 'hangs') faults[vendor.fault](response, request)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // It listens on TCP.
  const vendor: FaultyVendor = {
    url: `http://127.0.0.1:${port}`,
    fault: 'hangs',
    requests,
    nextRequest: () => arrived.promise,
    async [Symbol.asyncDispose] () {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
  return vendor
}

function send (status: number, type: string, body: string): Respond {
  return response => { response.writeHead(status, { 'content-type': type }).end(body) }
}

function json (status: number, body: unknown): Respond {
  return send(status, 'application/json', JSON.stringify(body))
}

/** The request's headers, the key among them, wherever vendors put an error's text. */
function echo (status: number): Respond {
  return (response, { headers }) => {
    const echoed = `bad request: ${JSON.stringify(headers)}`
    json(status, {
      id: 'echo',
      name: 'echo',
      code: 500,
      status: 'failed',
      state: 'failed',
      message: echoed,
      detail: echoed,
      error: echoed,
      errors: [echoed],
      data: { id: 'echo', status: 'failed', message: echoed, error: echoed, outputs: [] }
    })(response, { headers })
  }
}
