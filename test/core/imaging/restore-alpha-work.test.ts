import sharp from 'sharp'
import t from 'tap'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits } from '../../../core/imaging/limits.ts'
import type { Packed } from '../../../core/imaging/packed.ts'
import { restoreAlphaOfImage } from '../../../core/imaging/restore-alpha-work.ts'
import { corrupt, draw, open, pixelsOf } from './pictures.ts'

const [width, height] = [120, 90]
const alphaAt = (x: number, y: number) => Math.round(255 * Math.min(1, Math.max(0, 30.5 - Math.hypot(x - 60, y - 50))))
const colourAt = (x: number, y: number) => [200 - x, 60 + y, 90]
const image = await open(draw(width, height, 4, (x, y) => [...colourAt(x, y), alphaAt(x, y)])).png().toBuffer()
const isHat = (x: number, y: number) => x >= 45 && x < 75 && y >= 6 && y < 16
/** As a model hands it back: on a flat ground, darker, with a hat that is new. */
const painted = (ground: (x: number, y: number) => readonly number[]) => open(draw(width, height, 3, (x, y) => {
  if (isHat(x, y)) return [30, 60, 220]
  const share = alphaAt(x, y) / 255
  return colourAt(x, y).map((value, channel) => Math.round(value * 0.8 * share + ground(x, y)[channel] * (1 - share)))
})).png().toBuffer()

const pngOf = (picture: Packed) => Buffer.from('png' in picture ? picture.png : [])

async function restored (result: Buffer, source = image as Buffer, anew = false) {
  const read = async (bytes: Buffer) => await readHeader(bytes, 'image', defaultImageLimits)
  const size = { width, height }
  const made = await restoreAlphaOfImage({ image: await read(source), result: await read(result), reshape: {}, size, place: { left: 0, top: 0, ...size }, further: { anew, flattened: false } })
  if (!('picture' in made)) return { made, at: () => [] }
  const data = 'raw' in made.picture ? made.picture.raw.data : (await pixelsOf(pngOf(made.picture))).data
  return { made, at: (x: number, y: number) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)] }
}

t.test('what was transparent is so again, what was opaque is as the model made it, and what is new stays', async t => {
  for (const ground of [[255, 255, 255], [0, 0, 0], [120, 130, 90]] as const) {
    const { made, at } = await restored(await painted(() => ground))
    t.match(made, { alpha: true, profiled: false, warnings: [] })
    t.same([at(0, 0), at(119, 89)], [[0, 0, 0, 0], [0, 0, 0, 0]])
    t.same(at(60, 50), [...colourAt(60, 50).map(value => Math.round(value * 0.8)), 255])
    t.same(at(60, 10), [30, 60, 220, 255], 'a hat')
    for (let x = 0; x < width; x++) t.equal(at(x, 50)[3], alphaAt(x, 50))
  }
})

t.test('soft edges are freed of the ground', async t => {
  const { at } = await restored(await painted(() => [255, 255, 255]))
  const places = Array.from({ length: width * height }, (_, n) => [n % width, Math.floor(n / width)] as const)
  const soft = places.filter(([x, y]) => alphaAt(x, y) > 80 && alphaAt(x, y) < 200)
  t.ok(soft.length > 20)
  for (const [x, y] of soft) t.ok(Math.abs((at(x, y)[0] ?? 0) - (200 - x) * 0.8) < 4)
})

t.test('a scene in place of the transparent part is no ground, and an image without one has none', async t => {
  t.match((await restored(await painted((x, y) => [(x * 37) % 256, (y * 41) % 256, 100]))).made, { uneven: true })
  const opaque = await open(draw(width, height, 3, colourAt)).png().toBuffer()
  t.match((await restored(opaque, opaque)).made, { uneven: true })
  t.match((await restored(image)).made, { uneven: true }, 'the result has transparency of its own')
  const nothing = await open(draw(width, height, 4, () => [9, 9, 9, 0])).png().toBuffer()
  t.match((await restored(await painted(() => [255, 255, 255]), nothing)).made, { uneven: true }, 'all is new')
})

t.test('sixteen bits stay sixteen', async t => {
  const deep = async (bytes: Buffer, factor: number) => {
    const { data, channels } = await pixelsOf(bytes)
    return await sharp(Uint16Array.from(data, value => value * factor), { raw: { width, height, channels } }).toColourspace('rgb16').png().toBuffer()
  }
  const { at } = await restored(await deep(await painted(() => [255, 255, 255]), 257), await deep(image, 257))
  t.same([at(0, 0)[3], at(60, 50)[3], at(60, 10)[3]], [0, 255, 255])
})

t.test('what does not decode is said', async t => {
  const whole = await painted(() => [255, 255, 255])
  t.same((await restored(corrupt(whole, whole.indexOf('IDAT') + 9, 12))).made, { damaged: 'result' })
})

t.test('what is encoded anew at once comes as mere pixels', async t => {
  const result = await painted(() => [255, 255, 255])
  const [small, plain] = [await restored(result), await restored(result, image, true)]
  t.match([small.made, plain.made], [{ picture: { png: Uint8Array } }, { picture: { raw: { width, height, channels: 4 } } }])
  for (const [x, y] of [[0, 0], [20, 15], [width - 1, height - 1]] as const) t.same(plain.at(x, y), small.at(x, y))
})
