/** What a cell is: not part of the problem, given, or to be found. */
export const outside = 0
export const fixed = 1
export const free = 2

/** A grid of cells with four values each, row by row. */
export interface Membrane {
  readonly width: number
  readonly height: number
  readonly kind: Uint8Array
  readonly values: Float32Array
  /** By cell and value: how much larger the value of the cell to the right ought to be. */
  readonly right: Float32Array
  /** By cell and value: how much larger the value of the cell below ought to be. */
  readonly down: Float32Array
}

export function createMembrane (width: number, height: number): Membrane {
  const cells = width * height
  return {
    width,
    height,
    kind: new Uint8Array(cells),
    values: new Float32Array(cells * 4),
    right: new Float32Array(cells * 4),
    down: new Float32Array(cells * 4)
  }
}

/**
 * Finds the free cells' values, so that the steps between neighbours come as near as can be to the wanted ones (the
 * discrete Poisson equation). Where none are wanted that is the smoothest surface through the fixed cells, as a soap film
 * in a frame. Cells outside have no influence. With a decay (1 / cells) values fall to zero away from the fixed cells.
 */
export function diffuse (membrane: Membrane, decay = 0): void {
  const { width, height, kind, values } = membrane
  if (Math.max(width, height) > 4) {
    const coarse = coarsen(membrane)
    diffuse(coarse, decay * 2)
    for (let y = 0, p = 0; y < height; y++) {
      for (let x = 0; x < width; x++, p++) {
        if (kind[p] !== free) continue
        const q = ((y >> 1) * coarse.width + (x >> 1)) * 4
        for (let c = 0; c < 4; c++) values[p * 4 + c] = coarse.values[q + c]
      }
    }
  }
  for (let sweep = 0; sweep < 16; sweep++) relax(membrane, decay * decay, sweep % 2 === 0)
}

/** Half the size. A coarse cell is fixed where one below it is: the frame must not move inward. */
function coarsen ({ width, height, kind, values, right, down }: Membrane): Membrane {
  const coarse = createMembrane((width + 1) >> 1, (height + 1) >> 1)
  const counts = new Uint8Array(coarse.kind.length)
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      const q = (y >> 1) * coarse.width + (x >> 1)
      if (kind[p] === free && counts[q] === 0) coarse.kind[q] = free
      if (kind[p] === fixed) {
        coarse.kind[q] = fixed
        counts[q]++
        for (let c = 0; c < 4; c++) coarse.values[q * 4 + c] += (values[p * 4 + c] - coarse.values[q * 4 + c]) / counts[q]
      }
      // A step inside a coarse cell is half of the way to either neighbour; next to a fixed cell it is all on the free side.
      const ahead = x % 2 === 1 ? 1 : shareAhead(kind[p], x + 1 < width ? kind[p + 1] : kind[p])
      const below = y % 2 === 1 ? 1 : shareAhead(kind[p], y + 1 < height ? kind[p + width] : kind[p])
      for (let c = 0; c < 4; c++) {
        const across = right[p * 4 + c] / 2
        const along = down[p * 4 + c] / 2
        coarse.right[q * 4 + c] += across * ahead
        if (x > 1) coarse.right[(q - 1) * 4 + c] += across * (1 - ahead)
        coarse.down[q * 4 + c] += along * below
        if (y > 1) coarse.down[(q - coarse.width) * 4 + c] += along * (1 - below)
      }
    }
  }
  return coarse
}

function shareAhead (from: number, to: number): number {
  if (from === fixed && to === free) return 1
  return from === free && to === fixed ? 0 : 0.5
}

/** One sweep of successive over-relaxation, forward or backward. */
function relax ({ width, height, kind, values, right, down }: Membrane, pull: number, forward: boolean): void {
  const cells = width * height
  const speed = 1.5
  for (let n = 0; n < cells; n++) {
    const p = forward ? n : cells - 1 - n
    if (kind[p] !== free) continue
    const x = p % width
    const west = x > 0 && kind[p - 1] !== outside
    const east = x < width - 1 && kind[p + 1] !== outside
    const north = p >= width && kind[p - width] !== outside
    const south = p < cells - width && kind[p + width] !== outside
    const weight = +west + +east + +north + +south + pull
    if (weight === 0) continue
    for (let c = p * 4; c < p * 4 + 4; c++) {
      let sum = 0
      if (west) sum += values[c - 4] + right[c - 4]
      if (east) sum += values[c + 4] - right[c]
      if (north) sum += values[c - width * 4] + down[c - width * 4]
      if (south) sum += values[c + width * 4] - down[c]
      values[c] += speed * (sum / weight - values[c])
    }
  }
}
