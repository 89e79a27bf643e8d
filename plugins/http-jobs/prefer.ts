/** What a request's `Prefer` header (RFC 7240) says of when to answer. */
export interface Preference {
  /** How long the caller would wait for the result, milliseconds; undefined = until it is there. */
  readonly waitMs: number | undefined
  /** As `Preference-Applied` has it. */
  readonly applied: string
}

/**
 * `respond-async`: an answer at once, `wait=10`: within ten seconds, both: the same. Of a preference that is given twice the
 * first one counts; what is unknown or malformed is ignored, as the RFC wants it.
 */
export function readPreference (header: string | string[] | undefined, maxWaitMs: number): Preference {
  const wishes = new Map<string, string>()
  for (const part of [header ?? []].flat().join(',').split(',')) {
    const [, name = '', value = ''] = /^\s*([\w-]+)\s*(?:=\s*"?(\w*)"?)?\s*(?:;.*)?$/.exec(part) ?? []
    if (!wishes.has(name.toLowerCase())) wishes.set(name.toLowerCase(), value)
  }
  const seconds = wishes.get('wait')
  const isAsync = wishes.has('respond-async')
  const waits = seconds !== undefined && /^\d{1,9}$/.test(seconds)
  if (!waits) return isAsync ? { waitMs: 0, applied: 'respond-async' } : { waitMs: undefined, applied: '' }
  const waitMs = Math.min(Number(seconds) * 1000, maxWaitMs)
  return { waitMs, applied: [...isAsync ? ['respond-async'] : [], `wait=${Math.floor(waitMs / 1000)}`].join(', ') }
}
