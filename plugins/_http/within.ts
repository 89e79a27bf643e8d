import { setTimeout as delay } from 'node:timers/promises'

/** What work comes to; undefined when it takes longer. It goes on all the same. */
export async function within<T> (work: Promise<T>, ms: number): Promise<T | undefined> {
  const timer = new AbortController()
  try {
    return await Promise.race([work, delay(ms, undefined, { signal: timer.signal })])
  } finally {
    timer.abort()
  }
}
