import { addAbortListener } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Loan } from '../loan.ts'
import type { EncodedBody } from './body.ts'
import { gather } from './gather.ts'
import { ExchangeFailure } from './phase.ts'
import { watchSent } from './sent-watch.ts'
import type { Turns } from './turns.ts'
import type { Hold, Phase } from './types.ts'

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: URL
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Pick<EncodedBody, 'length' | 'pieces'>
  readonly signal: AbortSignal
  readonly maxBytes: number
  /** Told how many bytes more of the answer come, before there is memory for them. What it throws ends the exchange, as the failure's cause. */
  readonly hold?: Hold | undefined
  /** Where the answer's memory comes from. Default: it is made for it. */
  readonly loan?: Loan | undefined
  /** In which large answers are read, as the memory for each is there from its first byte. Default: all at once. */
  readonly turns?: Turns
  /** Told of each phase as it is reached. */
  readonly onPhase?: (phase: Phase) => void
}

/** A whole answer, whatever its status. */
export interface RawAnswer {
  readonly status: number
  /** Lower-case names; a repeated header is joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/**
 * One request and its answer, the body included; redirects are not followed, nothing is repeated.
 * Rejects with the signal's reason at once when it aborts (what was not sent by then never is), with a TypeError for a
 * header or path that HTTP cannot carry, else with an ExchangeFailure.
 *
 * It stands on undici's dispatch because that tells the phase of each request exactly: `onRequestStart` comes right before
 * the first byte is written (where undici publishes `undici:client:sendHeaders`), `onResponseStart` with the headers.
 */
export function exchange ({ dispatcher, method, url, headers, body, signal, maxBytes, hold, loan, turns, onPhase }: ExchangeOptions): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    let phase: Phase = 'not-sent'
    onPhase?.(phase)
    let answer: Omit<RawAnswer, 'body'>
    let received = 0
    let block: Buffer = Buffer.alloc(0)
    const gathered = gather()
    let over = () => {}
    let controller: Dispatcher.DispatchController | undefined
    const { content, answered } = toSend(body)
    /** false = they are not there, and the exchange has ended. */
    const holds = (running: Dispatcher.DispatchController, bytes: number) => {
      try {
        hold?.(bytes)
        return true
      } catch (error) {
        running.abort(error as Error) // Whatever it is, it comes out as the cause.
        return false
      }
    }
    const listening = addAbortListener(signal, () => {
      reject(signal.reason)
      // Still waiting for a connection: onRequestStart will see to it.
      controller?.abort(signal.reason)
    })

    dispatcher.dispatch({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      // Nothing here decompresses: a bomb stays as small as it was sent.
      headers: { ...headers, 'accept-encoding': 'identity', ...body && { 'content-length': String(body.length) } },
      body: content
    }, {
      onRequestStart (started) {
        controller = started
        if (signal.aborted) return started.abort(signal.reason)
        // undici may start a request again by itself; a paid one would be paid twice.
        if (phase !== 'not-sent') return started.abort(refusal('SENT_TWICE', 'the request would be sent a second time'))
        phase = 'sent'
        onPhase?.(phase)
      },
      onResponseStart (running, status, responseHeaders) {
        if (status < 200) return
        phase = 'answered'
        onPhase?.(phase)
        answer = { status, headers: joined(responseHeaders) }
        const { 'content-encoding': encoding = 'identity', 'content-length': length } = answer.headers
        if (encoding !== 'identity') return running.abort(refusal('ANSWER_ENCODED', 'the answer is compressed though identity was asked for'))
        if (Number(length) > maxBytes) return running.abort(tooLarge(maxBytes))
        // Of a length that is known, the chunks can go at once: their copies would else be there a second time.
        const announced = Number(length ?? 0) || 0
        if (!holds(running, announced)) return
        const begin = () => { block = loan?.take(announced) ?? Buffer.allocUnsafeSlow(announced) }
        if (turns === undefined || announced < large) return begin()
        over = turns.take(() => {
          begin()
          // undici reads one answer at a time, and it may be in the midst of another one.
          if (running.paused) queueMicrotask(() => running.resume())
        })
        if (block.length === 0) running.pause()
      },
      onResponseData (running, chunk) {
        const at = received
        received += chunk.length
        if (received > maxBytes) return running.abort(tooLarge(maxBytes))
        if (received <= block.length) chunk.copy(block, at)
        else if (holds(running, chunk.length)) gathered.add(chunk)
      },
      onResponseEnd () {
        over()
        listening[Symbol.dispose]()
        answered()
        resolve({ ...answer, body: received === block.length ? block : gathered.joined() })
      },
      onResponseError (_, error) {
        over()
        listening[Symbol.dispose]()
        const failure = new ExchangeFailure(phase, error)
        reject(failure.reason === 'UND_ERR_INVALID_ARG' ? new TypeError(error.message) : failure)
      }
    })
  })
}

/** Up to it a body is one write, bytes. */
const small = 64 * 1024

/** From it on an answer waits for its turn, bytes. */
const large = 128 * 1024

function toSend (body: ExchangeOptions['body']): { readonly content: Dispatcher.DispatchOptions['body'], readonly answered: () => void } {
  if (body === undefined) return { content: null, answered: () => {} }
  if (body.length <= small) return { content: Buffer.concat([...body.pieces()], body.length), answered: () => {} }
  const { body: iterable, answered } = watchSent(body)
  return { content: iterable as unknown as Dispatcher.DispatchOptions['body'], answered } // undici's types know less of bodies than its code and its tests.
}

/** Joins sets of headers under lower-case names; of one name the last set's value counts. */
export function mergeHeaders (...sets: readonly (Readonly<Record<string, string>> | undefined)[]): Record<string, string> {
  return Object.fromEntries(sets.flatMap(set => Object.entries(set ?? {}).map(([name, value]) => [name.toLowerCase(), value])))
}

function joined (headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]))
}

function tooLarge (maxBytes: number): Error {
  return refusal('ANSWER_TOO_LARGE', `the answer is larger than ${maxBytes} bytes`)
}

function refusal (code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
