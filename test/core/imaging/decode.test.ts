import sharp from 'sharp'
import t from 'tap'
import { decode, type DecodeOptions } from '../../../core/imaging/decode.ts'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { encodePng } from '../../../core/imaging/png-encode.ts'
import { corrupt, deepPng, difference, draw, greyProfile, open, picture, samplesOf, turned } from './pictures.ts'

const decoded = async (bytes: Buffer, options: Partial<DecodeOptions> = {}) =>
  await decode(await readHeader(bytes, 'image', limits), { grey: false, deep: false, colours: 'keep', ...options })

t.test('values are those that are stored, in every number of channels', async t => {
  for (const channels of [1, 2, 3, 4] as const) {
    const source = picture(20, 12, channels)
    const raster = await decoded(await open(source).png().toBuffer(), { grey: channels < 3 })
    t.match(raster, { width: 20, height: 12, channels })
    t.equal(difference(Buffer.from(raster.data), source.data), 0)
  }
})

t.test('16 bits, grey and RGB', async t => {
  for (const channels of [1, 3] as const) {
    const png = await deepPng(20, 12, channels)
    const { data } = await decoded(png, { grey: channels === 1, deep: true })
    t.ok(data instanceof Uint16Array)
    t.same(data, await samplesOf(png, channels === 1 ? 'grey16' : 'rgb16'))
  }
  const faint = await sharp(Uint16Array.of(1000, 40_000, 50_000, 65_535), { raw: { width: 2, height: 1, channels: 2 } }).toColourspace('grey16').png().toBuffer()
  t.same((await decoded(faint, { grey: true, deep: true })).data, Uint16Array.of(1000, 40_000, 50_000, 65_535), 'grey and alpha')
})

t.test('a grey image as RGB, an RGB image as grey', async t => {
  const source = picture(20, 12, 1)
  t.same((await decoded(await open(source).png().toBuffer())).data, new Uint8Array([...source.data].flatMap(value => [value, value, value])))
  const red = draw(4, 4, 3, () => [200, 40, 40])
  t.match(await decoded(await open(red).png().toBuffer(), { grey: true }), { channels: 1, data: new Uint8Array(16).fill(105) })
})

t.test('upright, cropped and scaled', async t => {
  const source = picture(20, 12)
  const png = await open(source).png().toBuffer()
  t.match(await decoded(turned(png, 6)), { width: 12, height: 20 })
  const part = await decoded(png, { reshape: { crop: { left: 3, top: 2, width: 5, height: 4 } } })
  t.same([part.width, part.height, ...part.data.subarray(0, 3)], [5, 4, ...source.data.subarray((2 * 20 + 3) * 3, (2 * 20 + 3) * 3 + 3)])
  t.match(await decoded(png, { reshape: { scaledTo: { width: 60, height: 36 } } }), { width: 60, height: 36 }, 'more pixels than the file has')
})

t.test('a profile is kept, applied, or converted to', async t => {
  const source = draw(8, 8, 3, () => [200, 40, 40])
  const plain = await open(source).png().toBuffer()
  const wide = await open(source).withIccProfile('p3').png().toBuffer()
  const stored = (await decoded(wide)).data.subarray(0, 3)
  t.same([...stored], [184, 56, 49])
  t.ok(difference((await decoded(wide, { colours: 'srgb' })).data.subarray(0, 3) as Uint8Array, Uint8Array.of(200, 40, 40)) <= 1)
  const { icc } = await sharp(wide).metadata()
  const directory = t.testdir({ 'p3.icc': icc ?? '' })
  t.same((await decoded(plain, { colours: { path: `${directory}/p3.icc` } })).data.subarray(0, 3), stored)
})

t.test('an image of 16 bits with a profile comes to sRGB, not to what lies between', async t => {
  const deep = await sharp(Uint16Array.from({ length: 12 }, (_, at) => [30_000, 40_000, 50_000][at % 3]), { raw: { width: 2, height: 2, channels: 3 } })
    .toColourspace('rgb16').withIccProfile('p3').png().toBuffer()
  const { data } = await decoded(deep, { deep: true, colours: 'srgb' })
  // The same colour in 8 bits, on another way.
  const { icc } = await sharp(deep).metadata()
  const flat = await encodePng({ data: Uint8Array.of(117, 156, 195), width: 1, height: 1, channels: 3 }, icc)
  const expected = [...(await decoded(Buffer.from(flat), { colours: 'srgb' })).data]
  t.ok(expected[0] < 110, `${expected}`)
  t.ok(expected.every((value, at) => Math.abs(data[at] / 257 - value) <= 1), `${data.subarray(0, 3)}`)
})

t.test('greys come in a grey profile, transparency beside them', async t => {
  const path = await greyProfile(t.testdir())
  const source = draw(4, 4, 2, () => [128, 77])
  const { data, channels } = await decoded(await open(source).png().toBuffer(), { grey: true, colours: { path } })
  t.equal(channels, 2)
  t.same([...data.subarray(0, 2)], [174, 77])
  const grey = await open(draw(4, 4, 1, () => [128])).png().toBuffer()
  t.match(await decoded(grey, { grey: true, colours: 'srgb' }), { channels: 1, data: new Uint8Array(16).fill(128) })
})

t.test('what does not decode is refused', async t => {
  const png = await open(picture(20, 12)).png().toBuffer()
  await t.rejects(decoded(corrupt(png, png.indexOf('IDAT') + 20)), { code: 'EDIT_ERR_IMAGE_INVALID' })
})
