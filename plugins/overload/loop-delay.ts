import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Of the samples, milliseconds. A sample that comes in time has waited for so long, too. */
const resolution = 10

/** Watches the event loop: late = its delay was longer than `maxMs`, in the mean of the last period. */
export function watchLoop (maxMs: number, periodMs = 1000): { isLate: () => boolean, stop: () => void } {
  const histogram = monitorEventLoopDelay({ resolution })
  let delayMs = 0
  histogram.enable()
  const timer = setInterval(() => {
    delayMs = histogram.mean / 1e6 - resolution
    histogram.reset()
  }, periodMs).unref()
  return {
    // Without a sample the mean is no number, and so not late.
    isLate: () => delayMs > maxMs,
    stop: () => {
      clearInterval(timer)
      histogram.disable()
    }
  }
}
