import type { Adaptation, EditRequest, Preservation } from './request.ts'

/** Does the request name a part of its image that is to stay, and want it put back into a result? */
export function isPreserving (request: EditRequest): boolean {
  return hasUnmasked(request) && request.output.preserveUnmasked !== false
}

/** The part that a mask does not cover, or the image inside of what it is extended to. */
export function hasUnmasked ({ mask, expansion }: EditRequest): boolean {
  return mask !== undefined || expansion !== undefined
}

export function planPreservation (request: EditRequest): Adaptation[] {
  if (!isPreserving(request)) return []
  const what = request.mask === undefined ? 'the image as it was sent' : 'of the image what the mask does not cover'
  return [{ kind: 'preserve', detail: `${what} is put back into the result` }]
}

/** Of several images what holds for all of them: of each share the greatest; null where one could not be compared. */
export function commonPreservation ([first, ...rest]: ReadonlyArray<Preservation | null>): Preservation | null {
  return rest.reduce<Preservation | null>((worst, next) => worst === null || next === null
    ? null
    : { ...worst, before: Math.max(worst.before, next.before), after: Math.max(worst.after, next.after) }, first ?? null)
}
