import type { Readable } from 'node:stream'
import { finished } from 'node:stream'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { ByteRoom, Loan } from '../../core/index.ts'
import { tellRefusals } from '../_http/tell-refusals.ts'
import { createBudget } from './budget.ts'
import { bodyTooLarge, consume } from './consume.ts'
import { answerExpectations } from './expectations.ts'
import { fileOf, partOf } from './files.ts'
import { readImagePaths, type ImageNode } from './image-paths.ts'
import { readImageText } from './image-text.ts'
import { scanJson } from './json-scanner.ts'
import { createLease, type Lease } from './lease.ts'
import { boundaryOf, parseMultipart } from './multipart.ts'
import { createRoom } from './room.ts'
import type { Bodies } from './types.ts'

export const options = Type.Object({
  memoryBytes: Type.Integer({
    minimum: 1024 * 1024,
    default: 512 * 1024 * 1024,
    description: 'Of all bodies together that are being read or worked on, and what was fetched for them; who comes when it is full gets a 503, ' +
      'by the announced length before a byte is read. Environment: HTTP_BODY_MEMORY_BYTES.'
  }),
  retryAfterMs: Type.Integer({ minimum: 1000, default: 5000, description: 'What who is refused is told to wait. Environment: HTTP_BODY_RETRY_AFTER_MS.' })
}, { additionalProperties: false })

/** Of base64 that stands in a body, as a share of it. */
const decodedShare = 3 / 4

// On the request itself: out of a WeakMap in old memory, V8's young collections take nothing whose value leads back to its key.
const held = Symbol('http-body.held')

/** What a request has here. */
interface Held {
  readonly reply: FastifyReply
  lease?: Lease
  loan?: Loan
}

declare module 'fastify' {
  interface FastifyRequest {
    [held]: Held
  }
}

/** Reads bodies that hold images, for every face: JSON is decoded while it comes in, forms and files are read into one block. */
async function httpBody (app: FastifyInstance, { memoryBytes, retryAfterMs }: Static<typeof options>): Promise<void> {
  const { edits, EditError } = app
  if (memoryBytes < edits.bodyBytes) throw new TypeError(`memoryBytes is smaller than limits.bodyBytes, ${edits.bodyBytes}: a request of that size would never find room`)
  const budget = createBudget(memoryBytes)
  const full = `the bodies under way take all of the ${memoryBytes} bytes that they may take together`
  const tell = tellRefusals(app.log)
  const paths = new Map<string, ImageNode>()
  app.decorateRequest(held)
  app.addHook('onRequest', async (request, reply) => {
    request[held] = { reply }
    const announced = lengthOf(request)
    // Not in a parser: Fastify closes the connection when one throws, and with it takes the answer from who is still writing. Here
    // Node throws the body away behind it.
    if (announced !== undefined && announced <= limitOf(request)) hold(request, announced)
  })
  const expectations = answerExpectations(app)
  const limitOf = ({ routeOptions: { bodyLimit = edits.bodyBytes } }: FastifyRequest) => bodyLimit

  /** Used by the answer until it is sent. */
  function leaseOf ({ [held]: own }: FastifyRequest): Lease {
    if (own.lease !== undefined) return own.lease
    const lease = createLease(budget)
    const loan = edits.openLoan()
    Object.assign(own, { lease, loan })
    const end = lease.use()
    finished(own.reply.raw, err => {
      end()
      if (err == null) loan.end()
    })
    return lease
  }

  function hold (request: FastifyRequest, bytes: number): void {
    if (leaseOf(request).take(bytes)) return
    const lacking = `of the ${memoryBytes} bytes that the bodies under way may take together ${bytes} are no longer there: send the request later`
    tell(lacking)
    request[held].reply.header('retry-after', Math.ceil(retryAfterMs / 1000))
    throw new EditError('EDIT_ERR_OVERLOADED', lacking, { retryAfterMs })
  }

  async function read<T> (request: FastifyRequest, payload: Readable, share: number, begin: (room: ByteRoom) => { take: (chunk: Buffer) => void, end: () => T }): Promise<T> {
    const [maxBytes, announced] = [limitOf(request), lengthOf(request)]
    if (announced !== undefined && announced > maxBytes && expectations.decline(request)) throw bodyTooLarge(maxBytes)
    const expected = announced === undefined ? undefined : Math.ceil(Math.min(announced, maxBytes) * share)
    // What was announced is held already.
    const room = createRoom(expected, bytes => hold(request, bytes), request[held].loan)
    const { take, end } = begin(room)
    await consume(payload, { maxBytes, announced, take })
    const body = end()
    room.seal()
    return body
  }

  /** The whole body in one block. */
  const readWhole = async <T>(request: FastifyRequest, payload: Readable, parse: (body: Buffer) => T) =>
    await read(request, payload, 1, room => ({
      take (chunk) {
        chunk.copy(room.free(chunk.length))
        room.advance(chunk.length)
      },
      end: () => parse(room.finish())
    }))

  const bodies: Bodies = {
    async json (request, payload, images) {
      const key = images.join()
      const root = paths.get(key) ?? readImagePaths(images)
      paths.set(key, root)
      return await read(request, payload, decodedShare, room => {
        const scanner = scanJson(root, () => readImageText(edits.readBase64(room)))
        return { take: chunk => scanner.write(chunk), end: () => scanner.end() }
      })
    },
    async form (request, payload) {
      const boundary = boundaryOf(String(request.headers['content-type']))
      return await readWhole(request, payload, body => parseMultipart(body, boundary).flatMap(part => partOf(part, app)))
    },
    async file (request, payload) {
      return await readWhole(request, payload, body => fileOf(body, request.headers['content-type'], app))
    },
    memoryOf: request => ({
      use: () => leaseOf(request).use(),
      async fetchImages (pictures, call) {
        const end = leaseOf(request).use()
        try {
          return await edits.fetchImages(pictures, { ...call, hold: bytes => hold(request, bytes) })
        } finally {
          // The answer may be gone by now.
          end()
        }
      }
    }),
    loanOf: request => request[held].loan,
    reason: () => budget.isFull() ? full : null
  }
  app.decorate('bodies', bodies)
}

/** As announced. */
function lengthOf ({ headers: { 'content-length': length } }: FastifyRequest): number | undefined {
  return length === undefined ? undefined : Number(length)
}

export default fp(httpBody, { name: 'http-body', fastify: '5.x', decorators: { fastify: ['edits', 'EditError'] } })
