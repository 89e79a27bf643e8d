import { EditError } from './errors.ts'
import { fingerprintOf, type IdempotencyStore } from './idempotency.ts'
import type { EditResult } from './request.ts'
import type { RouteOptions, RunOptions } from './router.ts'
import type { SentInput } from './sent-pictures.ts'

/** How a keyed request ended; a store keeps it for whoever comes with the same key. */
export type Outcome =
  | { readonly state: 'done', readonly result: EditResult }
  | { readonly state: 'failed', readonly error: unknown }

export interface KeyOptions {
  /** The caller's `Idempotency-Key`, made unique among callers by the face. */
  readonly idempotencyKey?: string | undefined
  /** An identical request that is running is joined instead of made again. */
  readonly coalesce?: boolean | undefined
  /** Called before the answer is given, or its error thrown, when it is that of an earlier request with the same key. */
  readonly onReplay?: (() => void) | undefined
}

export type RunOnce = (input: SentInput, options: RouteOptions) => Promise<EditResult>

interface SharedRun {
  readonly outcome: Promise<Outcome>
  readonly controller: AbortController
  waiting: number
}

/**
 * Makes a request once, however often it is sent with its key: later ones get the first one's answer, also while that is
 * still to come. A keyed request goes on when its caller leaves, so that the answer is there when the caller comes back.
 * What ended without any cost is made again; what ended with a job still running is resumed. A picture that is elsewhere is known by
 * its address: nothing is fetched to find out that a request is known, though something else may stand there by now.
 */
export function createKeyedRuns (store: IdempotencyStore<Outcome>, runOnce: RunOnce) {
  const shared = new Map<string, SharedRun>()

  function begin (key: string, fingerprint: string, input: SentInput, options: RouteOptions): Promise<Outcome> {
    const outcome = outcomeOf(runOnce(input, { ...options, signal: new AbortController().signal, keepJobs: true }))
    store.begin(key, { fingerprint, outcome })
    outcome.then(ended => store.finish(key, costsNothing(ended) ? { keep: false } : { keep: true, bytes: sizeOf(ended) }))
    return outcome
  }

  async function keyed (key: string, input: SentInput, options: RunOptions, onReplay: () => void): Promise<EditResult> {
    const fingerprint = fingerprintOf(input)
    const known = store.get(key)
    if (known === undefined) return await unwrap(begin(key, fingerprint, input, options), options.signal)
    if (known.fingerprint !== fingerprint) {
      throw new EditError('EDIT_ERR_INVALID_REQUEST', 'the Idempotency-Key was used for another request: take a new one', { details: { field: 'Idempotency-Key' } })
    }
    const outcome = await orLeave(known.outcome, options.signal)
    const leftovers = outcome.state === 'failed' && outcome.error instanceof EditError ? outcome.error.trail?.leftovers ?? [] : []
    const latest = store.get(key)
    if (leftovers.length > 0 && latest === known) {
      return await unwrap(begin(key, fingerprint, input, { ...options, resume: leftovers }), options.signal)
    }
    onReplay()
    // Somebody with the same key may have resumed it a moment ago.
    return await unwrap(latest?.fingerprint === fingerprint ? latest.outcome : known.outcome, options.signal)
  }

  async function coalesced (input: SentInput, options: RunOptions): Promise<EditResult> {
    const fingerprint = fingerprintOf(input)
    const run = shared.get(fingerprint) ?? share(fingerprint, input, options)
    run.waiting++
    const leave = () => {
      if (--run.waiting > 0) return
      // When nobody waits any more the work stops, as it does for a single caller; whoever comes now needs a run of their own.
      unshare(fingerprint, run)
      run.controller.abort(options.signal.reason)
    }
    options.signal.addEventListener('abort', leave, { once: true })
    try {
      return await unwrap(run.outcome, options.signal)
    } finally {
      options.signal.removeEventListener('abort', leave)
    }
  }

  function share (fingerprint: string, input: SentInput, options: RunOptions): SharedRun {
    const controller = new AbortController()
    const run = { outcome: outcomeOf(runOnce(input, { ...options, signal: controller.signal })), controller, waiting: 0 }
    shared.set(fingerprint, run)
    run.outcome.then(() => unshare(fingerprint, run))
    return run
  }

  function unshare (fingerprint: string, run: SharedRun): void {
    if (shared.get(fingerprint) === run) shared.delete(fingerprint)
  }

  return async (input: SentInput, options: RunOptions & KeyOptions): Promise<EditResult> => {
    // What several may get is nobody's to give back.
    const { idempotencyKey, coalesce, onReplay = () => {}, loan, ...rest } = options
    rest.signal.throwIfAborted()
    if (idempotencyKey !== undefined) return await keyed(idempotencyKey, input, rest, onReplay)
    return coalesce === true ? await coalesced(input, rest) : await runOnce(input, { ...rest, loan })
  }
}

function outcomeOf (running: Promise<EditResult>): Promise<Outcome> {
  return running.then(result => ({ state: 'done', result }), (error: unknown) => ({ state: 'failed', error }))
}

async function unwrap (running: Promise<Outcome>, signal: AbortSignal): Promise<EditResult> {
  const outcome = await orLeave(running, signal)
  if (outcome.state === 'done') return outcome.result
  throw outcome.error
}

/** Waits, but not longer than the caller does. */
async function orLeave<T> (running: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const leave = () => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    signal.throwIfAborted()
    return await Promise.race([running, promise])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

function costsNothing (outcome: Outcome): boolean {
  if (outcome.state === 'done') return false
  const attempts = outcome.error instanceof EditError ? outcome.error.trail?.attempts ?? [] : []
  return attempts.every(({ billed }) => billed === 'no')
}

function sizeOf (outcome: Outcome): number {
  return outcome.state === 'done' ? outcome.result.images.reduce((sum, { bytes }) => sum + bytes.length, 1024) : 1024
}
