import sharp from 'sharp'
import t from 'tap'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import type { Packed } from '../../../core/imaging/packed.ts'
import { compareWithImage, preserveImage, type Comparison } from '../../../core/imaging/preserve-work.ts'
import { corrupt, deepPng, draw, greyProfile, open, picture, samplesOf, type Picture } from './pictures.ts'

const width = 40
const height = 30
const box = (x: number, y: number) => x >= 10 && x < 30 && y >= 8 && y < 22
const further = { anew: false, flattened: false }
const mask = { pixels: draw(width, height, 1, (x, y) => [box(x, y) ? 255 : 0]).data, width, height }
const png = async (image: Picture) => await open(image).png().toBuffer()
const flat = async (colour: readonly number[], size = { width, height }) =>
  await png(draw(size.width, size.height, colour.length as Picture['channels'], () => colour)) // as many as a test writes

async function comparisonOf (image: Buffer, result: Buffer, changes: Partial<Comparison> = {}): Promise<Comparison> {
  const headers = { image: await readHeader(image, 'image', limits), result: await readHeader(result, 'result', limits) }
  return { ...headers, reshape: {}, size: { width, height }, place: { left: 0, top: 0, width, height }, mask, ...changes }
}

async function preserved (image: Buffer, result: Buffer, changes: Partial<Comparison> = {}) {
  const answer = await preserveImage({ ...await comparisonOf(image, result, changes), further })
  if ('damaged' in answer) throw new TypeError(`the ${answer.damaged} does not decode`)
  return { ...answer, png: pngOf(answer.picture) }
}

function pngOf (picture: Packed): Uint8Array {
  if (!('png' in picture)) throw new TypeError('it is no PNG')
  return picture.png
}

/** Pixels of one that differ from the other's, by where they are. */
async function differences (a: Uint8Array, b: Buffer, space: 'srgb' | 'b-w' = 'srgb') {
  const [one, other] = await Promise.all([a, b].map(bytes => sharp(bytes, { ignoreIcc: true }).toColourspace(space).raw().toBuffer()))
  const channels = one.length / (width * height)
  const count = { masked: 0, unmasked: 0 }
  for (let pixel = 0; pixel < width * height; pixel++) {
    const place = pixel * channels
    if (one.subarray(place, place + channels).equals(other.subarray(place, place + channels))) continue
    count[mask.pixels[pixel] > 0 ? 'masked' : 'unmasked']++
  }
  return count
}

t.test('what is not masked is the image\'s, of any kind; what is masked is the result\'s', async t => {
  const images: Array<[string, Buffer]> = [
    ['RGB', await png(picture(width, height))],
    ['RGBA', await png(picture(width, height, 4))],
    ['grey', await png(picture(width, height, 1))],
    ['JPEG', await open(picture(width, height)).jpeg().toBuffer()],
    ['WebP', await open(picture(width, height, 4)).webp({ lossless: true }).toBuffer()],
    ['AVIF', await open(picture(width, height)).avif({ effort: 0 }).toBuffer()]
  ]
  for (const [name, image] of images) {
    const answer = await preserved(image, await flat([255, 0, 200]))
    const { unmasked, masked } = await differences(answer.png, image)
    t.equal(unmasked, 0, name)
    t.ok(masked > 200, name)
    t.match(answer, { total: 920, alpha: ['RGBA', 'WebP'].includes(name) })
    t.ok(answer.changed > 900, `${answer.changed}`)
  }
})

t.test('16 bits stay to the last one', async t => {
  for (const channels of [1, 3] as const) {
    const image = await deepPng(width, height, channels)
    const space = channels === 1 ? 'grey16' : 'rgb16'
    const [before, after] = [await samplesOf(image, space), await samplesOf(Buffer.from((await preserved(image, await flat([90, 90, 90]))).png), space)]
    t.ok(mask.pixels.every((part, pixel) => part > 0 || [0, 1, 2].slice(0, channels).every(channel => before[pixel * channels + channel] === after[pixel * channels + channel])))
    t.ok(Math.abs(after[(15 * width + 20) * channels] / 257 - 90) < 8, `${after[(15 * width + 20) * channels] / 257}`)
  }
  const image = await deepPng(width, height, 3)
  const result = await sharp(await samplesOf(image), { raw: { width, height, channels: 3 } }).toColourspace('rgb16').linear(1, 50).png().toBuffer()
  t.same((await samplesOf(Buffer.from((await preserved(image, result)).png)))[(15 * width + 20) * 3], (await samplesOf(result))[(15 * width + 20) * 3], 'also of a result')
})

t.test('the colour profile stays, and a result in sRGB is brought into it', async t => {
  const image = await open(draw(width, height, 3, x => [x * 6, 100, 50])).withIccProfile('p3').png().toBuffer()
  const { png: bytes, profiled } = await preserved(image, await flat([200, 40, 40]))
  t.equal(profiled, true)
  t.same((await sharp(bytes).metadata()).icc, (await sharp(image).metadata()).icc)
  t.equal((await differences(bytes, image)).unmasked, 0)
  const [red, green] = (await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()).subarray((15 * width + 20) * 3)
  t.ok(Math.abs(red - 184) <= 2 && Math.abs(green - 56) <= 2, `${red} ${green}`)
  const same = await preserved(image, image)
  t.same([same.changed, await differences(same.png, image)], [0, { masked: 0, unmasked: 0 }], 'a result in it is as it is')
})

