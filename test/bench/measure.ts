import { sendAll, sendOne, type Wire } from './client.ts'
import type { Cell } from './cells.ts'
import { madeImage, type SizeName } from './images.ts'
import { cpuBetween, readClock, type Cpu } from './proc.ts'
import { imageOf, requestOf, type WireName } from './requests.ts'
import { quantile } from './statistics.ts'
import type { UpstreamServer } from './upstream-server.ts'

/** One repetition of one cell. */
export interface Sample {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Of the system's process tree, milliseconds per edit. Absent where nothing stands between client and upstream. */
  readonly cpu?: Cpu
  /** Cores that upstream and client were busy with: near one, they are what was measured. */
  readonly upstreamCores: number
  readonly clientCores: number
}

/** A system as it runs. */
export interface Target {
  readonly port: number
  /** Absent for the upstream itself. */
  readonly pid?: number
  /** Nothing is sent on by it, or it sends no picture on. */
  readonly sendsOther?: boolean
}

const capMs = 3000

export async function measure (target: Target, cell: Cell, request: Wire, upstream: UpstreamServer): Promise<Sample> {
  const { concurrency, total } = cell
  const clocks = () => ({ system: readClock(target.pid ?? upstream.pid), upstream: readClock(upstream.pid), client: process.cpuUsage() })
  const before = clocks()
  const { times, elapsedMs, shortest } = await sendAll({ port: target.port, request, concurrency, total, capMs })
  const after = clocks()
  // The picture alone is longer: this is no answer that was checked.
  if (shortest < madeImage(cell.size).length) throw new Error(`an answer of ${shortest} bytes holds no picture`)
  const { user, system } = process.cpuUsage(before.client)
  return {
    perSecond: times.length / elapsedMs * 1000,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    ...target.pid !== undefined && { cpu: perEdit(cpuBetween(before.system, after.system), times.length) },
    upstreamCores: cpuBetween(before.upstream, after.upstream).total / elapsedMs,
    clientCores: (user + system) / 1000 / elapsedMs
  }
}

/**
 * What is wrong with a system's answers; undefined = the picture comes back byte for byte, and the one that was sent has reached the
 * upstream, wherever it stands in the request.
 */
export async function faultOf (target: Target, wire: WireName, size: SizeName, upstream: UpstreamServer): Promise<string | undefined> {
  await upstream.set({ size, latencyMs: 0, checks: true })
  for (const image of ['first', 'last'] as const) {
    try {
      const { status, body } = await sendOne(target.port, requestOf(wire, { size, image, upstream: upstream.port }))
      if (status !== 200) return `status ${status}: ${body.toString().slice(0, 200)}`
      if (imageOf(body)?.equals(madeImage(size)) !== true) return 'another picture than the upstream\'s'
      if (!await upstream.arrived() && target.sendsOther !== true) return 'the upstream got another picture'
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}

function perEdit ({ main, pixels, engine, total }: Cpu, edits: number): Cpu {
  return { main: main / edits, pixels: pixels / edits, engine: engine / edits, total: total / edits }
}
