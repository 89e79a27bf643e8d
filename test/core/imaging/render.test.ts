import sharp from 'sharp'
import t from 'tap'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { canonicalType, fitsFormat, keep, render } from '../../../core/imaging/render.ts'
import type { MediaType } from '../../../core/model-card.ts'
import { blackPng, deepPng, difference, draw, frames, greyProfile, open, picture, pixelsOf, samplesOf, turned } from './pictures.ts'

const header = (bytes: Buffer) => readHeader(bytes, 'image', limits)
const as = async (bytes: Buffer, format: MediaType, quality?: number) => render(await header(bytes), { format, quality })
const all = ['image/png', 'image/jpeg', 'image/webp', 'image/avif'] as const
const photo = await open(picture(40, 24)).png().toBuffer()

t.test('encodes every format, the colours as they were', async t => {
  const smooth = draw(40, 24, 3, (x, y) => [x * 5, y * 8, 100 + x + y])
  for (const format of all) {
    const { image, warnings } = await as(await open(smooth).png().toBuffer(), format)
    t.match(image, { mediaType: format, width: 40, height: 24, alpha: false, profile: null })
    t.match(await sharp(image.bytes).metadata(), { mediaType: format })
    t.ok(difference((await pixelsOf(image.bytes)).data, smooth.data) <= (format === 'image/png' ? 0 : 16), format)
    t.strictSame(warnings, [])
  }
})

t.test('a lower quality makes a smaller file', async t => {
  for (const format of all.slice(1)) {
    t.ok((await as(photo, format, 20)).image.bytes.length < (await as(photo, format, 90)).image.bytes.length, format)
  }
})

t.test('keeps the colour profile, pixel values untouched, in every format', async t => {
  const wide = await open(picture(40, 24)).withIccProfile('p3').png().toBuffer()
  const icc = (await sharp(wide).metadata()).icc
  for (const format of all) {
    const { image, warnings } = await as(wide, format)
    t.equal(image.profile, 'sP3C')
    t.strictSame((await sharp(image.bytes).metadata()).icc, icc)
    t.strictSame(warnings, [])
  }
  t.strictSame((await pixelsOf((await as(wide, 'image/png')).image.bytes)).data, (await pixelsOf(wide)).data)
})

t.test('keeps alpha, except in JPEG, where it is laid on white with a warning', async t => {
  const cutOut = draw(16, 16, 4, x => x < 8 ? [10, 20, 30, 255] : [200, 0, 0, 0])
  const bytes = await open(cutOut).png().toBuffer()
  for (const format of ['image/png', 'image/webp', 'image/avif'] as const) {
    const { image, warnings } = await as(bytes, format)
    t.equal(image.alpha, true)
    const { data } = await pixelsOf(image.bytes)
    t.ok(data[3] > 250 && data[8 * 4 + 3 + 16] < 5, format)
    t.strictSame(warnings, [])
  }
  const { image, warnings } = await as(bytes, 'image/jpeg', 100)
  t.equal(image.alpha, false)
  const { data } = await pixelsOf(image.bytes)
  t.ok(difference(data.subarray(0, 3), Uint8Array.of(10, 20, 30)) < 8, 'what was opaque')
  t.ok(Math.min(...data.subarray(15 * 3, 16 * 3)) > 250, 'what was transparent')
  t.strictSame(warnings, ['image: laid on white, as JPEG has no transparency'])
})

t.test('keeps 16 bits in PNG, and warns where they are lost', async t => {
  const deep = await deepPng(16, 8, 3)
  const same = await as(deep, 'image/png')
  t.strictSame(await samplesOf(same.image.bytes), await samplesOf(deep))
  t.strictSame(same.warnings, [])
  for (const [format, name] of [['image/jpeg', 'JPEG'], ['image/webp', 'WebP'], ['image/avif', 'AVIF']] as const) {
    const { image, warnings } = await as(deep, format, 100)
    t.match(await sharp(image.bytes).metadata(), { depth: 'uchar' })
    t.strictSame(warnings, [`image: reduced to 8 bits a channel, as ${name} holds no more`])
  }
})

t.test('keeps grey where the format has it, and its profile with it', async t => {
  const grey = picture(16, 8, 1)
  const plain = await open(grey).png().toBuffer()
  for (const format of ['image/png', 'image/jpeg'] as const) {
    t.match(await sharp((await as(plain, format)).image.bytes).metadata(), { space: 'b-w', channels: 1 })
  }
  t.match(await sharp((await as(plain, 'image/webp')).image.bytes).metadata(), { space: 'srgb', channels: 3 })

  const profiled = await open(grey).withIccProfile(await greyProfile(t.testdir())).toColourspace('b-w').jpeg({ quality: 100 }).toBuffer()
  t.match(await sharp(profiled).metadata(), { space: 'b-w', hasProfile: true })
  const kept = await as(profiled, 'image/png')
  t.match(kept, { image: { profile: 'Dark Grey' }, warnings: [] })
  const converted = await as(profiled, 'image/webp')
  t.match(converted, { image: { profile: null }, warnings: ['image: converted from the colour profile "Dark Grey" to sRGB'] })
  t.match(await sharp(converted.image.bytes).metadata(), { hasProfile: false })
})

t.test('grey with alpha is laid on white in JPEG', async t => {
  const bytes = await open(draw(8, 8, 2, x => [40, x < 4 ? 255 : 0])).png().toBuffer()
  const { image } = await as(bytes, 'image/jpeg', 100)
  const { data, channels } = await pixelsOf(image.bytes, 'b-w')
  t.equal(channels, 1)
  t.ok(Math.abs(data[0] - 40) < 6 && data[7] > 250)
})

t.test('carries no EXIF over', async t => {
  const canary = await open(picture(8, 8)).withExif({ IFD0: { Copyright: 'canary' } }).jpeg().toBuffer()
  t.ok(canary.includes('canary'))
  t.notOk((await as(canary, 'image/png')).image.bytes.includes('canary'))
})

t.test('refuses sides that the format cannot hold, before it decodes', async t => {
  const long = await header(blackPng({ width: 16_385, height: 1 }))
  for (const [format, most] of [['image/webp', 16_383], ['image/avif', 16_384]] as const) {
    await t.rejects(render(long, { format }), {
      code: 'EDIT_ERR_IMAGE_TOO_LARGE', details: { field: 'image', maxSide: most }, message: new RegExp(`16385 × 1 pixels do not fit .* ${most} a side`)
    })
  }
  t.match((await render(long, { format: 'image/jpeg' })).image, { width: 16_385, height: 1 })
  t.equal(fitsFormat('image/webp', { width: 16_383, height: 16_383 }), true)
  t.equal(fitsFormat('image/webp', { width: 1, height: 16_384 }), false)
})

t.test('only an upright still in grey or RGB can be handed on as it is', async t => {
  t.equal(canonicalType(await header(photo)), 'image/png')
  t.equal(canonicalType(await header(turned(photo, 8))), undefined)
  t.equal(canonicalType(await header(await open(picture(8, 8)).gif().toBuffer())), undefined)
  t.equal(canonicalType(await header(await open(picture(8, 8)).tiff().toBuffer())), undefined)
  t.equal(canonicalType(await header(await open(picture(8, 8)).toColourspace('cmyk').jpeg().toBuffer())), undefined)
  t.equal(canonicalType(await header(await (await frames(picture(8, 8), picture(8, 8, 3, 1))).webp().toBuffer())), undefined)
  t.equal(keep(await header(photo), 'image/png').bytes, photo)
})
