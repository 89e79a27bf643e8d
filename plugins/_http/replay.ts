/** Of a request with an `Idempotency-Key`: what its answer says when it is that of an earlier one, be it a result or a failure. */
export interface ReplayNote {
  /** To be called once that is known, before the answer is made. */
  readonly onReplay: () => void
  /** For the answer; none as long as it is the request's own. */
  readonly headers: Readonly<Record<string, string>>
}

export function watchReplay (): ReplayNote {
  const headers: Record<string, string> = {}
  return { headers, onReplay: () => { headers['idempotency-replayed'] = 'true' } }
}
