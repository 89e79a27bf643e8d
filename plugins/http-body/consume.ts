import type { Readable } from 'node:stream'
import { refuse, tooLarge } from './refusal.ts'

export interface ConsumeOptions {
  /** Bytes that may come. */
  readonly maxBytes: number
  /** As announced, bytes. */
  readonly announced: number | undefined
  /** What it throws ends the reading. */
  readonly take: (chunk: Buffer) => void
}

/**
 * Reads a body to its end.
 * @throws {BodyRefusal} 413 above `maxBytes`, 400 when the caller breaks off; what `take` throws, once the rest is discarded
 */
export async function consume (payload: Readable, { maxBytes, announced = 0, take }: ConsumeOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let received = 0
  const onData = (chunk: Buffer) => {
    received += chunk.length
    try {
      if (received > maxBytes) throw bodyTooLarge(maxBytes)
      take(chunk)
    } catch (err) {
      fail(err)
    }
  }
  // A body that has ended closes, too.
  const breakOff = () => { if (!payload.readableEnded) reject(refuse('the body breaks off')) }
  const fail = (err: unknown) => {
    payload.off('data', onData).off('close', breakOff).off('end', resolve)
    discard(payload, maxBytes).then(() => reject(err))
  }
  payload.on('error', breakOff).on('close', breakOff).on('end', resolve)
  if (announced > maxBytes) fail(bodyTooLarge(maxBytes))
  else payload.on('data', onData)
  return await promise
}

/**
 * Reads what nobody wants, to its end or so far: a caller who is sending does not look at the answer before, and a connection
 * that is closed while its bytes come in takes the answer with it.
 */
export async function discard (payload: Readable, maxBytes: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let received = 0
  const onData = (chunk: Buffer) => {
    received += chunk.length
    if (received <= maxBytes) return
    payload.off('data', onData).pause()
    resolve()
  }
  payload.on('error', () => resolve()).on('close', resolve).on('end', resolve).on('data', onData)
  return await promise
}

export const bodyTooLarge = (maxBytes: number) => tooLarge(`the body is larger than ${maxBytes} bytes`)