t.test('a result in another profile is brought into sRGB', async t => {
  const image = await flat([10, 20, 30])
  const { png: bytes } = await preserved(image, await open(draw(width, height, 3, () => [200, 40, 40])).withIccProfile('p3').png().toBuffer())
  const [red, green] = (await sharp(bytes).raw().toBuffer()).subarray((15 * width + 20) * 3)
  t.ok(Math.abs(red - 200) <= 1 && Math.abs(green - 40) <= 1, `${red} ${green}`)
})

t.test('a grey image stays grey, in its profile; only colour makes it RGB', async t => {
  const profile = await greyProfile(t.testdir())
  const grey = draw(width, height, 1, x => [x * 2])
  const image = await open(grey).withIccProfile(profile).toColourspace('b-w').png().toBuffer()
  const stays = await preserved(image, await flat([128, 128, 128]))
  t.match(await sharp(stays.png).metadata(), { channels: 1, hasProfile: true })
  t.equal((await differences(stays.png, image, 'b-w')).unmasked, 0)
  t.equal((await sharp(stays.png, { ignoreIcc: true }).toColourspace('b-w').raw().toBuffer())[15 * width + 20], 174, 'the result in it')

  const coloured = await preserved(image, await flat([200, 40, 40]))
  t.match(await sharp(coloured.png).metadata(), { channels: 3, hasProfile: false })
  t.match(coloured, { profiled: false, warnings: ['result: its colour profile is sRGB, as it has colours and "Dark Grey" is for greys'] })
  const plain = await png(grey)
  const { png: bytes, warnings } = await preserved(plain, await flat([200, 40, 40]))
  t.same([(await differences(bytes, plain)).unmasked, warnings], [0, []])
})

t.test('transparency of the image is kept where a result has none, but a hole is filled', async t => {
  const half = await flat([10, 20, 30, 128])
  const kept = await preserved(half, await flat([200, 40, 40]))
  t.same([...(await sharp(kept.png).raw().toBuffer()).subarray((15 * width + 20) * 4, (15 * width + 20) * 4 + 4)], [200, 40, 40, 128])
  t.same(kept.warnings, ['result: it has no transparency, so that of the image is kept'])
  const holed = await png(draw(width, height, 4, (x, y) => [10, 20, 30, box(x, y) ? 0 : 255]))
  const filled = await preserved(holed, await flat([200, 40, 40]))
  t.equal((await sharp(filled.png).raw().toBuffer())[(15 * width + 20) * 4 + 3], 255)
  t.same(filled.warnings, [])
})

t.test('an outpainting has the image in its place, and what is around it is the result\'s', async t => {
  const image = await png(picture(width, height))
  const size = { width: 60, height: 44 }
  const place = { left: 12, top: 9, width, height }
  for (const deep of [false, true]) {
    const source = deep ? await deepPng(width, height, 3) : image
    const answer = await preserved(source, await flat([255, 0, 200], size), { size, place, mask: undefined })
    t.match(await sharp(answer.png).metadata(), size)
    const middle = await sharp(answer.png).extract(place).toColourspace(deep ? 'rgb16' : 'srgb').png().toBuffer()
    t.same(await samplesOf(middle), await samplesOf(source))
    t.same([...(await sharp(answer.png).toColourspace('srgb').raw().toBuffer()).subarray(0, 3)].map(value => Math.abs(value - 128) > 60), [true, true, true])
    t.equal(answer.total, width * height)
  }
  const upwards = await preserved(image, await flat([255, 0, 200], { width, height: 35 }), { size: { width, height: 35 }, place: { left: 0, top: 5, width, height }, mask: undefined })
  t.ok((await sharp(upwards.png).raw().toBuffer()).subarray(5 * width * 3).equals(picture(width, height).data))
})

t.test('what is encoded anew at once comes as mere pixels', async t => {
  const [image, result] = [await png(picture(width, height)), await flat([255, 0, 200])]
  const plain = await preserveImage({ ...await comparisonOf(image, result), further: { ...further, anew: true } })
  if ('damaged' in plain || !('raw' in plain.picture)) throw new TypeError('it is a PNG')
  t.ok(Buffer.from(plain.picture.raw.data).equals(await sharp((await preserved(image, result)).png).raw().toBuffer()))
})

