import { setTimeout as delay } from 'node:timers/promises'
import { checkSubmission } from './check-submission.ts'
import type { EditContext, EditProvider, JobHandle, ProviderEdit, ProviderResult, Submission } from './contract.ts'
import { EditError, type ErrorCode } from './errors.ts'

const minPollMs = 50
const cancelMs = 5000
const recoverMs = 10_000
/** Polls in a row that may fail in passing before the job counts as lost. */
const maxFailedPolls = 10

/** What a poll may fail with although the job goes on. */
const passing = new Set<ErrorCode>(['EDIT_ERR_PROVIDER_UNAVAILABLE', 'EDIT_ERR_PROVIDER_RATE_LIMITED', 'EDIT_ERR_PROVIDER_TIMEOUT'])

export interface RunnerOptions {
  /** A job that an earlier attempt has submitted: it is polled, nothing is submitted. */
  readonly resume?: JobHandle | undefined
  /** Told of the job as soon as it is known. */
  readonly onJob?: (handle: JobHandle) => void
  /** Asked when the attempt is broken off: shall the vendor be told to stop the job? */
  readonly shallCancel?: () => boolean
}

/**
 * Carries one attempt from submit to a result: the only place that waits. Rejects at once when the signal aborts, whatever
 * the provider does, and asks the vendor to cancel what it may still be working on.
 * @throws {EditError} what the provider threw; EDIT_ERR_PROVIDER_RESPONSE for anything else that it threw or answered
 * @throws the signal's reason
 */
export async function runAttempt (provider: EditProvider, edit: ProviderEdit, context: EditContext, options: RunnerOptions = {}): Promise<ProviderResult> {
  const { resume, onJob, shallCancel = () => true } = options
  const { signal } = context
  let handle = resume
  try {
    let submission: Submission = resume === undefined ? await submit(provider, edit, context) : { state: 'pending', handle: resume, pollAfterMs: minPollMs }
    while (submission.state === 'pending') {
      handle = submission.handle
      onJob?.(handle)
      submission = await nextSubmission(provider, submission, context)
    }
    return submission.result
  } catch (err) {
    if (!signal.aborted) throw err
    if (handle !== undefined && shallCancel()) cancel(provider, handle, context)
    throw signal.reason
  }
}

/** Submits once. When the answer is lost after it was sent, the provider is asked once whether it can find the job. */
async function submit (provider: EditProvider, edit: ProviderEdit, context: EditContext): Promise<Submission> {
  const submittedAt = Date.now()
  try {
    return await step(() => provider.submit(edit, context), context.signal)
  } catch (err) {
    const { recover } = provider
    if (context.signal.aborted || recover === undefined || !(err instanceof EditError) || !isLost(err)) throw err
    const found = await step(async () => {
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(recoverMs)])
      // null passes as the answer it is; step checks everything else.
      return await recover.call(provider, edit, { ...context, signal, submittedAt }) ?? { state: 'unknown' }
    }, context.signal).catch((failure: unknown) => {
      context.log.warn({ err: failure }, 'the lost job was not found')
      throw err
    })
    context.log.info('the lost job was found')
    return found
  }
}

function isLost ({ billed, code }: EditError): boolean {
  return billed === 'maybe' && (passing.has(code) || code === 'EDIT_ERR_PROVIDER_RESPONSE')
}

/** Waits and polls; polls again while it fails in passing, since the job goes on. */
async function nextSubmission (provider: EditProvider, { handle, pollAfterMs }: Extract<Submission, { state: 'pending' }>, context: EditContext): Promise<Submission> {
  const { signal, log } = context
  let pause = pollAfterMs
  for (let failed = 0; ; failed++) {
    await delay(Math.max(pause, minPollMs), undefined, { signal })
    try {
      return await step(() => poll(provider, handle, context), signal)
    } catch (err) {
      if (!(err instanceof EditError) || !passing.has(err.code) || failed + 1 >= maxFailedPolls) throw err
      log.warn({ code: err.code }, 'a poll failed, the job goes on')
      pause = Math.max(pollAfterMs, err.retryAfterMs ?? 0)
    }
  }
}

function poll (provider: EditProvider, handle: JobHandle, context: EditContext): Promise<Submission> {
  if (provider.poll === undefined) throw new TypeError('it answered a pending job but has no poll')
  return provider.poll(handle, context)
}

/** Not awaited: nobody waits for it. It has a signal of its own, since the attempt's has aborted. */
function cancel (provider: EditProvider, handle: JobHandle, context: EditContext): void {
  const { cancel } = provider
  if (cancel === undefined) return
  Promise.try(() => cancel.call(provider, handle, { ...context, signal: AbortSignal.timeout(cancelMs) }))
    .then(() => context.log.info('job cancelled'), err => context.log.warn({ err }, 'the job could not be cancelled'))
}

/** One call of the provider, ended by the signal even if the provider does not listen, and checked. */
async function step (call: () => Promise<unknown>, signal: AbortSignal): Promise<Submission> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  // Promise.try also turns a synchronous throw into a rejection; the race marks a late one as handled.
  return await Promise.race([Promise.try(call), aborted])
    .then(checkSubmission)
    .catch((cause: unknown) => {
      if (signal.aborted || cause instanceof EditError) throw cause
      throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'the provider failed in an unforeseen way', { cause })
    })
    .finally(() => signal.removeEventListener('abort', onAbort))
}
