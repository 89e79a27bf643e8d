import t from 'tap'
import { brightness, levelOf, takeSamples } from '../../../core/imaging/registration-samples.ts'
import { draw } from './pictures.ts'

const everywhere = { left: 0, top: 0, width: 40, height: 40 }
const mask = (isMasked: (x: number, y: number) => boolean) => ({ ...everywhere, pixels: Uint8Array.from({ length: 1600 }, (_, at) => isMasked(at % 40, Math.floor(at / 40)) ? 255 : 0) })
const slope = draw(40, 40, 3, (x, y) => [2 * x + y, 2 * x + y, 2 * x + y])

t.test('a sample knows its brightness, and by how much it rises', t => {
  const { count, x, y, values } = takeSamples(slope, slope, mask(() => false), everywhere)
  t.equal(count, 900, 'all but those at the border')
  for (const n of [0, 450, 899]) {
    t.ok(Math.abs(values[3 * n] - (2 * x[n] + y[n])) < 1e-9)
    t.ok(Math.abs(values[3 * n + 1] - 2) < 1e-9 && Math.abs(values[3 * n + 2] - 1) < 1e-9)
  }
  t.end()
})

t.test('what is near to the mask, transparent, or another picture is no sample', t => {
  const others = takeSamples(slope, draw(40, 40, 4, (x, y) => [0, 1, 2].map(() => x < 20 ? 255 : 2 * x + y).concat(y < 20 ? 254 : 255)), mask(x => x > 30), everywhere)
  t.ok(others.count > 0)
  for (let n = 0; n < others.count; n++) t.ok(others.x[n] >= 18 && others.x[n] <= 28 && others.y[n] >= 22, `${others.x[n]} ${others.y[n]}`)
  t.end()
})

t.test('brightness is a whole number in every depth', t => {
  const deep = { ...slope, data: Uint16Array.from(slope.data, value => value * 257) }
  t.equal(brightness(deep, 10, 10), 27 * 30 * 257)
  t.ok(Math.abs(brightness(deep, 10, 10) * levelOf(deep) - 30) < 1e-9)
  t.equal(brightness(slope, 10, 10) * levelOf(slope), 30)
  t.end()
})
