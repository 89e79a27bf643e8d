import type { Bench } from './bench.ts'
import { sendAll } from './client.ts'
import { sentImage, type SizeName } from './images.ts'
import { faultOf } from './measure.ts'
import { forgetPeak, memoryOf } from './proc.ts'
import { requestOf } from './requests.ts'
import type { Setting } from './stalls.ts'
import { isJudged } from './table.ts'

/** Peak over idle while everything is in flight. */
export interface Peak {
  readonly system: string
  readonly wire: 'json' | 'multipart'
  readonly concurrency: number
  /** MiB. */
  readonly idle: number
  readonly over: number
  /** Of the pictures alone, MiB. */
  readonly inFlight: number
}

const size: SizeName = '5m'
const waves = 2
// Long enough that all of them have arrived before the first answer comes.
const latencyMs = 2500

/** A fresh process each, one small edit to wake it, then so many pictures of 5 MB at once, twice. */
export async function peakMemory (bench: Bench, { upstream, directory, systems }: Setting): Promise<Peak[]> {
  bench.print('')
  const peaks: Peak[] = []
  for (const { name, wires: [wire = 'json'], start } of systems.filter(({ name }) => !bench.quick || isJudged(name))) {
    const request = requestOf(wire, { size, upstream: upstream.port })
    for (const concurrency of bench.quick ? [16] : [16, 64]) {
      const server = await start(upstream.port, directory)
      try {
        const fault = await faultOf({ ...server, sendsOther: name === 'floor' }, wire, '100k', upstream)
        if (fault !== undefined) {
          bench.print(`memory  ${name}: no number: ${fault}`)
          break
        }
        await upstream.set({ size, latencyMs })
        const idle = memoryOf(server.pid).now
        forgetPeak(server.pid)
        for (let wave = 0; wave < (bench.quick ? 1 : waves); wave++) {
          await sendAll({ port: server.port, request, concurrency, total: concurrency, capMs: 30_000 })
        }
        const peak = { system: name, wire, concurrency, idle, over: memoryOf(server.pid).peak - idle, inFlight: sentImage(size).length * concurrency / 2 ** 20 }
        peaks.push(peak)
        bench.print(`memory, ${concurrency} × 5 MB  ${name.padEnd(10)} idle ${idle.toFixed(0)}, peak + ${peak.over.toFixed(0)} MiB = ${(peak.over / peak.inFlight).toFixed(2)} × the pictures in flight`)
      } catch (error) {
        bench.print(`memory, ${concurrency} × 5 MB  ${name.padEnd(10)} no number: ${error instanceof Error ? error.message : String(error)}`)
      } finally {
        await server.stop()
      }
    }
  }
  return peaks
}
