import type { Cells } from './gate-cells.ts'
import { fillGaps, type Grid } from './tone-grid.ts'

/**
 * The picture as it would be if somebody had erased all that is masked, with nothing but the colours around it, smoothly. How far a picture
 * is from it tells whether there was anything to erase.
 * @param parts of each cell: 0 = it is not masked at all
 */
export function evened ({ columns, rows, lab }: Cells, parts: Uint8Array): Cells {
  const isFree = (cell: number) => {
    const [column, row] = [cell % columns, Math.floor(cell / columns)]
    // The next cells may have a part of what is masked: masks are drawn close.
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) if (parts[y * columns + x] === 2) return false
    }
    return parts[cell] === 0
  }
  const known = Float32Array.from(parts, (_, cell) => isFree(cell) ? 1 : 0)
  if (!known.includes(1)) return { columns, rows, lab: meanOf(lab) }
  const grid: Grid = { columns, rows, colours: 3, known, values: Float32Array.from(lab) }
  fillGaps(grid)
  return { columns, rows, lab: grid.values }
}

/** Where all is masked there is but the one colour that is the mean. */
function meanOf (lab: Float32Array): Float32Array {
  const mean = [0, 0, 0]
  for (let at = 0; at < lab.length; at++) mean[at % 3] += lab[at] * 3 / lab.length
  return lab.map((_, at) => mean[at % 3])
}
