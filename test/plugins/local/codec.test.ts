import sharp from 'sharp'
import t from 'tap'
import { decodeImage, decodeMask, encodeImage, type Traits } from '../../../plugins/local/codec.ts'
import { at, paint, pixels } from './swatches.ts'

const image = paint(9, 5, (x, y) => [x * 25, y * 40, (x * y * 7) % 256])
const veil = paint(9, 5, (x, y) => [x * 25, y * 40, 200, x * 28])
const open = ({ data, width, height } = image) => sharp(data, { raw: { width, height, channels: 4 } })
const plain: Traits = { alpha: false, profile: undefined, deep: false }

t.test('decodes every format to upright bytes of red, green, blue and alpha', async t => {
  for (const bytes of [await open().png().toBuffer(), await open().webp({ lossless: true, exact: true }).toBuffer(), await open().removeAlpha().png().toBuffer()]) {
    const { raster } = await decodeImage(bytes, true)
    t.same([raster.width, raster.height], [9, 5])
    t.same(pixels(raster), pixels(image))
  }
  const jpeg = await decodeImage(await open().removeAlpha().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(), true)
  t.ok(pixels(jpeg.raster).every((pixel, index) => pixel.every((level, channel) => Math.abs(level - pixels(image)[index][channel]) < 12)))
})

t.test('grey and paletted images become colour', async t => {
  const grey = await sharp(Buffer.from([0, 90, 255]), { raw: { width: 3, height: 1, channels: 1 } }).toColourspace('b-w').png().toBuffer()
  t.same(pixels((await decodeImage(grey, true)).raster), [[0, 0, 0, 255], [90, 90, 90, 255], [255, 255, 255, 255]])
  const palette = await open().png({ palette: true, colours: 256, dither: 0 }).toBuffer()
  t.equal((await sharp(palette).metadata()).isPalette, true)
  t.same(pixels((await decodeImage(palette, true)).raster), pixels(image))
})

t.test('tells what the image had', async t => {
  t.match((await decodeImage(await open().removeAlpha().png().toBuffer(), true)).traits, plain)
  t.match((await decodeImage(await open().png().toBuffer(), true)).traits, { alpha: true, deep: false })
  const deep = await sharp(new Uint16Array([65535, 32896, 257]), { raw: { width: 1, height: 1, channels: 3 } }).toColourspace('rgb16').png().toBuffer()
  const { raster, traits } = await decodeImage(deep, true)
  t.equal(traits.deep, true)
  t.same(pixels(raster), [[255, 128, 1, 255]])
})

t.test('gives back the pixels and the colour profile that came in', async t => {
  const p3 = await open().removeAlpha().withIccProfile('p3').png().toBuffer()
  const { raster, traits } = await decodeImage(p3, true)
  const { icc } = await sharp(p3).metadata()
  t.ok(icc && traits.profile?.equals(icc))
  const back = Buffer.from(await encodeImage(raster, traits))
  t.same((await sharp(back).metadata()).icc, icc)
  const [before, after] = await Promise.all([p3, back].map(async bytes => await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()))
  t.ok(before.equals(after))
  const [seenBefore, seenAfter] = await Promise.all([p3, back].map(async bytes => await sharp(bytes).toColourspace('srgb').raw().toBuffer()))
  t.ok(seenBefore.equals(seenAfter), 'a decoder that knows profiles sees the same colours')
})

t.test('converts to sRGB when asked to, and when the profile is for grey', async t => {
  const p3 = await open().removeAlpha().withIccProfile('p3').png().toBuffer()
  const { raster, traits } = await decodeImage(p3, false)
  t.equal(traits.profile, undefined)
  t.ok(at(raster, 8, 0).every((level, channel) => Math.abs(level - at(image, 8, 0)[channel]) <= 2))
  const grey = await sharp(Buffer.from([0, 90, 255]), { raw: { width: 3, height: 1, channels: 1 } }).toColourspace('b-w').withIccProfile('p3').png().toBuffer()
  t.equal((await decodeImage(grey, true)).traits.profile === undefined, (await sharp(grey).metadata()).space === 'b-w')
})

t.test('writes alpha when there was some or there is some', async t => {
  const channels = async (picture: typeof image, traits: Traits) => (await sharp(await encodeImage(picture, traits)).metadata()).channels
  t.equal(await channels(image, plain), 3)
  t.equal(await channels(image, { ...plain, alpha: true }), 4)
  t.equal(await channels(veil, plain), 4)
})

t.test('a PNG holds every pixel exactly, transparent ones too', async t => {
  const { raster } = await decodeImage(await encodeImage(veil, plain), true)
  t.same(pixels(raster), pixels(veil))
})

t.test('decodes a mask to one byte a pixel', async t => {
  const levels = Buffer.from([0, 1, 128, 255])
  const grey = await sharp(levels, { raw: { width: 2, height: 2, channels: 1 } }).toColourspace('b-w').png().toBuffer()
  t.same([...await decodeMask(grey)], [...levels])
  t.same([...await decodeMask(await sharp(grey).toColourspace('srgb').ensureAlpha(0.5).png().toBuffer())], [...levels])
})
