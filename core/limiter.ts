/** A place to make a call; given back exactly once. */
export interface Slot {
  release (): void
}

export interface LimiterOptions {
  /** Calls in flight at once. */
  readonly limit: number
  /** Callers that may wait for a slot. */
  readonly queue: number
}

interface Lane {
  running: number
  readonly waiting: Array<() => void>
}

/** Bounds the calls in flight per account, so that one slow vendor cannot take the process. First come, first served. */
export class Limiter {
  readonly #lanes = new Map<string, Lane>()

  /**
   * Waits for a slot. null at once when the queue is full.
   * @throws the signal's reason while waiting
   */
  async acquire (account: string, { limit, queue }: LimiterOptions, signal: AbortSignal): Promise<Slot | null> {
    signal.throwIfAborted()
    const lane = this.#lane(account)
    if (lane.running < limit) {
      lane.running++
      return this.#slot(account, lane)
    }
    if (lane.waiting.length >= queue) return null
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = () => {
      const place = lane.waiting.indexOf(resolve)
      // Not there: the slot has just been passed on, and is given back by whoever gets it.
      if (place >= 0) lane.waiting.splice(place, 1)
      reject(signal.reason)
    }
    lane.waiting.push(resolve)
    signal.addEventListener('abort', leave, { once: true })
    try {
      // Whoever gives a slot back passes it on: `running` stays as it is.
      await promise
      return this.#slot(account, lane)
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  /** Calls in flight and waiting, for the state that is shown. */
  load (account: string): { running: number, waiting: number } {
    const lane = this.#lanes.get(account)
    return { running: lane?.running ?? 0, waiting: lane?.waiting.length ?? 0 }
  }

  #slot (account: string, lane: Lane): Slot {
    let released = false
    return {
      release: () => {
        if (released) return
        released = true
        const next = lane.waiting.shift()
        if (next !== undefined) return next()
        lane.running--
        if (lane.running === 0) this.#lanes.delete(account)
      }
    }
  }

  #lane (account: string): Lane {
    let lane = this.#lanes.get(account)
    if (lane === undefined) {
      lane = { running: 0, waiting: [] }
      this.#lanes.set(account, lane)
    }
    return lane
  }
}
