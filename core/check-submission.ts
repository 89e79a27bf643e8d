import type { Submission } from './contract.ts'

const maxHandleBytes = 4096

/**
 * Checks what a provider answered; takes unknown because a plugin may be JavaScript.
 * @throws {TypeError} when it is no Submission
 */
export function checkSubmission (submission: unknown): Submission {
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
