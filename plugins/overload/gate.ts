export interface GateOptions {
  /** Requests at once. */
  readonly maxInFlight: number
  /** Of their bodies together. */
  readonly maxBodyBytes: number
  /** Edits that the kernel has under way: they may outlive their requests. */
  readonly running: () => number
  /** The event loop is behind. */
  readonly isLate: () => boolean
}

/** Counts what is in the process, and knows when there is no room for more. */
export function createGate ({ maxInFlight, maxBodyBytes, running, isLate }: GateOptions) {
  let inFlight = 0
  let bodyBytes = 0
  return {
    /** Why a request with a body of this size finds no room; null = it does. */
    reasonAgainst (bytes: number): string | null {
      if (Math.max(inFlight, running()) >= maxInFlight) return `${maxInFlight} requests are under way`
      if (bodyBytes + bytes > maxBodyBytes) return `the bodies of the requests under way are as large as they may be, ${maxBodyBytes} bytes together`
      return isLate() ? 'the process cannot keep up' : null
    },
    /** Lets a request in. What is returned is called once, when it has ended. */
    enter (bytes: number): () => void {
      inFlight++
      bodyBytes += bytes
      return () => {
        inFlight--
        bodyBytes -= bytes
      }
    }
  }
}