t.test('a part is put back to its place in the whole image, of any kind, and only what is masked there changes', async t => {
  const part = { left: 8, top: 5, width: 24, height: 20 }
  const size = { width: 24, height: 20 }
  const pixels = draw(24, 20, 1, (x, y) => [box(x + 8, y + 5) ? 255 : 0]).data
  const images: Array<[string, Buffer]> = [
    ['RGB', await png(picture(width, height))],
    ['RGBA', await png(picture(width, height, 4))],
    ['16 bits', await deepPng(width, height, 3)],
    ['JPEG', await open(picture(width, height)).jpeg().toBuffer()],
    ['P3', await open(picture(width, height)).withIccProfile('p3').png().toBuffer()]
  ]
  for (const [name, image] of images) {
    const answer = await preserved(image, await flat([255, 0, 200], size), { part, size, mask: { ...size, pixels } })
    t.match(await sharp(answer.png).metadata(), { width, height, depth: name === '16 bits' ? 'ushort' : 'uchar', hasProfile: name === 'P3' })
    const { unmasked, masked } = await differences(answer.png, image)
    t.equal(unmasked, 0, name)
    t.ok(masked > 200, name)
    t.match(answer, { total: 24 * 20 - 20 * 14 }, 'of the part')
    if (name === '16 bits') {
      const [before, after] = [await samplesOf(image), await samplesOf(Buffer.from(answer.png))]
      t.ok(mask.pixels.every((value, pixel) => value > 0 || before[pixel * 3] === after[pixel * 3]))
    }
  }
  const grey = await preserved(await png(picture(width, height, 1)), await flat([90, 90, 90], size), { part, size, mask: { ...size, pixels } })
  t.match(await sharp(grey.png).metadata(), { width, height, channels: 1 })
  const one = await compareWithImage(await comparisonOf(await flat([9, 9, 9]), await flat([9, 9, 8], size), { part, size, mask: { ...size, pixels } }))
  t.same(one, { changed: 200, total: 200 })
})

t.test('changes are counted where the image is not masked, everywhere without a mask', async t => {
  const image = await png(draw(width, height, 3, () => [100, 100, 100]))
  const result = await png(draw(width, height, 3, (x, y) => box(x, y) ? [0, 0, 0] : x < 10 ? [101, 100, 100] : [100, 100, 100]))
  t.same(await compareWithImage(await comparisonOf(image, result)), { changed: 300, total: 920 })
  t.same(await compareWithImage(await comparisonOf(image, result, { mask: undefined })), { changed: 580, total: 1200 })
  const lossy = await sharp(result).webp({ lossless: true }).toBuffer()
  t.same(await compareWithImage(await comparisonOf(image, lossy)), { changed: 0, total: 920 }, 'of a format that may be lossy less is no change')
})

t.test('a result of another size is compared and laid in the size that it gets', async t => {
  const image = await flat([100, 150, 200])
  const reshape = { crop: { left: 0, top: 5, width: 80, height: 60 }, scaledTo: { width, height } }
  const answer = await preserved(image, await flat([101, 150, 200], { width: 80, height: 70 }), { reshape })
  t.match(answer, { changed: 0, total: 920 })
  t.match(await sharp(answer.png).metadata(), { width, height })
  const size = { width: 80, height: 60 }
  const large = { pixels: draw(80, 60, 1, (x, y) => [box(x / 2, y / 2) ? 255 : 0]).data, ...size }
  const wished = await preserved(image, await flat([100, 150, 200], size), { size, place: { left: 0, top: 0, ...size }, mask: large })
  t.match(await sharp(wished.png).metadata(), size, 'or the image is scaled')
})

t.test('what does not decode is named', async t => {
  const good = await png(picture(width, height))
  const bad = corrupt(good, good.indexOf('IDAT') + 20)
  t.same(await compareWithImage(await comparisonOf(bad, good)), { damaged: 'image' })
  t.same(await preserveImage({ ...await comparisonOf(good, bad), further: { ...further, anew: true } }), { damaged: 'result' })
  const grey = await png(picture(width, height, 1))
  t.same(await compareWithImage(await comparisonOf(grey, bad)), { damaged: 'result' })
})

t.test('a fault of this side is thrown', async t => {
  const comparison = await comparisonOf(await flat([1, 2, 3]), await flat([1, 2, 3]))
  await t.rejects(compareWithImage({ ...comparison, reshape: { scaledTo: { width: -1, height: 5 } } }), { name: 'Error', message: /width/ })
})

t.test('a result that lies beside its image is moved back, and what is asked for the gates is answered', async t => {
  const size = { width: 240, height: 200 }
  const wave = (x: number, y: number) => [0, 1, 2].map(n => Math.round(120 + 50 * Math.sin(x / 6 + n) + 40 * Math.cos(y / 7 - n) + 20 * Math.sin((x + y) / 11)))
  const [image, moved] = await Promise.all([0, 1].map(async by => await open(draw(size.width, size.height, 3, (x, y) => wave(x - by, y))).png().toBuffer()))
  const spot = { ...size, pixels: draw(size.width, size.height, 1, (x, y) => [Math.hypot(x - 120, y - 100) < 40 ? 255 : 0]).data }
  const question = { distance: true, prominence: false, transparency: false, enlarged: 1 }
  const answer = await preserved(image ?? Buffer.alloc(0), moved ?? Buffer.alloc(0), { size, place: { left: 0, top: 0, ...size }, mask: spot, question })
  t.ok(Math.abs(Number(answer.moved) - 1) < 0.3, `${answer.moved}`)
  t.match(answer.figures, { distance: Number, contrast: Number })
})
