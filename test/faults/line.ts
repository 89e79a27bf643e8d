import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import { listen } from '../core/upstream/servers.ts'

/** A whole answer of the vendor's. */
export interface WholeAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What is done on the wire, byte by byte. */
export type Sabotage =
  /** As the connection is made: the vendor never hears of it. */
  | { readonly at: 'connection', readonly act: (socket: Socket) => void }
  /** In place of passing the vendor's answer on: its work is done and charged. */
  | { readonly at: 'answer', readonly act: (socket: Socket, answer: WholeAnswer) => void }

export interface Line {
  /** Stands in for the vendor's. */
  readonly url: string
  /** The next `count` connections or answers (to calls whose `METHOD /path` contains `match`) meet it. */
  next (count: number, sabotage: Sabotage, match?: string): void
  /** How many have. */
  hits (): number
}

/** The way to a vendor: what its emulator cannot do, because Node's server would not let it, is done here. */
export async function createLine (t: Test, vendorUrl: string): Promise<Line> {
  const script: Array<{ sabotage: Sabotage, match: string, left: number }> = []
  let hits = 0
  const take = (at: Sabotage['at'], call: string): Sabotage | undefined => {
    const entry = script.find(({ sabotage, match, left }) => left > 0 && sabotage.at === at && call.includes(match))
    if (entry === undefined) return undefined
    entry.left--
    hits++
    return entry.sabotage
  }

  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url = '', socket } = incoming
    try {
      const answer = await forward(vendorUrl, { method, url, headers: incoming.headers, body: await buffer(incoming) })
      const sabotage = take('answer', `${method} ${url}`)
      if (sabotage?.at === 'answer') return sabotage.act(socket, answer)
      outgoing.writeHead(answer.status, answer.headers).end(answer.body)
    } catch {
      // One end has gone: the other shall know.
      socket.destroy()
    }
  })
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {})
    const sabotage = take('connection', '')
    if (sabotage?.at === 'connection') sabotage.act(socket)
  })
  const { origin } = await listen(t, server, 'http')
  return { url: origin, next: (count, sabotage, match = '') => { script.push({ sabotage, match, left: count }) }, hits: () => hits }
}

async function forward (vendorUrl: string, { method, url, headers, body }: {
  method: string, url: string, headers: IncomingHttpHeaders, body: Buffer
}): Promise<WholeAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<WholeAnswer>()
  request(vendorUrl + url, { method, headers, agent: false }, async answer => {
    try {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) })
    } catch (err) {
      reject(err)
    }
  }).on('error', reject).end(body)
  return await promise
}
