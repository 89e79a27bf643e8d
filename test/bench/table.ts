import { nameOf } from './cells.ts'
import type { Measured } from './gateway.ts'
import type { Sample } from './measure.ts'
import { median, pairedRatio } from './statistics.ts'

/** The service without a look at results, which all others are compared with: none of them looks. */
export const subject = 'ungated'
/** The service without any setting. */
export const asItComes = 'retouch'

/** Does a goal need its number? A quick run leaves the others out where each takes seconds. */
export function isJudged (name: string): boolean {
  return [subject, asItComes, 'proxy'].includes(name)
}
/** From so many cores on, client or upstream are what was measured. */
const busy = 0.9
const width = 24

const metrics: ReadonlyArray<{ readonly title: string, readonly of: (sample: Sample, direct: Sample | undefined) => number, readonly unit: string }> = [
  { title: 'CPU per edit', of: ({ cpu }) => cpu?.total ?? NaN, unit: ' ms' },
  { title: '  main thread', of: ({ cpu }) => cpu?.main ?? NaN, unit: ' ms' },
  { title: '  threads for pixels', of: ({ cpu }) => cpu?.pixels ?? NaN, unit: ' ms' },
  { title: 'edits a second', of: ({ perSecond }) => perSecond, unit: '' },
  { title: 'added p50', of: ({ p50 }, direct) => p50 - (direct?.p50 ?? NaN), unit: ' ms' },
  { title: 'added p99', of: ({ p99 }, direct) => p99 - (direct?.p99 ?? NaN), unit: ' ms' }
]

/** A cell as lines: a metric each, the systems side by side; × = how many times as much the service has. */
export function rowsOf ({ cell, samples }: Measured): string[] {
  const names = Object.keys(samples)
  const direct = listOf(samples.direct)
  const own = listOf(samples[subject])
  return [
    '',
    nameOf(cell).padEnd(width) + names.map(name => titleOf(name, listOf(samples[name])).padEnd(width)).join(''),
    ...metrics.map(({ title, of, unit }, row) => {
      const values = (list: readonly Sample[]) => list.map((sample, repetition) => of(sample, direct[repetition]))
      const entries = names.map(name => {
        const found = samples[name]
        // Why there is no number stands where the first one would.
        if (typeof found === 'string') return row === 0 ? found.slice(0, width - 2) : ''
        return entryOf(values(listOf(found)), name === subject ? [] : values(own), unit)
      })
      return (title.padEnd(width) + entries.map(entry => entry.padEnd(width)).join('')).trimEnd()
    })
  ]
}

function entryOf (values: readonly number[], own: readonly number[], unit: string): string {
  const value = median(values)
  if (!Number.isFinite(value)) return '–'
  const text = `${value.toFixed(Math.abs(value) < 100 ? 1 : 0)}${unit}`
  const ratio = pairedRatio(own, values)
  return own.length === 0 || !Number.isFinite(ratio) ? text : `${text} ×${ratio.toFixed(2)}`
}

function titleOf (name: string, list: readonly Sample[]): string {
  const bound = [
    ...median(list.map(({ clientCores }) => clientCores)) > busy ? ['client'] : [],
    ...median(list.map(({ upstreamCores }) => upstreamCores)) > busy ? ['upstream'] : []
  ]
  return bound.length === 0 ? name : `${name} (${bound.join(', ')}-bound)`
}

/** Was the system itself measured, and not who asked it or whom it asked? */
export function isOwnSpeed (list: readonly Sample[]): boolean {
  return median(list.map(({ clientCores }) => clientCores)) <= busy && median(list.map(({ upstreamCores }) => upstreamCores)) <= busy
}

export function listOf (samples: readonly Sample[] | string | undefined): readonly Sample[] {
  return samples === undefined || typeof samples === 'string' ? [] : samples
}
