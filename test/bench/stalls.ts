import type { Bench } from './bench.ts'
import { sendAll } from './client.ts'
import type { Delay } from './loop-watch.ts'
import { faultOf } from './measure.ts'
import { requestOf } from './requests.ts'
import { median, range } from './statistics.ts'
import { isJudged } from './table.ts'
import type { System } from './systems.ts'
import type { UpstreamServer } from './upstream-server.ts'

export interface Setting {
  readonly upstream: UpstreamServer
  readonly directory: string
  readonly systems: readonly System[]
}

const concurrency = 4

/**
 * How long the event loop is held up at most while four pictures of 20 MB are on their way at a time, by the process's own work: milliseconds
 * by system.
 */
export async function longestStalls (bench: Bench, { upstream, directory, systems }: Setting): Promise<Record<string, number>> {
  bench.print('')
  const stalls: Record<string, number> = {}
  const request = requestOf('json', { size: '20m', upstream: upstream.port })
  for (const { name, start } of systems.filter(({ isNode, wires, name }) => isNode && wires.includes('json') && (!bench.quick || isJudged(name)))) {
    const server = await start(upstream.port, directory)
    try {
      const fault = await faultOf({ ...server, sendsOther: name === 'floor' }, 'json', '20m', upstream)
      if (fault !== undefined) {
        bench.print(`longest stall, ${concurrency} × 20 MB  ${name}: no number: ${fault}`)
        continue
      }
      await upstream.set({ size: '20m', latencyMs: 0 })
      const delays: Delay[] = []
      for (let repetition = 0; repetition < (bench.quick ? 3 : 5); repetition++) {
        await server.watchLoop()
        await sendAll({ port: server.port, request, concurrency, total: bench.quick ? 4 : 12, capMs: 12_000 })
        delays.push(await server.longestDelay())
      }
      stalls[name] = median(delays.map(({ work }) => work))
      bench.print(`longest stall, ${concurrency} × 20 MB  ${name.padEnd(10)} ${range(delays.map(({ work }) => work), 1)} ms of work, delay ${range(delays.map(({ delay }) => delay), 1)} ms`)
    } finally {
      await server.stop()
    }
  }
  return stalls
}
