import t from 'tap'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { readTransparency, type MaskReading } from '../../../core/imaging/mask-transparency.ts'
import { draw, open, type Picture } from './pictures.ts'

const width = 20
const height = 12
const inside = (x: number, y: number) => x >= 5 && x < 11 && y >= 3 && y < 9
const paint = (pixel: (x: number, y: number) => readonly number[]) => draw(width, height, 4, pixel)
const read = async (image: Picture, reading: MaskReading = 'auto') => {
  const header = await readHeader(await open(image).png().toBuffer(), 'mask', limits)
  const { plane, warnings } = await readTransparency(header, reading)
  return { pixels: plane.pixels, warnings }
}

const box = draw(width, height, 1, (x, y) => [inside(x, y) ? 255 : 0]).data
const photo = (x: number, y: number) => [x * 12, 255 - y * 20, 90]

t.test('opaque everywhere: white = edit; asked for alpha it marks nothing', async t => {
  const canvas = paint((x, y) => inside(x, y) ? [255, 255, 255, 255] : [0, 0, 0, 255])
  t.strictSame(await read(canvas), { pixels: box, warnings: [] })
  t.strictSame(await read(canvas, 'alpha'), { pixels: Buffer.alloc(width * height), warnings: [] })
})

t.test('one colour throughout: transparent = edit', async t => {
  for (const colour of [[0, 0, 0], [255, 255, 255], [255, 0, 0]]) {
    const holes = paint((x, y) => [...colour, inside(x, y) ? 0 : 255])
    t.strictSame(await read(holes), { pixels: box, warnings: ['mask: transparent pixels are edited, as its colour is the same everywhere'] })
  }
})

t.test('partly transparent edits in part', async t => {
  const soft = paint(x => [0, 0, 0, x * 12])
  t.strictSame((await read(soft)).pixels, draw(width, height, 1, x => [255 - x * 12]).data)
})

t.test('nothing but black is visible: transparent = edit, whatever colour hides there', async t => {
  const holes = paint((x, y) => inside(x, y) ? [255, 255, 255, 0] : [0, 0, 0, 255])
  t.strictSame(await read(holes), { pixels: box, warnings: ['mask: transparent pixels are edited, as nothing else in it is lighter than black'] })
})

t.test('a picture with holes cut out: transparent = edit', async t => {
  for (const hidden of [[0, 0, 0], [255, 0, 255]]) {
    const holes = paint((x, y) => inside(x, y) ? [...hidden, 0] : [...photo(x, y), 255])
    t.strictSame(await read(holes), { pixels: box, warnings: ['mask: transparent pixels are edited, as its colours are no greys'] })
  }
})

t.test('white painted on nothing: white = edit, transparent = keep', async t => {
  const strokes = paint((x, y) => inside(x, y) ? [255, 255, 255, 255] : [0, 0, 0, 0])
  t.strictSame(await read(strokes), { pixels: box, warnings: [] })
  const soft = paint((x, y) => inside(x, y) ? [255, 255, 255, 100] : [0, 0, 0, 0])
  t.equal(Math.max(...(await read(soft)).pixels), 100)
})

t.test('greys and transparency together: laid over black', async t => {
  const mixed = paint(x => x < 7 ? [200, 200, 200, 255] : x < 14 ? [200, 200, 200, 0] : [40, 40, 40, 255])
  const { pixels, warnings } = await read(mixed)
  t.strictSame(pixels, draw(width, height, 1, x => [x < 7 ? 200 : x < 14 ? 0 : 40]).data)
  t.strictSame(warnings, [])
})

t.test('neither compression noise nor the colour of what is invisible makes greys colourful', async t => {
  const noisy = paint((x, y) => inside(x, y) ? [250, 255, 246, 255] : x < 3 ? [0, 6, 2, 255] : [255, 0, 0, 0])
  const { pixels, warnings } = await read(noisy)
  t.strictSame(warnings, [])
  t.ok(pixels[4 * width + 7] > 240 && pixels[0] < 10 && pixels[11 * width + 19] === 0)
})

t.test('asked for alpha, transparent = edit whatever the colours, without a warning', async t => {
  const strokes = paint((x, y) => inside(x, y) ? [255, 255, 255, 0] : [photo(x, y)[0], 0, 0, 255])
  t.strictSame(await read(strokes, 'alpha'), { pixels: box, warnings: [] })
  const greys = paint((x, y) => inside(x, y) ? [0, 0, 0, 0] : [255, 255, 255, 255])
  t.strictSame(await read(greys, 'alpha'), { pixels: box, warnings: [] })
})

t.test('transparent everywhere: everything is edited', async t => {
  t.ok((await read(paint(() => [0, 0, 0, 0]))).pixels.every(value => value === 255))
  t.ok((await read(paint((x, y) => [...photo(x, y), 0]))).pixels.every(value => value === 255))
})

t.test('grey with alpha reads as RGB with alpha does', async t => {
  const holes = draw(width, height, 2, (x, y) => [0, inside(x, y) ? 0 : 255])
  t.strictSame((await read(holes)).pixels, box)
  const mixed = draw(width, height, 2, (x, y) => inside(x, y) ? [200, 255] : [x, 0])
  t.strictSame(await read(mixed), { pixels: Buffer.from(box.map(value => value && 200)), warnings: [] })
})
