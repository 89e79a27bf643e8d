import sharp from 'sharp'
import t from 'tap'
import { finishImage, readResult } from '../../../core/imaging/finish.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import type { OutputWish } from '../../../core/request.ts'
import { profileOf } from '../../../core/imaging/profile-file.ts'
import { blackPng, corrupt, difference, draw, frames, open, picture, pixelsOf, turned } from './pictures.ts'

const photo = picture(40, 24)
const encoded = {
  'image/png': await open(photo).png().toBuffer(),
  'image/jpeg': await open(photo).jpeg().toBuffer(),
  'image/webp': await open(photo).webp({ lossless: true }).toBuffer(),
  'image/avif': await open(photo).avif({ effort: 0 }).toBuffer()
}
const types = ['image/png', 'image/jpeg', 'image/webp', 'image/avif'] as const
const finish = (bytes: Uint8Array, wish: OutputWish = { format: 'image/png' }) => readResult(bytes, limits).then(header => finishImage(header, wish))

t.test('a result in the wished format passes byte for byte', async t => {
  for (const format of types) {
    const { image, warnings } = await finish(encoded[format], { format })
    t.ok(image.bytes.equals(encoded[format]), format)
    t.match(image, { mediaType: format, width: 40, height: 24, alpha: false, profile: null })
    t.strictSame(warnings, [])
  }
})

t.test('takes a view into a larger buffer without a copy', async t => {
  const larger = new Uint8Array(Buffer.concat([Buffer.alloc(5), encoded['image/png'], Buffer.alloc(5)]))
  const { image } = await finish(larger.subarray(5, larger.length - 5))
  t.ok(image.bytes.equals(encoded['image/png']))
  t.equal(image.bytes.buffer, larger.buffer)
})

t.test('another format is converted', async t => {
  for (const from of types) {
    for (const format of types.filter(format => format !== from)) {
      const { image, warnings } = await finish(encoded[from], { format })
      t.match(image, { mediaType: format, width: 40, height: 24 })
      t.match(await sharp(image.bytes).metadata(), { mediaType: format, width: 40 })
      t.strictSame(warnings, [])
    }
  }
  t.match((await finish(await open(photo).gif().toBuffer())).image, { mediaType: 'image/png' })
  t.match((await finish(await open(photo).tiff().toBuffer(), { format: 'image/webp' })).image, { mediaType: 'image/webp' })
})

t.test('a wished quality of a lossy format is kept, of PNG there is none', async t => {
  const fine = await open(photo).jpeg({ quality: 100 }).toBuffer()
  t.ok((await finish(fine, { format: 'image/jpeg', quality: 30 })).image.bytes.length < fine.length)
  t.ok((await finish(encoded['image/png'], { format: 'image/png', quality: 30 })).image.bytes.equals(encoded['image/png']))
})

t.test('every loss is a warning', async t => {
  const cutOut = await open(picture(8, 8, 4)).png().toBuffer()
  t.strictSame((await finish(cutOut, { format: 'image/jpeg' })).warnings, ['result: laid on white, as JPEG has no transparency'])
  t.strictSame((await finish(cutOut)).warnings, [])
  const animated = await (await frames(photo, picture(40, 24, 3, 1))).webp().toBuffer()
  t.strictSame((await finish(animated, { format: 'image/webp' })).warnings, ['result: only the first of its 2 frames is used'])
  const cmyk = await open(photo).toColourspace('cmyk').jpeg().toBuffer()
  t.strictSame((await finish(cmyk, { format: 'image/jpeg' })).warnings, ['result: converted from CMYK to sRGB'])
})

t.test('keeps the colour profile', async t => {
  const wide = await open(photo).withIccProfile('p3').png().toBuffer()
  t.match(await finish(wide), { image: { profile: 'sP3C' }, warnings: [] })
  const { image } = await finish(wide, { format: 'image/webp' })
  t.equal(image.profile, 'sP3C')
  t.match(await sharp(image.bytes).metadata(), { hasProfile: true })
})

t.test('turns a result upright', async t => {
  const { image, warnings } = await finish(turned(encoded['image/png'], 6))
  t.match(image, { width: 24, height: 40 })
  t.strictSame(warnings, ['result: turned upright, as its EXIF orientation says'])
  t.equal((await sharp(image.bytes).metadata()).orientation ?? 1, 1)
})

t.test('a size that the wished format cannot hold comes as PNG: the result may be paid for', async t => {
  const wide = blackPng({ width: 16_400, height: 2 })
  const { image, warnings } = await finish(wide, { format: 'image/webp' })
  t.match(image, { mediaType: 'image/png', width: 16_400, height: 2 })
  t.strictSame(warnings, ['result: encoded as image/png, as image/webp cannot hold 16400 × 2 pixels'])
})

t.test('a result that is no image is rejected, and the message says what came', async t => {
  const rejected = { code: 'EDIT_ERR_OUTPUT_REJECTED', next: 'next', billed: 'yes' }
  await t.rejects(finish(Buffer.from('<!doctype html><title>Bad gateway</title>')), { ...rejected, message: /^result: looks like HTML/ })
  await t.rejects(finish(Buffer.alloc(0)), { ...rejected, message: /^result: is empty/ })
  await t.rejects(finish(Buffer.from('{"error":"no"}')), { ...rejected, message: /JSON/ })
  await t.rejects(finish(blackPng({ width: 16_000, height: 16_000 })), { ...rejected, message: /256000000 pixels/ })
})

