import t from 'tap'
import { fillGaps, type Grid } from '../../../core/imaging/tone-grid.ts'

function gridOf (columns: number, rows: number, value: (column: number, row: number) => readonly number[] | undefined, colours = 1): Grid {
  const grid = { columns, rows, colours, known: new Float32Array(columns * rows), values: new Float32Array(columns * rows * colours) }
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const values = value(column, row)
      grid.known[at] = values === undefined ? 0 : 1
      grid.values.set(values ?? [], at * colours)
    }
  }
  return grid
}

t.test('cells are filled from those around them, over any distance, and stay between them', async t => {
  const grid = gridOf(40, 30, column => column === 0 ? [10] : column === 39 ? [20] : undefined)
  fillGaps(grid)
  t.ok(grid.values.every(value => value >= 10 && value <= 20))
  const row = [...grid.values.subarray(40 * 15, 40 * 16)]
  t.ok(row[1] < 13 && row[38] > 17 && row[20] > 11 && row[20] < 19, row.map(value => value.toFixed(1)).join(' '))
  const steps = row.slice(1).map((value, at) => value - row[at])
  t.ok(Math.min(...steps) >= 0 && Math.max(...steps) < 2, 'steadily')
})

t.test('one value around a hole fills it, each colour with its own', async t => {
  const grid = gridOf(9, 9, (column, row) => Math.hypot(column - 4, row - 4) < 3 ? undefined : [3, -5, 0], 3)
  fillGaps(grid)
  for (let at = 0; at < 81; at++) {
    const [red, green, blue] = grid.values.subarray(at * 3, at * 3 + 3)
    t.ok(Math.abs(red - 3) < 1e-5 && Math.abs(green + 5) < 1e-5 && blue === 0)
  }
})

t.test('where nothing is known nothing changes, and what is known is only softened', async t => {
  const empty = gridOf(7, 5, () => undefined)
  fillGaps(empty)
  t.ok(empty.values.every(value => value === 0))
  const single = gridOf(1, 1, () => [4])
  fillGaps(single)
  t.equal(single.values[0], 4)
  const step = gridOf(6, 1, column => [column < 3 ? 0 : 9])
  fillGaps(step)
  t.same([...step.values], [0, 0, 3, 6, 9, 9])
})
