import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * How long an event loop was held up at most, milliseconds. On a machine with other work `delay` is also the time that others had the
 * core; `work` is what the thread itself did in one go.
 */
export interface Delay {
  readonly delay: number
  readonly work: number
}

/** Watches the event loop of this thread until the function that it returns is called. */
export function watchLoop (): () => Delay {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  let work = 0
  let before = process.threadCpuUsage()
  const timer = setInterval(() => {
    const now = process.threadCpuUsage()
    work = Math.max(work, (now.user - before.user + now.system - before.system) / 1000)
    before = now
  }, 1)
  return () => {
    clearInterval(timer)
    histogram.disable()
    return { delay: histogram.max / 1e6 - 1, work }
  }
}
