/** Lets so many at a time do what takes memory. */
export interface Turns {
  /**
   * @param begin called at once where there is room, else as soon as there is some
   * @returns to be called when it is over, also when it has not begun; oftener does no harm
   */
  take (begin: () => void): () => void
}

export interface TurnsOptions {
  readonly limit: number
  /** Who takes longer goes on, but no longer keeps others waiting: the slow must not hold up the fast. Milliseconds. */
  readonly patienceMs: number
}

export function createTurns ({ limit, patienceMs }: TurnsOptions): Turns {
  /** In the order in which they came. */
  const waiting = new Set<() => void>()
  let running = 0
  return {
    take (begin) {
      let timer: NodeJS.Timeout | undefined
      const start = () => {
        running++
        timer = setTimeout(over, patienceMs).unref()
        begin()
      }
      const over = () => {
        waiting.delete(start)
        if (timer === undefined) return
        clearTimeout(timer)
        timer = undefined
        running--
        const [next] = waiting
        if (next === undefined) return
        waiting.delete(next)
        next()
      }
      if (running < limit) start()
      else waiting.add(start)
      return over
    }
  }
}
