export function median (values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

/** The smallest value that so large a share of them does not exceed; with few values the largest one. */
export function quantile (values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN
}

export function range (values: readonly number[], digits = 0): string {
  return `${median(values).toFixed(digits)} [${Math.min(...values).toFixed(digits)}..${Math.max(...values).toFixed(digits)}]`
}

/** What was measured together is divided by each other: noise that lasts longer than one repetition is in both. */
export function pairedRatio (values: readonly number[], by: readonly number[]): number {
  return median(values.map((value, repetition) => value / (by[repetition] ?? NaN)))
}

/** The list, begun at another place each time: nobody always goes first, or always after the same one. */
export function rotated<T> (list: readonly T[], by: number): T[] {
  const start = list.length === 0 ? 0 : by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}
