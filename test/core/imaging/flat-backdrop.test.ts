import t from 'tap'
import { borderPlaces, readFlatBackdrop, thinned } from '../../../core/imaging/flat-backdrop.ts'
import { draw, type Picture } from './pictures.ts'

const read = ({ data, ...size }: Picture) => readFlatBackdrop({ ...size, data: new Uint8Array(data) }, borderPlaces(size))
const at = (backdrop: ReturnType<typeof read>, x: number, y: number) => {
  const colour = new Float64Array(3)
  backdrop?.colourAt(x, y, colour)
  return [...colour].map(Math.round)
}

t.test('one colour is found though the subject covers nearly half of the border', async t => {
  const backdrop = read(draw(100, 80, 3, (x, y) => y > 25 ? [x * 2, y * 3, 90] : [20, 240, 30]))
  t.same(at(backdrop, 0, 0), [20, 240, 30])
  t.ok(backdrop !== undefined && backdrop.share > 0.4 && backdrop.share < 0.5 && backdrop.spread < 0.5)
})

t.test('a drift of light is followed', async t => {
  const backdrop = read(draw(100, 80, 3, (x, y) => x > 30 && x < 70 && y > 20 ? [200, 60, 60] : [Math.round(10 + x / 5), Math.round(200 + y / 4), 40]))
  t.same(at(backdrop, 0, 0), [10, 200, 40])
  t.same(at(backdrop, 99, 79), [30, 220, 40])
  t.ok(backdrop !== undefined && backdrop.spread < 1)
})

t.test('noise is a spread, and many colours are no flat one', async t => {
  let seed = 1
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff
  const noisy = read(draw(100, 80, 3, () => [100, 150, 200].map(value => value + Math.round(20 * (random() - 0.5)))))
  t.ok(noisy !== undefined && noisy.spread > 4 && noisy.spread < 8 && noisy.share === 1)
  const wild = read(draw(100, 80, 3, () => [random() * 255, random() * 255, random() * 255]))
  t.ok(wild === undefined || wild.share < 0.2)
})

t.test('too few places say nothing, greys and deep colours are read, places in a line have no slope', async t => {
  t.equal(read(draw(4, 4, 3, () => [1, 2, 3])), undefined)
  t.same(at(read(draw(60, 50, 1, () => [77])), 5, 5), [77, 77, 77])
  const deep = { data: new Uint16Array(60 * 50 * 3).fill(257 * 90), width: 60, height: 50, channels: 3 as const }
  t.same(at(readFlatBackdrop(deep, borderPlaces(deep)), 5, 5), [90, 90, 90])
  const line = { ...draw(60, 50, 3, x => [x, x, x]), channels: 3 as const }
  const backdrop = readFlatBackdrop({ ...line, data: new Uint8Array(line.data) }, Int32Array.from({ length: 40 }, (_, n) => n))
  t.same(at(backdrop, 50, 40), at(backdrop, 0, 0))
})

t.test('colours all over have none that enough places share', async t => {
  const rainbow = draw(8, 8, 3, (x, y) => [(x * 36) % 256, (y * 36) % 256, ((x + y) * 80) % 256])
  t.equal(readFlatBackdrop({ ...rainbow, data: new Uint8Array(rainbow.data) }, Int32Array.from({ length: 64 }, (_, n) => n)), undefined)
})

t.test('of many places some thousands are looked at', async t => {
  t.equal(thinned(Array.from({ length: 60_000 }, (_, n) => n)).length, 6000)
  t.ok(borderPlaces({ width: 4000, height: 3000 }).length <= 6000)
  t.equal(borderPlaces({ width: 10, height: 10 }).length, 36)
  t.equal(borderPlaces({ width: 2, height: 9 }).length, 18)
})
