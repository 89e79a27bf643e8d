/**
 * Runs pixel work a few at a time, first come first served. libvips works on libuv's threads, which file and DNS calls need
 * too, and every pixel in work is memory: so both the jobs and the pixels at once are bounded. A job above the whole
 * budget of pixels runs, but alone.
 */
export function createPool (slots: number, pixelBudget: number): Pool {
  const waiting: Array<{ pixels: number, start: () => void }> = []
  let running = 0
  let pixelsInWork = 0

  function advance (): void {
    for (let next = waiting[0]; next !== undefined && fits(next.pixels); next = waiting[0]) {
      waiting.shift()
      running++
      pixelsInWork += next.pixels
      next.start()
    }
  }

  function fits (pixels: number): boolean {
    return running === 0 || (running < slots && pixelsInWork + pixels <= pixelBudget)
  }

  return async (pixels, job) => {
    await new Promise<void>(resolve => {
      waiting.push({ pixels, start: resolve })
      advance()
    })
    try {
      return await job()
    } finally {
      running--
      pixelsInWork -= pixels
      advance()
    }
  }
}

/** Runs the job when its turn comes; `pixels` is what it holds at most. Rejects as the job does. */
export type Pool = <T> (pixels: number, job: () => Promise<T>) => Promise<T>
