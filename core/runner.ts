import { setTimeout as delay } from 'node:timers/promises'
import type { EditContext, EditProvider, JobHandle, ProviderEdit, ProviderResult, Submission } from './contract.ts'
import { EditError } from './errors.ts'

const maxHandleBytes = 4096
const minPollMs = 50
const cancelMs = 5000

/**
 * Carries one attempt from submit to a result: the only place that waits. Rejects at once when the signal aborts, whatever
 * the provider does, and asks the vendor to cancel what it may still be working on.
 * @throws {EditError} what the provider threw; EDIT_ERR_PROVIDER_RESPONSE for anything else that it threw or answered
 * @throws the signal's reason
 */
export async function runAttempt (provider: EditProvider, edit: ProviderEdit, context: EditContext): Promise<ProviderResult> {
  const { signal } = context
  let handle: JobHandle | undefined
  try {
    let submission = await step(() => provider.submit(edit, context), signal)
    while (submission.state === 'pending') {
      handle = submission.handle
      await delay(Math.max(submission.pollAfterMs, minPollMs), undefined, { signal })
      const current = handle
      submission = await step(() => poll(provider, current, context), signal)
    }
    return submission.result
  } catch (err) {
    if (signal.aborted) {
      if (handle !== undefined) cancel(provider, handle, context)
      throw signal.reason
    }
    throw err
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
async function step (call: () => Promise<Submission>, signal: AbortSignal): Promise<Submission> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    // Promise.try also turns a synchronous throw into a rejection; the race marks a late one as handled.
    const submission: unknown = await Promise.race([Promise.try(call), aborted])
    return checkSubmission(submission)
  } catch (cause) {
    if (signal.aborted || cause instanceof EditError) throw cause
    throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'the provider failed in an unforeseen way', { cause })
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function checkSubmission (submission: unknown): Submission {
  if (isPending(submission) || isDone(submission)) return submission
  throw new TypeError('the answer is no Submission: { state: "done", result: { images: […] } } or { state: "pending", handle, pollAfterMs }')
}

function isPending (value: unknown): value is Extract<Submission, { state: 'pending' }> {
  if (!isRecord(value) || value.state !== 'pending') return false
  return isRecord(value.handle) && JSON.stringify(value.handle).length <= maxHandleBytes &&
    typeof value.pollAfterMs === 'number' && value.pollAfterMs >= 1 && value.pollAfterMs < Infinity
}

function isDone (value: unknown): value is Extract<Submission, { state: 'done' }> {
  if (!isRecord(value) || value.state !== 'done' || !isRecord(value.result)) return false
  const { images } = value.result
  return Array.isArray(images) && images.length > 0 &&
    images.every(image => isRecord(image) && (image.bytes instanceof Uint8Array || typeof image.url === 'string'))
}

function isRecord (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
