/** Of the later candidates, so many get a share kept for them. */
const sharers = 2
const usualFactor = 5
const leastFactor = 2
/** A single candidate never takes more of what is left, while others wait. */
const mostShare = 0.75

/**
 * How long a candidate may take before the next one is asked, milliseconds: several times what it is expected to take, but
 * no more than a fair share of the time left, except where it could not finish in that at all. Pure.
 */
export function sliceMs ({ leftMs, expectedMs, others, shortestMs }: {
  /** Until the deadline. */
  leftMs: number
  expectedMs: number
  /** Candidates after this one. */
  others: number
  /** Less is given to nobody who has time left. */
  shortestMs: number
}): number {
  if (others === 0) return leftMs
  const fair = leftMs / (Math.min(others, sharers) + 1)
  const usual = Math.max(shortestMs, expectedMs * usualFactor)
  const least = Math.min(expectedMs * leastFactor, leftMs * mostShare)
  return Math.max(least, Math.min(usual, fair))
}

/** Has an attempt had the time that a provider may take under any circumstances? Pure. */
export function isOverdue (ms: number, expectedMs: number): boolean {
  return ms >= expectedMs * leastFactor
}
