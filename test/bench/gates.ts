import type { Bench } from './bench.ts'
import { nameOf, type Cell } from './cells.ts'
import type { Measured } from './gateway.ts'
import { sentImage } from './images.ts'
import type { Sample } from './measure.ts'
import type { Peak } from './memory.ts'
import { median, pairedRatio } from './statistics.ts'
import { asItComes, isOwnSpeed, listOf, subject } from './table.ts'

export interface Results {
  readonly measured: readonly Measured[]
  readonly stalls: Readonly<Record<string, number>>
  readonly memory: readonly Peak[]
}

type Value = (sample: Sample, direct: Sample | undefined) => number

const cpu: Value = ({ cpu }) => cpu?.total ?? NaN
const transportCpu: Value = ({ cpu }) => cpu === undefined ? NaN : cpu.total - cpu.pixels
const rate: Value = ({ perSecond }) => perSecond
const added: Value = ({ p50 }, direct) => p50 - (direct?.p50 ?? NaN)

/**
 * Holds the results against the goals, which are for an edit that is passed through: without a look at its result. The service as it comes
 * decodes both pictures, and is held against the same goals under names that end in d. One without numbers is not judged.
 */
export function judge (bench: Bench, results: Results): void {
  bench.print('')
  judgeOne(bench, results, subject)
  const gate: Bench['gate'] = (name, isMet, text) => bench.gate(`${name}d`, isMet, `looking at results: ${text}`)
  judgeOne({ ...bench, gate }, results, asItComes)
}

function judgeOne (bench: Bench, { measured, stalls, memory }: Results, subject: string): void {
  const ratios = (cells: readonly Measured[], peer: string, value: Value) => ratiosOf(cells, { subject, peer, value })
  const json = measured.filter(({ cell }) => cell.wire === 'json')
  for (const [suffix, value] of [['', cpu], ['t', transportCpu]] as const) {
    const what = suffix === '' ? 'CPU per edit' : 'CPU per edit without the threads that decode pixels'
    const floor = ratios(json.filter(isUsual), 'floor', value)
    most(bench, `G1${suffix}`, floor, 1.5, `${what} over the floor's, 1–5 MB`)
    const proxy = ratios(json.filter(isUsual), 'proxy', value)
    const middle = median(proxy.map(({ ratio }) => ratio))
    if (proxy.length > 0) {
      const worst = highest(proxy)
      bench.gate(`G2${suffix}`, middle <= 1 && worst.ratio <= 1.25, `${what} over http-proxy's, 1–5 MB: median ×${middle.toFixed(2)} (at most 1), worst ×${worst.ratio.toFixed(2)} at ${worst.cell} (at most 1.25)`)
    }
    most(bench, `G3${suffix}`, ratios(json.filter(({ cell }) => cell.size !== '100k'), 'nginx', value), 3, `${what} over nginx's, from 1 MB`)
  }
  const naive = (latency: number, among: (cell: Cell) => boolean) =>
    ratios(json.filter(({ cell }) => cell.latencyMs === latency && among(cell)), 'naive', rate)
  least(bench, 'G4', naive(0, cell => cell.concurrency >= 16 && isUsual({ cell })), 4.5, 'edits a second over naive\'s, 1–5 MB, from 16 at once')
  least(bench, 'G4', naive(50, cell => cell.concurrency === 64 && isUsual({ cell })), 4, 'edits a second over naive\'s, 1–5 MB, 64 at once, 50 ms')
  const forms = measured.filter(({ cell }) => cell.wire === 'multipart' && cell.latencyMs === 0 && cell.concurrency >= 16)
  least(bench, 'G5', ratios(forms.filter(({ cell }) => cell.size === '5m'), 'portkey', rate), 3.5, 'forms a second over Portkey\'s, 5 MB')
  least(bench, 'G5', ratios(forms.filter(({ cell }) => cell.size === '1m'), 'portkey', rate), 4, 'forms a second over Portkey\'s, 1 MB')
  most(bench, 'G7', ratios(json.filter(({ cell }) => cell.concurrency === 1 && isUsual({ cell })), 'proxy', added), 1, 'added p50 over http-proxy\'s, 1–5 MB, one at a time')
  for (const { over, inFlight, concurrency } of memory.filter(({ system }) => system === subject)) {
    const room = 96 + 1.35 * inFlight
    bench.gate('G8', over <= room, `peak memory over idle, ${concurrency} × 5 MB: ${over.toFixed(0)} MiB (at most ${room.toFixed(0)})`)
  }
  const [own, other] = [stalls[subject], stalls.proxy]
  if (own !== undefined && other !== undefined) bench.gate('G9', own / other <= 1.25, `longest stall of the event loop over http-proxy's, 4 × 20 MB: ×${(own / other).toFixed(2)} (at most 1.25)`)
  judgeGrowth(bench, json, subject)
}

/** The sizes of most pictures, for which the goals are. */
function isUsual ({ cell: { size } }: Pick<Measured, 'cell'>): boolean {
  return size === '1m' || size === '5m'
}

function judgeGrowth (bench: Bench, json: readonly Measured[], subject: string): void {
  const perByte = (size: Cell['size']) => {
    const found = json.find(({ cell }) => cell.size === size && cell.concurrency === 1 && cell.latencyMs === 0)
    return median(listOf(found?.samples[subject]).map(sample => cpu(sample, undefined))) / sentImage(size).length
  }
  const growth = perByte('20m') / perByte('1m')
  if (Number.isFinite(growth)) bench.gate('G10', growth >= 0.7 && growth <= 1.2, `CPU per byte at 20 MB over that at 1 MB: ×${growth.toFixed(2)} (0.7 to 1.2)`)
}

interface Ratio {
  readonly cell: string
  readonly ratio: number
}

/** The service over a peer, in each cell where both have numbers. Rates count only where neither client nor upstream was the limit. */
function ratiosOf (cells: readonly Measured[], { subject, peer, value }: { readonly subject: string, readonly peer: string, readonly value: Value }): Ratio[] {
  return cells.flatMap(({ cell, samples }) => {
    const [own, other, direct] = [subject, peer, 'direct'].map(name => listOf(samples[name]))
    if (own === undefined || other === undefined || direct === undefined || own.length === 0 || other.length === 0) return []
    if (value === rate && !(isOwnSpeed(own) && isOwnSpeed(other))) return []
    const values = (list: readonly Sample[]) => list.map((sample, repetition) => value(sample, direct[repetition]))
    const ratio = pairedRatio(values(own), values(other))
    return Number.isFinite(ratio) ? [{ cell: nameOf(cell), ratio }] : []
  })
}

const highest = (found: readonly Ratio[]) => found.reduce((most, next) => next.ratio > most.ratio ? next : most)
const lowest = (found: readonly Ratio[]) => found.reduce((least, next) => next.ratio < least.ratio ? next : least)

function most (bench: Bench, name: string, found: readonly Ratio[], limit: number, what: string): void {
  if (found.length === 0) return
  const { cell, ratio } = highest(found)
  bench.gate(name, ratio <= limit, `${what}: ×${ratio.toFixed(2)} at ${cell} (at most ${limit})`)
}

function least (bench: Bench, name: string, found: readonly Ratio[], limit: number, what: string): void {
  if (found.length === 0) return
  const { cell, ratio } = lowest(found)
  bench.gate(name, ratio >= limit, `${what}: ×${ratio.toFixed(2)} at ${cell} (at least ${limit})`)
}
