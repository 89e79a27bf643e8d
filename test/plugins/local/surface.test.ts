import t from 'tap'
import { fitSurface, median, surfaceAt, surfaceRow, type Samples } from '../../../plugins/local/surface.ts'

const size = { width: 40, height: 30 }

function sample (colour: (x: number, y: number) => readonly number[], hidden: (x: number, y: number) => boolean = () => false): Samples {
  const x: number[] = []
  const y: number[] = []
  const colours: number[] = []
  for (let j = 0; j < size.height; j += 2) {
    for (let i = 0; i < size.width; i += 2) {
      x.push(i)
      y.push(j)
      colours.push(...hidden(i, j) ? [0, 255, 0] : colour(i, j))
    }
  }
  return { x: Float64Array.from(x), y: Float64Array.from(y), colours: Float64Array.from(colours) }
}

const bowl = (x: number, y: number) => [200 - 0.1 * (x - 20) ** 2, 100 + x - y / 2, 30 + 0.05 * x * y]

t.test('finds a curved surface again, row by row and place by place', async t => {
  const { surface, spread, errors } = fitSurface(sample(bowl), size, 2, 0.5)
  const row = new Float32Array(size.width * 3)
  const colour = new Float64Array(3)
  for (let y = 0; y < size.height; y++) {
    surfaceRow(surface, y, row)
    for (let x = 0; x < size.width; x++) {
      surfaceAt(surface, x, y, colour)
      bowl(x, y).forEach((value, c) => {
        if (Math.abs(row[3 * x + c] - value) > 0.1 || Math.abs(colour[c] - value) > 0.1) t.fail(`${x},${y}: ${row[3 * x + c]}, ${colour[c]}, not ${value}`)
      })
    }
  }
  t.equal(spread, 0.5, 'no smaller than asked')
  t.ok(errors.every(error => error < 0.1))
})

t.test('a third of the samples that lie elsewhere do not pull it', async t => {
  const { surface, spread } = fitSurface(sample(() => [210, 200, 190], (x, y) => (x / 2 + y / 2) % 3 === 0), size, 1, 0.5)
  const colour = new Float64Array(3)
  surfaceAt(surface, 20, 29, colour)
  t.ok(spread < 2)
  t.ok(Math.abs(colour[0] - 210) < 1 && Math.abs(colour[1] - 200) < 1, [...colour].join())
})

t.test('begins with the samples that have a weight', async t => {
  const samples = sample(() => [210, 200, 190], x => x < 18)
  const right = Float64Array.from(samples.x, x => x >= 18 ? 1 : 0)
  const colour = new Float64Array(3)
  surfaceAt(fitSurface(samples, size, 0, 0.5, right).surface, 5, 5, colour)
  t.ok(Math.abs(colour[1] - 200) < 1)
  t.same([...right].filter(weight => weight === 1).length, right.length - 9 * 15, 'and does not write to them')
})

t.test('a surface of one pixel has that pixel\'s colour everywhere', async t => {
  const one = { x: Float64Array.of(0), y: Float64Array.of(0), colours: Float64Array.of(10, 20, 30) }
  const colour = new Float64Array(3)
  surfaceAt(fitSurface(one, { width: 1, height: 1 }, 2, 0.5).surface, 0, 0, colour)
  t.same([...colour].map(Math.round), [10, 20, 30])
})

t.test('the median is the value in the middle', async t => {
  t.equal(median(Float64Array.of(9, 1, 5)), 5)
})
