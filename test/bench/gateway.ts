import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { cellsOf, nameOf, type Cell } from './cells.ts'
import { sendAll } from './client.ts'
import { judge } from './gates.ts'
import { faultOf, measure, type Sample, type Target } from './measure.ts'
import { peakMemory } from './memory.ts'
import type { Server } from './process.ts'
import { requestOf } from './requests.ts'
import { longestStalls } from './stalls.ts'
import { rotated } from './statistics.ts'
import { systems, type System } from './systems.ts'
import { rowsOf } from './table.ts'
import { startUpstream, type UpstreamServer } from './upstream-server.ts'

const warmUpMs = { quick: 300, full: 500 }
const rewarmMs = 300

/** All repetitions of a cell, by system; a text is the reason why a system has no number. */
export interface Measured {
  readonly cell: Cell
  readonly samples: Readonly<Record<string, readonly Sample[] | string>>
}

/** A system that runs, or the upstream itself. */
interface Contestant extends Target {
  readonly name: string
  readonly wires: System['wires']
}

/**
 * The service between a client and a vendor whose answers are fixed, beside what else could stand there: what an edit costs,
 * how many there are in a second, how much later an answer comes than without anything between.
 */
export async function gateway (bench: Bench): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'retouch-bench-'))
  const upstream = await startUpstream()
  try {
    const present = systems.filter(({ missing }) => missing === undefined)
    const absent = Object.fromEntries(systems.flatMap(({ name, missing }) => missing === undefined ? [] : [[name, missing]]))
    const measured = await compare(bench, { upstream, directory, present, absent })
    const stalls = bench.wants('stalls') ? await longestStalls(bench, { upstream, directory, systems: present }) : {}
    const memory = bench.wants('memory') ? await peakMemory(bench, { upstream, directory, systems: present }) : []
    judge(bench, { measured, stalls, memory })
    for (const [name, figures] of Object.entries({ measured, stalls, memory })) bench.keep(name, figures)
  } finally {
    await upstream.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Setting {
  readonly upstream: UpstreamServer
  readonly directory: string
  readonly present: readonly System[]
  readonly absent: Readonly<Record<string, string>>
}

async function compare (bench: Bench, { upstream, directory, present, absent }: Setting): Promise<Measured[]> {
  const cells = cellsOf(bench.quick).filter(cell => bench.wants(nameOf(cell)))
  if (cells.length === 0) return []
  const servers: Server[] = []
  try {
    const contestants: Contestant[] = [{ name: 'direct', port: upstream.port, wires: ['json', 'multipart'] }]
    for (const { name, wires, start } of present) {
      const server = await start(upstream.port, directory)
      servers.push(server)
      contestants.push({ name, wires, port: server.port, pid: server.pid, sendsOther: name === 'floor' })
    }
    const measured: Measured[] = []
    const faults = await findFaults(bench, contestants, upstream, cells)
    for (const cell of cells) {
      const samples = await measureCell(cell, { contestants, upstream, faults, repetitions: bench.quick ? 2 : 5 })
      const entry = { cell, samples: { ...samples, ...absent } }
      measured.push(entry)
      for (const row of rowsOf(entry)) bench.print(row)
    }
    return measured
  } finally {
    await Promise.all(servers.map(server => server.stop()))
  }
}

/** Wrong answers have no numbers: each system is asked for each picture first, and warmed up by that. */
async function findFaults (bench: Bench, contestants: readonly Contestant[], upstream: UpstreamServer, cells: readonly Cell[]): Promise<ReadonlyMap<string, string>> {
  const faults = new Map<string, string>()
  const kinds = new Map(cells.map(cell => [`${cell.wire} ${cell.size}`, cell]))
  for (const { name, wires, ...target } of contestants) {
    for (const [kind, { wire, size }] of kinds) {
      const fault = wires.includes(wire) ? await faultOf(target, wire, size, upstream) : `has no ${wire}`
      if (fault === undefined) {
        await upstream.set({ size, latencyMs: 0 })
        await sendAll({ port: target.port, request: requestOf(wire, { size, upstream: upstream.port }), concurrency: 2, total: 200, capMs: bench.quick ? warmUpMs.quick : warmUpMs.full })
      } else {
        faults.set(`${name} ${kind}`, fault)
        if (wires.includes(wire)) bench.print(`${name}, ${kind}: no number: ${fault}`)
      }
    }
  }
  return faults
}

interface CellSetting {
  readonly contestants: readonly Contestant[]
  readonly upstream: UpstreamServer
  readonly faults: ReadonlyMap<string, string>
  readonly repetitions: number
}

async function measureCell (cell: Cell, { contestants, upstream, faults, repetitions }: CellSetting): Promise<Record<string, Sample[] | string>> {
  const { size, latencyMs } = cell
  const request = requestOf(cell.wire, { size, upstream: upstream.port })
  await upstream.set({ size, latencyMs })
  const samples: Record<string, Sample[] | string> = {}
  // The first one is not counted: memory and compiled code for so many at once have yet to be there.
  for (let repetition = -1; repetition < repetitions; repetition++) {
    for (const contestant of rotated(contestants, Math.max(0, repetition))) {
      const { name } = contestant
      samples[name] ??= faults.get(`${name} ${cell.wire} ${size}`) ?? []
      const own = samples[name]
      if (typeof own === 'string') continue
      try {
        // V8 throws away what it has compiled when it is not used for some seconds, as while the others were measured.
        if (latencyMs > 0) {
          await upstream.set({ size, latencyMs: 0 })
          await sendAll({ port: contestant.port, request, concurrency: Math.min(cell.concurrency, 16), total: 200, capMs: rewarmMs })
          await upstream.set({ size, latencyMs })
        }
        const sample = await measure(contestant, cell, request, upstream)
        if (repetition >= 0) own.push(sample)
      } catch (error) {
        samples[name] = error instanceof Error ? error.message : String(error)
      }
    }
  }
  return samples
}
