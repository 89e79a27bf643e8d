import type { NotOffered } from './cases.ts'
import type { Aspect } from './judge.ts'
import type { Outcome } from './run.ts'

/** A row for each operation and provider: what was asked, and the worst that came of it. */
export function table (outcomes: readonly Outcome[], notOffered: readonly NotOffered[]): string {
  const groups = Map.groupBy(outcomes, ({ of: { wish, provider, emulated } }) => `${wish.operation}\0${provider}${emulated ? ' (emulates)' : ''}`)
  const rows = [...groups].toSorted(([a], [b]) => a < b ? -1 : 1).map(([key, group]) => {
    const [operation = '', provider = ''] = key.split('\0')
    const failed = (...aspects: Aspect[]) => String(group.filter(({ failures }) => failures.some(({ aspect }) => aspects.includes(aspect))).length)
    const changed = group.flatMap(({ changed }) => changed === undefined ? [] : [changed])
    const lossy = group.flatMap(({ lossy }) => lossy === undefined ? [] : [lossy.mean - lossy.own])
    const seams = group.flatMap(({ seam }) => seam === undefined || seam.pairs === 0 ? [] : [seam.across / Math.max(seam.around, seam.before, 0.01)])
    const none = notOffered.filter(one => one.operation === operation && provider.startsWith(one.provider)).length
    return [
      operation, provider, String(group.length), String(none), String(group.filter(({ declined }) => declined !== undefined).length),
      changed.length === 0 ? '–' : String(Math.max(...changed)), lossy.length === 0 ? '–' : Math.max(...lossy).toFixed(2),
      failed('size', 'type'), failed('turned'), failed('profile'), failed('alpha', 'depth'), failed('answer', 'preservation', 'pixels', 'seam'),
      seams.length === 0 ? '–' : mean(seams).toFixed(2), seams.length === 0 ? '–' : Math.max(...seams).toFixed(2), mean(group.map(({ ms }) => ms)).toFixed(0)
    ]
  })
  return columns([
    ['operation', 'provider', 'cases', 'not offered', 'declined', 'changed', 'lossy +', 'size', 'turned', 'profile', 'alpha', 'other', 'seam', 'worst', 'ms'], ...rows
  ])
}

/** Why so many pairs were not sent. */
export function reasons (notOffered: readonly NotOffered[]): string {
  const groups = Map.groupBy(notOffered, ({ provider, operation, reason }) => reason === 'operation' ? `${provider}: does not do it` : `${provider}, ${operation}: ${reason}`)
  return [...groups].map(([text, group]) => `  ${String(group.length).padStart(4)}  ${text}`).join('\n')
}

/** Over all seams of the set: the step across one over that around it. In the median it is to be no step at all. */
export function seamLine (outcomes: readonly Outcome[]): { readonly text: string, readonly isBroken: boolean } {
  const ratios = outcomes.flatMap(({ seam }) => seam === undefined || seam.pairs === 0 ? [] : [seam.across / Math.max(seam.around, seam.before, 0.01)]).toSorted((a, b) => a - b)
  const at = (share: number) => ratios[Math.min(ratios.length - 1, Math.floor(ratios.length * share))] ?? 0
  return { text: `Steps across ${ratios.length} seams over those around them: ${at(0.5).toFixed(2)} in the median, ${at(0.95).toFixed(2)} and less in nineteen of twenty`, isBroken: at(0.5) > 1 }
}

/** What is broken of one case, a line for each promise. */
export function broken ({ of: { image, wish, provider, format, emulated }, failures }: Outcome): string[] {
  return failures.map(({ aspect, detail }) =>
    `  ${image.name} (${image.class}), ${wish.operation}${wish.masked ? ' with a mask' : ''}, ${provider}${emulated ? ' (emulates)' : ''}, ${format}: ${aspect}: ${detail}`)
}

function mean (values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function columns (rows: ReadonlyArray<readonly string[]>): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row => row.map((cell, column) => column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)).join('  ')).join('\n')
}
