import type { EditResult } from '../../core/index.ts'
import { issue } from './pydantic.ts'
import { Refusal } from './refusal.ts'

/**
 * Does the caller take images and nothing else? Then the answer is the image itself, and what is told of it stands in headers.
 * @throws {Refusal} when it could not hold all that is asked for
 */
export function wantsImage (accept: string | undefined, count = 1): boolean {
  const types = (accept ?? '').split(',').map(entry => entry.trim().toLowerCase())
  if (!types.every(type => /^image\//.test(type))) return false
  if (count === 1) return true
  throw new Refusal(422, [issue('value_error', ['body', 'n'], count, { error: 'an answer that is an image holds one: accept application/json for more' })])
}

/** `x-retouch-operation`, `-width`, `-height` in pixels, `-seed` when there is one, and `-warnings`: how many there are. */
export function imageHeaders ({ operation, images: [{ width, height }], seed, warnings: ofResult }: EditResult, warnings: readonly string[]): Record<string, string> {
  return {
    'x-retouch-operation': operation,
    'x-retouch-width': String(width),
    'x-retouch-height': String(height),
    ...seed !== null && { 'x-retouch-seed': String(seed) },
    'x-retouch-warnings': String(warnings.length + ofResult.length)
  }
}
