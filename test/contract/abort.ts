import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { describeError } from './observation.ts'

/** What a call must reject with. */
const gone = new Error('the caller has gone')
const turns = 10
const turnMs = 10

/**
 * Starts a call, waits until it is under way, aborts it, and asserts that it rejects at once with the signal's reason.
 * A call that had fulfilled by then has passed: there is nothing left to abort.
 *
 * "At once" is 100 ms, counted in turns of the event loop and not by the clock: on a machine that is busy elsewhere the
 * turns get longer for the provider and for the check alike.
 */
export async function assertAborts (start: (signal: AbortSignal) => Promise<unknown>, underWay: Promise<unknown>): Promise<void> {
  const controller = new AbortController()
  const ending = endingOf(start(controller.signal))
  if (await inTime(Promise.race([ending, underWay])) === fulfilled) return
  controller.abort(gone)
  assertReason(await inTime(ending))
}

/** Asserts that a call whose signal has aborted before it began rejects at once with the signal's reason. */
export async function assertRefuses (start: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  assertReason(await inTime(endingOf(start(AbortSignal.abort(gone)))))
}

const fulfilled = { how: 'fulfilled' } as const
const late = { how: 'late' } as const
type Ending = typeof fulfilled | { readonly how: 'rejected', readonly reason: unknown }

async function endingOf (call: Promise<unknown>): Promise<Ending> {
  return await call.then(() => fulfilled, (reason: unknown) => ({ how: 'rejected' as const, reason }))
}

async function inTime<T> (event: Promise<T>): Promise<T | typeof late> {
  const over = new AbortController()
  const patience = async () => {
    for (let turn = 0; turn < turns; turn++) await delay(turnMs, undefined, { signal: over.signal })
  }
  try {
    // Once the event has come, the abort is what the patience ends with.
    return await Promise.race([event, patience().then(() => late, () => late)])
  } finally {
    over.abort()
  }
}

function assertReason (ending: Ending | typeof late): void {
  assert.notEqual(ending, late, 'it goes on although its signal has aborted')
  assert.ok(ending.how === 'rejected', 'it answered although its signal had aborted')
  assert.equal(ending.reason, gone, `it rejected, but not with the reason of its signal: ${describeError(ending.reason)}`)
}
