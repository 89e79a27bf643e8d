import type { EditResult } from '../../core/index.ts'
import { issue } from './pydantic.ts'
import { Refusal } from './refusal.ts'
import type { ProcessBody } from './schemas.ts'

/**
 * Does the caller take images and nothing else? Then the answer is the image itself, and what is told of it stands in headers.
 * @throws {Refusal} when it could not hold all that is asked for
 */
export function wantsImage (accept: string | undefined, { n = 1, output_format: format = 'png', response_format: how }: Pick<ProcessBody, 'n' | 'output_format' | 'response_format'>): boolean {
  const types = (accept ?? '').split(',').map(entry => entry.replace(/;.*/, '').trim().toLowerCase())
  if (!types.every(type => type.startsWith('image/'))) return false
  const refuse = (field: string, sent: unknown, error: string) => new Refusal(422, [issue('value_error', ['body', field], sent, { error })])
  if (n > 1) throw refuse('n', n, 'an answer that is an image holds one: accept application/json for more')
  if (how !== undefined) throw refuse('response_format', how, 'an answer that is an image has no other form: leave it out, or accept application/json')
  if (types.includes('image/*') || types.includes(`image/${format === 'jpg' ? 'jpeg' : format}`)) return true
  throw refuse('output_format', format, `only ${types.join(' and ')} are accepted: ask for one of these, or accept image/*`)
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
