/**
 * Connected regions of a map, kept as runs: horizontal stretches of pixels. A few runs a row instead of a number a pixel
 * keep the memory small.
 */
export interface Regions {
  /** Runs of row y: from rowStart[y] to rowStart[y + 1] − 1. */
  readonly rowStart: Int32Array
  /** First pixel of a run, as an index into the map, and the one after its last. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** The region a run belongs to, named by the number of one of its runs. */
  readonly region: Int32Array
  /** By the region's name: number of pixels. */
  readonly area: Int32Array
  /** By the region's name: 1 = it reaches the border of the image. */
  readonly atBorder: Uint8Array
}

/** The regions of the pixels whose value is in `values`; pixels touch by their sides, with `corners` also by their corners. */
export function findRegions (map: Uint8Array, width: number, values: readonly number[], corners: boolean): Regions {
  const wanted = new Uint8Array(256)
  for (const value of values) wanted[value] = 1
  const { rowStart, from, to } = findRuns(map, width, wanted)
  const region = Int32Array.from(from, (_, run) => run)
  const reach = corners ? 1 : 0
  for (let y = 1; y < rowStart.length - 1; y++) {
    let above = rowStart[y - 1]
    for (let run = rowStart[y]; run < rowStart[y + 1]; run++) {
      while (above < rowStart[y] && to[above] + width + reach <= from[run]) above++
      for (let other = above; other < rowStart[y] && from[other] + width < to[run] + reach; other++) join(region, run, other)
    }
  }
  const area = new Int32Array(from.length)
  const atBorder = new Uint8Array(from.length)
  for (let y = 0; y < rowStart.length - 1; y++) {
    for (let run = rowStart[y]; run < rowStart[y + 1]; run++) {
      const root = region[run] = find(region, run)
      area[root] += to[run] - from[run]
      if (y === 0 || y === rowStart.length - 2 || from[run] === y * width || to[run] === (y + 1) * width) atBorder[root] = 1
    }
  }
  return { rowStart, from, to, region, area, atBorder }
}

/** The region of one pixel, which must lie in one. */
export function regionOf (regions: Regions, pixel: number): number {
  let low = 0
  let high = regions.from.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (regions.from[middle] <= pixel) low = middle
    else high = middle - 1
  }
  return regions.region[low]
}

/** Writes `value` into every pixel of the regions that `chosen` names. */
export function paintRegions (map: Uint8Array, regions: Regions, value: number, chosen: (region: number) => boolean): void {
  for (let run = 0; run < regions.from.length; run++) {
    if (chosen(regions.region[run])) map.fill(value, regions.from[run], regions.to[run])
  }
}

function findRuns (map: Uint8Array, width: number, wanted: Uint8Array): Pick<Regions, 'rowStart' | 'from' | 'to'> {
  let count = 0
  for (let p = 0; p < map.length; p++) {
    if (wanted[map[p]] === 1 && (p % width === 0 || wanted[map[p - 1]] === 0)) count++
  }
  const rowStart = new Int32Array(map.length / width + 1)
  const from = new Int32Array(count)
  const to = new Int32Array(count)
  count = 0
  for (let y = 0, p = 0; y < rowStart.length - 1; y++) {
    rowStart[y] = count
    for (const end = p + width; p < end;) {
      if (wanted[map[p]] === 0) { p++; continue }
      from[count] = p
      while (p < end && wanted[map[p]] === 1) p++
      to[count++] = p
    }
  }
  rowStart[rowStart.length - 1] = count
  return { rowStart, from, to }
}

function find (region: Int32Array, run: number): number {
  while (region[run] !== run) {
    region[run] = region[region[run]]
    run = region[run]
  }
  return run
}

function join (region: Int32Array, a: number, b: number): void {
  const rootA = find(region, a)
  const rootB = find(region, b)
  if (rootA < rootB) region[rootB] = rootA
  else region[rootA] = rootB
}
