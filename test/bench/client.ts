import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { AnswerReader } from './answer-reader.ts'

/** A request as it goes over the wire: head and body, made once for all. */
export type Wire = readonly Buffer[]

export interface Load {
  readonly port: number
  readonly request: Wire
  /** Connections, each with one request at a time. */
  readonly concurrency: number
  /** Requests in all. */
  readonly total: number
  /** No request is begun after so many milliseconds; those that run are waited for. */
  readonly capMs: number
}

export interface Outcome {
  /** How long each request took from its first byte to the last one of its answer, milliseconds. */
  readonly times: readonly number[]
  readonly elapsedMs: number
  /** Shortest body that came. */
  readonly shortest: number
}

const answerMs = 60_000

/**
 * Sends one request over and over. Over bare sockets: a client that parses and allocates more would take the core that the
 * server needs.
 * @throws {Error} when an answer is not 200, or the connection breaks
 */
export async function sendAll ({ port, request, concurrency, total, capMs }: Load): Promise<Outcome> {
  const times: number[] = []
  let [begun, shortest] = [0, Infinity]
  const startedAt = performance.now()
  const next = () => begun < total && performance.now() - startedAt < capMs && ++begun > 0
  await Promise.all(Array.from({ length: concurrency }, async () => {
    const lane = new Lane(port)
    try {
      while (next()) {
        const sentAt = performance.now()
        const { status, length } = await lane.send(request, false)
        if (status !== 200) throw new Error(`status ${status}`)
        times.push(performance.now() - sentAt)
        shortest = Math.min(shortest, length)
      }
    } finally {
      lane.close()
    }
  }))
  return { times, elapsedMs: performance.now() - startedAt, shortest }
}

/** One request, and its whole answer. */
export async function sendOne (port: number, request: Wire): Promise<{ status: number, body: Buffer }> {
  const lane = new Lane(port)
  try {
    const { status, body } = await lane.send(request, true)
    return { status, body }
  } finally {
    lane.close()
  }
}

/** A connection that is opened anew when the server has closed it. */
class Lane {
  readonly #port: number
  #socket: Socket | undefined

  constructor (port: number) {
    this.#port = port
  }

  async send (request: Wire, keep: boolean): Promise<AnswerReader> {
    this.#socket ??= await open(this.#port)
    const reader = await exchange(this.#socket, request, new AnswerReader(keep))
    if (reader.closes) this.close()
    return reader
  }

  close (): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }
}

async function open (port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  // Between two requests nobody else listens; the next one finds out.
  socket.on('error', () => {})
  return socket
}

function exchange (socket: Socket, request: Wire, reader: AnswerReader): Promise<AnswerReader> {
  const { promise, resolve, reject } = Promise.withResolvers<AnswerReader>()
  const settle = () => {
    if (reader.done) resolve(reader)
  }
  const read = (chunk: Buffer) => {
    try {
      reader.read(chunk)
      settle()
    } catch (error) {
      reject(error)
    }
  }
  const close = () => {
    reader.end()
    settle()
    reject(new Error(`the connection was closed after ${reader.length} bytes of an answer`))
  }
  const timer = setTimeout(() => reject(new Error(`no answer in ${answerMs} ms`)), answerMs)
  socket.on('data', read).on('close', close).on('error', reject)
  socket.cork()
  for (const part of request) socket.write(part)
  socket.uncork()
  return promise.finally(() => {
    clearTimeout(timer)
    socket.off('data', read).off('close', close).off('error', reject)
  })
}
