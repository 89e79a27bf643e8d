import t from 'tap'
import { extentOf } from '../../../core/imaging/mask-extent.ts'
import { draw } from './pictures.ts'

const extent = async (pixel: (x: number, y: number) => number) => {
  const { data, width, height } = draw(100, 80, 1, (x, y) => [pixel(x, y)])
  return await extentOf({ pixels: data, width, height })
}

t.test('nothing and everything are exact', async t => {
  t.equal(await extent(() => 0), 0)
  t.equal(await extent(() => 255), 1)
  const trace = await extent((x, y) => x === 50 && y === 40 ? 1 : 0)
  t.ok(trace > 0 && trace < 0.01, 'a trace is more than nothing')
  const gap = await extent((x, y) => x === 50 && y === 40 ? 254 : 255)
  t.ok(gap < 1 && gap > 0.99, 'a gap is less than everything')
})

t.test('between them it is the mean, within 1/255', async t => {
  t.equal(await extent(() => 51), 0.2, 'in part')
  for (const share of [0.05, 0.3, 0.5, 0.95]) t.ok(Math.abs(await extent(x => x < share * 100 ? 255 : 0) - share) < 1 / 255, `${share}`)
})
