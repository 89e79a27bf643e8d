import type { Budget } from './budget.ts'

/** What one request takes of the budget. It goes back when nobody uses it any more: neither the answer nor an edit that outlives it. */
export interface Lease {
  /**
   * Takes so many bytes more. Only for somebody who uses them.
   * @returns false = they are not there, and nothing was taken
   */
  take (bytes: number): boolean
  /** Somebody more uses the memory. What is returned is called once, when they do no longer. */
  use (): () => void
}

export function createLease (budget: Budget): Lease {
  let taken = 0
  let users = 0
  return {
    take (bytes) {
      const isThere = budget.take(bytes)
      if (isThere) taken += bytes
      return isThere
    },
    use () {
      users++
      return () => {
        if (--users > 0) return
        budget.give(taken)
        taken = 0
      }
    }
  }
}