t.test('a truncated or damaged result is rejected in every format, passed on or converted', async t => {
  for (const from of types) {
    const bytes = encoded[from]
    const cuts = [0.5, 0.9, 0.99].map(share => bytes.subarray(0, Math.floor(bytes.length * share)))
    // Garbage inside the scan of a JPEG is legal to its decoder.
    const damaged = from === 'image/jpeg' ? [] : [corrupt(bytes, Math.floor(bytes.length * 0.6))]
    for (const format of [from, from === 'image/png' ? 'image/webp' : 'image/png'] as const) {
      for (const broken of [...cuts, ...damaged]) {
        await t.rejects(finish(broken, { format }), { code: 'EDIT_ERR_OUTPUT_REJECTED' }, `${from} to ${format}`)
      }
    }
  }
})

t.test('a fault of this side is not blamed on the result', async t => {
  // A quality that the schema of requests would refuse.
  await t.rejects(finish(encoded['image/png'], { format: 'image/jpeg', quality: 1000 }), { name: 'Error', message: /quality/ })
})

t.test('the pixels survive a lossless way', async t => {
  t.equal(difference((await pixelsOf((await finish(encoded['image/webp'])).image.bytes)).data, photo.data), 0)
})

t.test('is cut and scaled, and the pixels that are left are the right ones', async t => {
  const header = await readResult(encoded['image/png'], limits)
  const { image } = await finishImage(header, { format: 'image/png' }, { reshape: { crop: { left: 3, top: 2, width: 30, height: 20 } } })
  const [whole, part] = [await pixelsOf(encoded['image/png']), await pixelsOf(image.bytes)]
  t.match(image, { width: 30, height: 20 })
  for (const [x, y] of [[0, 0], [29, 19], [7, 11]]) {
    t.same([...part.data.subarray((y * 30 + x) * 3).subarray(0, 3)], [...whole.data.subarray(((y + 2) * 40 + x + 3) * 3).subarray(0, 3)])
  }
  t.match((await finishImage(header, { format: 'image/webp' }, { reshape: { scaledTo: { width: 80, height: 48 } } })).image, { width: 80, height: 48, mediaType: 'image/webp' })
})

t.test('a result that is turned by EXIF is cut where it is upright', async t => {
  const upright = await pixelsOf((await finish(turned(encoded['image/png'], 6))).image.bytes)
  const header = await readResult(turned(encoded['image/png'], 6), limits)
  const { image } = await finishImage(header, { format: 'image/png' }, { reshape: { crop: { left: 2, top: 5, width: 10, height: 12 } } })
  const part = await pixelsOf(image.bytes)
  t.match(part, { width: 10, height: 12 })
  t.same([...part.data.subarray(0, 3)], [...upright.data.subarray((5 * upright.width + 2) * 3).subarray(0, 3)])
})

t.test('a result in sRGB gets the profile of what was sent, and looks the same; one of its own stays', async t => {
  const wide = (await finish(await open(photo).withIccProfile('p3').png().toBuffer())).image
  const profile = await profileOf(wide)
  const { image } = await finishImage(await readResult(encoded['image/png'], limits), { format: 'image/png' }, { profile })
  t.equal(image.profile, 'sP3C')
  t.match(await sharp(image.bytes).metadata(), { hasProfile: true })
  const seen = await sharp(image.bytes).toColourspace('srgb').raw().toBuffer()
  t.ok(difference(seen, photo.data) <= 4, 'as it was')
  t.ok((await finishImage(await readResult(wide.bytes, limits), { format: 'image/png' }, { profile })).image.bytes.equals(wide.bytes))
})

t.test('what is transparent is laid on the wished colour, and stays where that is wished', async t => {
  const cutOut = await open(draw(4, 4, 4, x => [255, 0, 0, x < 2 ? 255 : 0])).png().toBuffer()
  for (const format of ['image/png', 'image/jpeg'] as const) {
    const { image, warnings } = await finish(cutOut, { format, background: '#00f' })
    t.match(image, { alpha: false })
    t.strictSame(warnings, [])
    t.ok(difference((await pixelsOf(image.bytes)).data.subarray(9, 12), Buffer.from([0, 0, 255])) < 90)
  }
  t.ok((await finish(cutOut, { format: 'image/png', background: 'transparent' })).image.bytes.equals(cutOut))
  t.match((await finish(cutOut, { format: 'image/avif', background: 'transparent' })).image, { alpha: true, mediaType: 'image/avif' })
  t.ok((await finish(encoded['image/png'], { format: 'image/png', background: '#00f' })).image.bytes.equals(encoded['image/png']), 'nothing is transparent')
})

t.test('writes the metadata that it is given', async t => {
  const { image } = await finishImage(await readResult(encoded['image/png'], limits), { format: 'image/jpeg' }, { exif: { IFD0: { Copyright: 'me' } } })
  t.match((await sharp(image.bytes).metadata()).exif?.toString('latin1'), /me/)
})
