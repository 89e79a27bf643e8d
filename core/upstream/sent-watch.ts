import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { hold } from '../loan.ts'
import type { EncodedBody } from './body.ts'

/** A body on its way, whose memory is held until the last byte has surely left this process. */
export interface SentWatch {
  /** For undici. */
  readonly body: Iterable<Buffer>
  /** The answer is there: lets go of the memory if all of it was written. A vendor may answer before, and then it stays held. */
  answered (): void
}

type OnSocket = (socket: Pick<Socket, 'writableLength'>) => void

/** On the body of a request: who wants to know its connection. Not in a WeakMap: what leads back to its own key there outlives V8's young collections. */
const onSocket = Symbol('sent-watch.onSocket')

/** undici says on which connection it writes a request nowhere else. Without its word nothing is ever let go. */
subscribe('undici:client:sendHeaders', message => {
  const { request: { body }, socket } = message as { request: { body?: { [onSocket]?: OnSocket } | string | null }, socket: Socket } // As undici documents it.
  if (typeof body === 'object') body?.[onSocket]?.(socket)
})

export function watchSent ({ pieces }: Pick<EncodedBody, 'pieces'>): SentWatch {
  const releases: Array<() => void> = []
  let socket: Parameters<OnSocket>[0] | undefined
  let rounds = 0
  let isWritten = false

  function * write (): Generator<Buffer> {
    rounds++
    for (const piece of pieces()) {
      releases.push(hold(piece))
      yield piece
    }
    isWritten = true
  }

  // Not the generator itself: undici would take that for a stream, which it would not read twice.
  const body = { [Symbol.iterator]: write, [onSocket]: (used: NonNullable<typeof socket>) => { socket = used } }
  return {
    body,
    answered () {
      // What is begun twice may still lie in the connection before.
      if (isWritten && rounds === 1 && socket?.writableLength === 0) for (const release of releases) release()
    }
  }
}
