/** Values of a coarse grid, some of them known. */
export interface Grid {
  readonly columns: number
  readonly rows: number
  /** Values of a cell. */
  readonly colours: number
  /** How much of each cell is known; 0 = nothing. */
  readonly known: Float32Array
  readonly values: Float32Array
}

/**
 * Fills the cells of which nothing is known from those around them, smoothly over any distance: each takes the value of the
 * grid at half its resolution, which is filled in the same way. Then softens all steps between neighbours.
 */
export function fillGaps (grid: Grid): void {
  fill(grid)
  soften(grid)
}

function fill ({ columns, rows, colours, known, values }: Grid): void {
  if (!known.includes(0) || (columns === 1 && rows === 1)) return
  const coarse = halve({ columns, rows, colours, known, values })
  fill(coarse)
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      if (known[at] > 0) continue
      for (let colour = 0; colour < colours; colour++) values[at * colours + colour] = sample(coarse, column / 2 - 0.25, row / 2 - 0.25, colour)
    }
  }
}

/** Each cell is the mean of up to four, weighted by how much of each is known. */
function halve (grid: Grid): Grid {
  const { colours } = grid
  const columns = Math.ceil(grid.columns / 2)
  const rows = Math.ceil(grid.rows / 2)
  const known = new Float32Array(columns * rows)
  const values = new Float32Array(columns * rows * colours)
  for (let row = 0, from = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++, from++) {
      const at = (row >> 1) * columns + (column >> 1)
      known[at] += grid.known[from]
      for (let colour = 0; colour < colours; colour++) values[at * colours + colour] += grid.values[from * colours + colour] * grid.known[from]
    }
  }
  for (let at = 0; at < known.length; at++) {
    for (let colour = 0; colour < colours && known[at] > 0; colour++) values[at * colours + colour] /= known[at]
  }
  return { columns, rows, colours, known, values }
}

function sample ({ columns, rows, colours, values }: Grid, x: number, y: number, colour: number): number {
  const [across, down] = [Math.min(columns - 1, Math.max(0, x)), Math.min(rows - 1, Math.max(0, y))]
  const [left, top] = [Math.floor(across), Math.floor(down)]
  const [right, bottom] = [Math.min(columns - 1, left + 1), Math.min(rows - 1, top + 1)]
  const value = (column: number, row: number) => values[(row * columns + column) * colours + colour]
  const upper = value(left, top) + (value(right, top) - value(left, top)) * (across - left)
  const lower = value(left, bottom) + (value(right, bottom) - value(left, bottom)) * (across - left)
  return upper + (lower - upper) * (down - top)
}

/** The mean of each cell and its neighbours, first along the rows, then along the columns. */
function soften ({ columns, rows, colours, values }: Grid): void {
  for (const [lines, length, stride, step] of [[rows, columns, columns, 1], [columns, rows, 1, columns]]) {
    for (let line = 0; line < lines; line++) {
      for (let colour = 0; colour < colours; colour++) {
        const at = (n: number) => (line * stride + n * step) * colours + colour
        let before = values[at(0)]
        for (let n = 0; n < length; n++) {
          const here = values[at(n)]
          values[at(n)] = (before + here + values[at(Math.min(length - 1, n + 1))]) / 3
          before = here
        }
      }
    }
  }
}
