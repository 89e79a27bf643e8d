import type { Issue } from './pydantic.ts'

/** The caller's mistake, found by this face: the answer is `{"detail": …}` with the status. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly statusCode: number
  readonly detail: string | readonly Issue[]

  constructor (statusCode: number, detail: string | readonly Issue[]) {
    super(typeof detail === 'string' ? detail : detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '))
    this.statusCode = statusCode
    this.detail = detail
  }
}
