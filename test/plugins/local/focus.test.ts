import t from 'tap'
import { blurPixels, sharpenPixels } from '../../../plugins/local/focus.ts'
import { at, flat, paint } from './swatches.ts'

const edge = paint(64, 64, x => x < 32 ? [220, 30, 30] : [30, 200, 40])

t.test('blurring mixes what lies side by side, and nothing else', async t => {
  const blurred = await blurPixels(edge, 1)
  t.same(at(blurred, 2, 32), at(edge, 2, 32))
  t.not(at(blurred, 31, 32), at(edge, 31, 32))
  t.same(await blurPixels(flat(20, 10, [13, 140, 250]), 1), flat(20, 10, [13, 140, 250]))
})

t.test('colours mix as light does: no dark seam between red and green', async t => {
  const [red, green] = at(await blurPixels(edge, 1), 31, 32)
  t.ok(red > 175 && green > 115, `${red}, ${green}`)
})

t.test('blurring looks the same in every size', async t => {
  const picture = (scale: number) => paint(64 * scale, 64 * scale, x => x < 32 * scale ? [200, 200, 200] : [20, 20, 20])
  const small = await blurPixels(picture(1), 1)
  const large = await blurPixels(picture(8), 1)
  for (const x of [28, 30, 33, 36]) t.ok(Math.abs(at(small, x, 32)[0] - at(large, x * 8 + 4, 256)[0]) < 14, `at ${x}`)
})

t.test('a wide blur is smooth', async t => {
  const blurred = await blurPixels(paint(640, 480, x => x < 320 ? [250, 250, 250] : [5, 5, 5]), 1)
  const levels = Array.from({ length: 80 }, (_, index) => at(blurred, 280 + index, 240)[0])
  levels.slice(1).forEach((level, index) => t.ok(level <= levels[index] && levels[index] - level < 22, `${levels[index]} then ${level}`))
})

t.test('transparent pixels lend no colour, and alpha stays as it is', async t => {
  const cut = paint(64, 64, x => x < 32 ? [220, 30, 30] : [0, 255, 0, 0])
  const blurred = await blurPixels(cut, 1)
  t.same(at(blurred, 31, 32), [220, 30, 30, 255])
  t.same(at(blurred, 33, 32), [0, 255, 0, 0])
  const sharp = await sharpenPixels(cut, 1)
  t.same(sharp, cut)
})

t.test('half transparent pixels count half', async t => {
  const veil = paint(64, 64, x => x < 32 ? [0, 0, 0] : [255, 255, 255, 51])
  const solid = paint(64, 64, x => x < 32 ? [0, 0, 0] : [255, 255, 255])
  t.ok(at(await blurPixels(veil, 1), 31, 32)[0] < at(await blurPixels(solid, 1), 31, 32)[0] - 40)
  t.equal(at(await blurPixels(veil, 1), 40, 32)[3], 51)
})

t.test('works on the smallest images', async t => {
  for (const [width, height] of [[1, 1], [1, 7], [3, 1]]) {
    t.same(await blurPixels(flat(width, height, [9, 8, 7]), 0.3), flat(width, height, [9, 8, 7]))
    t.same(await sharpenPixels(flat(width, height, [9, 8, 7]), 0.3), flat(width, height, [9, 8, 7]))
  }
})

t.test('sharpening steepens edges without changing their colours or what is plain', async t => {
  const soft = paint(64, 64, x => { const level = Math.min(180, Math.max(80, 80 + (x - 30) * 25)); return [level, level, level] })
  const sharp = await sharpenPixels(soft, 0.4)
  t.ok(at(sharp, 30, 32)[0] < 76 && at(sharp, 34, 32)[0] > 184, 'it overshoots a little')
  t.same(at(sharp, 5, 32), at(soft, 5, 32))
  for (let x = 0; x < 64; x++) t.equal(at(sharp, x, 32)[0], at(sharp, x, 32)[2])
  const stronger = await sharpenPixels(soft, 1)
  t.ok(at(stronger, 30, 32)[0] < at(sharp, 30, 32)[0])
  t.ok(at(stronger, 30, 32)[0] > 80 - 46, 'but is held back')
})

t.test('sharpening leaves faint noise alone', async t => {
  const noisy = paint(64, 64, (x, y) => { const level = 120 + (x * 7 + y * 13) % 2; return [level, level, level] })
  t.same(await sharpenPixels(noisy, 0.4), noisy)
})

t.test('does not write to the image', async t => {
  const before = [...edge.data]
  await blurPixels(edge, 1)
  await sharpenPixels(edge, 1)
  t.same([...edge.data], before)
})
