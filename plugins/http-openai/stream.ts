import { within } from '../_http/within.ts'

export interface EventOptions {
  /** The events of the edit, once it is done. */
  readonly events: Promise<readonly Buffer[]>
  readonly keepAliveMs: number
  /** An edit that fails after the answer has begun, as the event that says so; undefined = nobody listens any more. */
  readonly failed: (error: unknown) => string | undefined
}

/** A comment, which clients skip and proxies count as life. */
const keepAlive = ': keep-alive\n\n'

/**
 * An edit's events as they are written. What fails within the first interval is thrown, so that it can be answered with a status of
 * its own; later it is an event.
 */
export async function streamEvents ({ events, keepAliveMs, failed }: EventOptions): Promise<AsyncGenerator<Buffer | string>> {
  const first = await within(events, keepAliveMs)
  return write(first, { events, keepAliveMs, failed })
}

async function * write (first: readonly Buffer[] | undefined, { events, keepAliveMs, failed }: EventOptions): AsyncGenerator<Buffer | string> {
  try {
    let done = first
    while (done === undefined) {
      yield keepAlive
      done = await within(events, keepAliveMs)
    }
    yield * done
  } catch (err) {
    const last = failed(err)
    if (last !== undefined) yield last
  }
}
