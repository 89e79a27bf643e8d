import { sizeNames, type SizeName } from './images.ts'
import type { WireName } from './requests.ts'

/** One condition under which everything is measured. */
export interface Cell {
  readonly wire: WireName
  readonly size: SizeName
  readonly concurrency: number
  readonly latencyMs: number
  /** Requests of one repetition. */
  readonly total: number
}

const totals: Readonly<Record<'quick' | 'full', Readonly<Record<SizeName, number>>>> = {
  quick: { '100k': 48, '1m': 16, '5m': 8, '20m': 3 },
  full: { '100k': 128, '1m': 32, '5m': 12, '20m': 4 }
}

/** More pictures at once would be a test of how much memory the machine has. MiB. */
const mostInFlight = 400
const mebibytes: Readonly<Record<SizeName, number>> = { '100k': 0.1, '1m': 1, '5m': 5, '20m': 20 }

/** Each place twice, but where that takes too long. */
const mostAtOnce: Readonly<Record<SizeName, number>> = { '100k': 64, '1m': 64, '5m': 64, '20m': 16 }

function cell (wire: WireName, size: SizeName, concurrency: number, latencyMs: number, run: 'quick' | 'full'): Cell {
  return { wire, size, concurrency, latencyMs, total: Math.max(totals[run][size], Math.min(2 * concurrency, mostAtOnce[size])) }
}

/** What a run measures: everything, or as much as the gates need. */
export function cellsOf (quick: boolean): Cell[] {
  if (quick) {
    return [
      cell('json', '100k', 1, 0, 'quick'),
      cell('json', '1m', 1, 0, 'quick'),
      ...[1, 16].map(concurrency => cell('json', '5m', concurrency, 0, 'quick')),
      cell('json', '5m', 1, 50, 'quick'),
      cell('json', '20m', 1, 0, 'quick'),
      cell('multipart', '1m', 16, 0, 'quick')
    ]
  }
  return (['json', 'multipart'] as const).flatMap(wire =>
    [0, 50].flatMap(latency =>
      sizeNames.flatMap(size =>
        [1, 16, 64]
          .filter(concurrency => mebibytes[size] * concurrency <= mostInFlight)
          .map(concurrency => cell(wire, size, concurrency, latency, 'full')))))
}

export function nameOf ({ wire, size, concurrency, latencyMs }: Cell): string {
  return `${wire} ${size} c${concurrency} lat${latencyMs}`
}
