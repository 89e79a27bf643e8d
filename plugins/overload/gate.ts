export interface GateOptions {
  /** Requests at once. */
  readonly maxInFlight: number
  /** Edits that the kernel has under way: they may outlive their requests. */
  readonly running: () => number
  /** The event loop is behind. */
  readonly isLate: () => boolean
}

/** Counts what is in the process, and knows when there is no room for more. */
export function createGate ({ maxInFlight, running, isLate }: GateOptions) {
  let inFlight = 0
  return {
    /** Why a request finds no room; null = it does. */
    reason (): string | null {
      if (Math.max(inFlight, running()) >= maxInFlight) return `${maxInFlight} requests are under way`
      return isLate() ? 'the process cannot keep up' : null
    },
    /** Lets a request in. What is returned is called once, when it has ended. */
    enter (): () => void {
      inFlight++
      return () => { inFlight-- }
    }
  }
}
