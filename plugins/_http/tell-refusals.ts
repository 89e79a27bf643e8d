import type { FastifyBaseLogger } from 'fastify'

/** Puts refusals for want of room into the log, at most one line in a while for all of them: they come in crowds. */
export function tellRefusals (log: Pick<FastifyBaseLogger, 'warn'>, everyMs = 10_000): (reason: string) => void {
  let refused = 0
  let toldAt = -Infinity
  return reason => {
    refused++
    const now = performance.now()
    if (now - toldAt < everyMs) return
    log.warn({ reason, refused }, 'overloaded: requests are refused')
    refused = 0
    toldAt = now
  }
}
