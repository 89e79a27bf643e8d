import t from 'tap'
import { generalEdit } from '../../../plugins/local/general-edit.ts'
import type { Raster } from '../../../plugins/local/raster.ts'
import { at, flat, paint, pixels } from './swatches.ts'

const image = paint(12, 8, (x, y) => [x * 20, y * 30, (x * y) % 256, 255 - x])
const edit = async (prompt: string, picture: Raster = image, mask?: Uint8Array) =>
  await generalEdit(picture, { prompt, parameters: {}, ...mask && { mask } })

t.test('refuses what the vocabulary does not have', async t => {
  await t.rejects(edit('add a dragon'), { name: 'Refusal', message: /^"dragon" is not in the vocabulary/ })
  await t.rejects(async () => await generalEdit(image, { parameters: {} }), { name: 'Refusal', message: /names no local edit/ })
})

t.test('carries out the steps in their order', async t => {
  const then = await edit('darker by 100 %, then invert')
  const first = await edit('invert, then darker by 100 %')
  t.same(then, await edit('invert', await edit('darker by 100 %')))
  t.not(pixels(then).join(), pixels(first).join())
})

t.test('blurs and sharpens', async t => {
  const dot = paint(64, 64, (x, y) => x === 32 && y === 32 ? [255, 255, 255] : [60, 60, 60])
  const blurred = await edit('blur by 100 %', dot)
  t.ok(at(blurred, 33, 32)[0] > 60)
  t.ok(at(await edit('sharpen strongly', blurred), 32, 32)[0] > at(blurred, 32, 32)[0])
})

t.test('turns by quarters without touching a pixel, and swaps the sides', async t => {
  const right = await edit('rotate right')
  t.match(right, { width: 8, height: 12 })
  t.same(at(right, 7, 0), at(image, 0, 0))
  t.same(at(right, 0, 11), at(image, 11, 7))
  t.same(pixels(await edit('rotate left', right)), pixels(image))
  t.same(at(await edit('turn it upside down'), 11, 7), at(image, 0, 0))
})

t.test('mirrors without touching a pixel', async t => {
  t.same(at(await edit('mirror'), 11, 3), at(image, 0, 3))
  t.same(at(await edit('flip vertically'), 4, 7), at(image, 4, 0))
  t.same(pixels(await edit('flip vertically, then flip vertically')), pixels(image))
})

t.test('another angle enlarges the canvas with transparency and leaves no fringe', async t => {
  const turned = await edit('rotate by 30 degrees', flat(80, 60, [200, 30, 40]))
  t.match(turned, { width: 99, height: 92 })
  t.same(at(turned, 0, 0), [0, 0, 0, 0])
  const seen = pixels(turned).filter(([, , , alpha]) => alpha > 8)
  t.same(seen.filter(([red, green, blue]) => Math.abs(red - 200) + Math.abs(green - 30) + Math.abs(blue - 40) > 6), [])
  t.ok(Math.abs(seen.reduce((sum, [, , , alpha]) => sum + alpha, 0) / 255 - 80 * 60) < 30, 'nothing is cut off')
})

t.test('turns clockwise unless told otherwise', async t => {
  const corner = paint(60, 60, (x, y) => x < 20 && y < 20 ? [255, 255, 255] : [0, 0, 0])
  const centre = async (prompt: string) => {
    const { width, height, data } = await edit(prompt, corner)
    let x = 0; let y = 0; let sum = 0
    for (let pixel = 0; pixel < width * height; pixel++) {
      x += (pixel % width) * data[pixel * 4]
      y += Math.floor(pixel / width) * data[pixel * 4]
      sum += data[pixel * 4]
    }
    return [x / sum / width, y / sum / height]
  }
  const [right, above] = await centre('rotate by 80 degrees')
  t.ok(right > 0.6 && above < 0.4)
  const [left, below] = await centre('rotate left by 80 degrees')
  t.ok(left < 0.4 && below > 0.6)
})

t.test('refuses a rotation whose canvas would be enormous', async t => {
  const strip = { data: new Uint8Array(4 * 30_000), width: 30_000, height: 1 }
  await t.rejects(edit('rotate by 45 degrees', strip), { name: 'Refusal', message: 'rotated by 45 degrees the image needs 450 megapixels; up to 100 are done' })
})

t.test('a mask restricts the edit, softly, and every other pixel stays bit by bit', async t => {
  const mask = Uint8Array.from({ length: 96 }, (_, index) => [0, 128, 255][index % 3])
  const whole = await edit('invert')
  const masked = await edit('invert', image, mask)
  pixels(masked).forEach((pixel, index) => {
    const before = pixels(image)[index]
    const after = pixels(whole)[index]
    if (index % 3 === 0) t.same(pixel, before)
    else if (index % 3 === 2) t.same(pixel, after)
    else t.same(pixel, before.map((level, channel) => Math.round(level + (after[channel] - level) * 128 / 255)))
  })
})

t.test('refuses to turn or mirror a part of the image', async t => {
  const mask = new Uint8Array(96).fill(255)
  await t.rejects(edit('darker and rotate left', image, mask), { name: 'Refusal', message: 'cannot rotate a part of the image: leave the mask out' })
  await t.rejects(edit('mirror', image, mask), { name: 'Refusal', message: /^cannot mirror/ })
})

t.test('does not write to the image', async t => {
  const before = [...image.data]
  await edit('sepia, blur, sharpen, rotate left, mirror, rotate by 3 degrees')
  t.same([...image.data], before)
})
