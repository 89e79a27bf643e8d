import sharp from 'sharp'
import t from 'tap'
import { admitImage } from '../../../core/imaging/admit.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { blackPng, corrupt, deepPng, difference, draw, frames, open, picture, pixelsOf, pngChunk, samplesOf, turned } from './pictures.ts'

const photo = picture(40, 24)
const admit = (bytes: Buffer) => admitImage(bytes, 'image_base64', limits)

t.test('an upright PNG, JPEG, WebP or AVIF passes byte for byte', async t => {
  const encoded = [
    ['image/png', await open(photo).png().toBuffer()],
    ['image/png', await open(photo).png({ palette: true }).toBuffer()],
    ['image/png', await deepPng(40, 24, 3)],
    ['image/jpeg', await open(photo).jpeg().toBuffer()],
    ['image/webp', await open(photo).webp().toBuffer()],
    ['image/avif', await open(photo).avif({ effort: 0 }).toBuffer()]
  ] as const
  for (const [mediaType, bytes] of encoded) {
    const { image, warnings } = await admit(bytes)
    t.equal(image.bytes, bytes, `${mediaType}: the very same Buffer`)
    t.strictSame({ ...image, bytes: null }, { bytes: null, mediaType, width: 40, height: 24, alpha: false, profile: null })
    t.strictSame(warnings, [])
  }
})

t.test('tells alpha and colour profile', async t => {
  t.match((await admit(await open(picture(8, 8, 4)).png().toBuffer())).image, { alpha: true, profile: null })
  t.match((await admit(await open(picture(8, 8, 2)).png().toBuffer())).image, { alpha: true })
  t.match((await admit(await open(photo).withIccProfile('p3').jpeg().toBuffer())).image, { alpha: false, profile: 'sP3C' })
})

// Where a pixel of the upright image is found in the stored one of w × h (EXIF 2.32, tag 274).
const origin: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _, h) => [y, h - 1 - x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, w) => [w - 1 - y, x]
}

t.test('all eight EXIF orientations come out upright, without loss, as PNG', async t => {
  for (const [orientation, from] of Object.entries(origin)) {
    for (const format of ['png', 'jpeg', 'webp', 'tiff'] as const) {
      const stored = await open(photo).withMetadata({ orientation: Number(orientation) }).toFormat(format).toBuffer()
      const { data, width, height } = await pixelsOf(stored)
      const swapped = Number(orientation) >= 5
      const expected = draw(swapped ? height : width, swapped ? width : height, 3, (x, y) => {
        const [column, row] = from(x, y, width, height)
        return [...data.subarray((row * width + column) * 3, (row * width + column) * 3 + 3)]
      })
      const { image, warnings } = await admit(stored)
      const upright = await pixelsOf(image.bytes)
      t.match(image, { width: expected.width, height: expected.height })
      t.ok(upright.data.equals(expected.data), `${format}, orientation ${orientation}`)
      t.equal((await sharp(image.bytes).metadata()).orientation ?? 1, 1, 'nobody turns it twice')
      if (orientation === '1' && format !== 'tiff') t.equal(image.bytes, stored)
      else t.equal(image.mediaType, 'image/png')
      t.strictSame(warnings, orientation === '1' ? [] : ['image_base64: turned upright, as its EXIF orientation says'])
    }
  }
})

t.test('AVIF carries its turning in a box that every decoder obeys, so it passes', async t => {
  const stored = await open(photo).withMetadata({ orientation: 6 }).avif({ effort: 0 }).toBuffer()
  const { image, warnings } = await admit(stored)
  t.match(image, { width: 24, height: 40 })
  t.equal(image.bytes, stored)
  t.strictSame(warnings, [])
})

t.test('colour profile and 16-bit depth survive the turning', async t => {
  const deep = await sharp(await deepPng(10, 6, 3)).toColourspace('rgb16').withIccProfile('p3').png().toBuffer()
  const { image } = await admit(turned(deep, 3))
  t.equal(image.profile, 'sP3C')
  t.match(await sharp(image.bytes).metadata(), { depth: 'ushort', hasProfile: true })
  const before = await samplesOf(deep)
  const after = await samplesOf(image.bytes)
  const reversed = Array.from({ length: 60 }, (_, pixel) => [...before.subarray((59 - pixel) * 3, (59 - pixel) * 3 + 3)]).flat()
  t.strictSame([...after], reversed)
})

t.test('grey stays grey when it is turned, 8 and 16 bits deep', async t => {
  const grey = picture(10, 6, 1)
  const { image } = await admit(turned(await open(grey).png().toBuffer(), 3))
  t.strictSame((await pixelsOf(image.bytes, 'b-w')).data, Buffer.from(grey.data).reverse())
  t.match(await sharp(image.bytes).metadata(), { space: 'b-w', channels: 1 })
  const deep = await deepPng(10, 6, 1)
  const upright = (await admit(turned(deep, 3))).image
  t.strictSame(await samplesOf(upright.bytes, 'grey16'), (await samplesOf(deep, 'grey16')).reverse())
})

t.test('GIF and TIFF become PNG without loss', async t => {
  const gif = await open(photo).gif().toBuffer()
  const fromGif = await admit(gif)
  t.match(fromGif, { image: { mediaType: 'image/png', width: 40, height: 24 }, warnings: [] })
  t.ok((await pixelsOf(fromGif.image.bytes)).data.equals((await pixelsOf(gif)).data))
  const fromTiff = await admit(await open(picture(40, 24, 4)).tiff({ compression: 'lzw' }).toBuffer())
  t.match(fromTiff, { image: { mediaType: 'image/png', alpha: true }, warnings: [] })
  t.ok((await pixelsOf(fromTiff.image.bytes)).data.equals(picture(40, 24, 4).data))
  const deep = await sharp(await deepPng(10, 6, 3)).toColourspace('rgb16').tiff({ compression: 'lzw' }).toBuffer()
  t.strictSame(await samplesOf((await admit(deep)).image.bytes), await samplesOf(await deepPng(10, 6, 3)))
})

t.test('of several frames the first is used, with a warning', async t => {
  const other = draw(40, 24, 3, () => [1, 2, 3])
  for (const format of ['gif', 'webp', 'tiff'] as const) {
    const bytes = await (await frames(photo, other)).toFormat(format, { lossless: true, compression: 'lzw' }).toBuffer()
    const { image, warnings } = await admit(bytes)
    t.match(image, { mediaType: 'image/png', width: 40, height: 24 })
    t.ok(difference((await sharp(image.bytes).removeAlpha().raw().toBuffer()), photo.data) < 60, `${format}: the first one`)
    t.strictSame(warnings, ['image_base64: only the first of its 2 frames is used'])
  }
})

t.test('an animated PNG becomes a still one', async t => {
  const control = Buffer.from([0, 0, 0, 7, 0, 0, 0, 0])
  const { image, warnings } = await admit(blackPng({ width: 8, height: 8 }, undefined, [pngChunk('acTL', control)]))
  t.notOk(image.bytes.includes('acTL'))
  t.strictSame(warnings, ['image_base64: only the first of its 7 frames is used'])
})

t.test('CMYK becomes sRGB, by its own profile where it has one', async t => {
  for (const source of [open(photo).toColourspace('cmyk'), open(photo).withIccProfile('cmyk')]) {
    const { image, warnings } = await admit(await source.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer())
    t.match(image, { mediaType: 'image/png', profile: null, alpha: false })
    t.match(await sharp(image.bytes).metadata(), { space: 'srgb', channels: 3, hasProfile: false })
    t.strictSame(warnings, ['image_base64: converted from CMYK to sRGB'])
  }
  for (const colour of [[200, 60, 40], [30, 90, 160], [255, 255, 255]]) {
    const flat = draw(8, 8, 3, () => colour)
    const stored = await open(flat).withIccProfile('cmyk').jpeg({ quality: 100 }).toBuffer()
    t.ok(difference((await pixelsOf((await admit(stored)).image.bytes)).data, flat.data) < 40, 'the colours are about the same')
  }
})

t.test('a TIFF of floating point becomes a 16-bit PNG', async t => {
  const { image } = await admit(await open(photo).tiff({ predictor: 'float', compression: 'deflate' }).toBuffer())
  t.match(await sharp(image.bytes).metadata(), { format: 'png', depth: 'ushort', space: 'rgb16' })
})

t.test('a damaged image that has to be decoded is refused', async t => {
  const gif = await open(photo).gif().toBuffer()
  const tiff = await open(photo).tiff({ compression: 'deflate' }).toBuffer()
  const rotated = turned(await open(photo).png().toBuffer(), 3)
  const twice = await (await frames(photo, draw(40, 24, 3, x => [x * 6, 5, 7]))).webp({ lossless: true }).toBuffer()
  for (const [name, bytes] of [
    ['GIF', corrupt(gif, Math.floor(gif.length * 0.85))],
    ['TIFF', corrupt(tiff, 200)],
    ['PNG', corrupt(rotated, rotated.indexOf('IDAT') + 100)],
    ['WebP', corrupt(twice, twice.indexOf('VP8L') + 30)]
  ] as const) {
    await t.rejects(admit(bytes), { code: 'EDIT_ERR_IMAGE_INVALID', details: { field: 'image_base64' } }, name)
  }
})

t.test('refuses what the header refuses', async t => {
  await t.rejects(admitImage(blackPng({ width: 16_000, height: 16_000 }), 'background', limits), { code: 'EDIT_ERR_IMAGE_TOO_LARGE', message: /^background: / })
})

t.test('refuses every format when it was cut off', async t => {
  const encoded = {
    PNG: await open(photo).png().toBuffer(),
    JPEG: await open(photo).jpeg().toBuffer(),
    WebP: await open(photo).webp().toBuffer(),
    AVIF: await open(photo).avif({ effort: 0 }).toBuffer(),
    GIF: await open(photo).gif().toBuffer(),
    TIFF: await open(photo).tiff().toBuffer(),
    'TIFF, packed': await open(photo).tiff({ compression: 'lzw' }).toBuffer()
  }
  for (const [name, bytes] of Object.entries(encoded)) {
    await t.resolves(admit(bytes), name)
    for (const share of [0.3, 0.6, 0.9, 0.99]) {
      await t.rejects(admit(bytes.subarray(0, Math.floor(bytes.length * share))), {
        code: 'EDIT_ERR_IMAGE_INVALID', statusCode: 400, details: { field: 'image_base64' }
      }, `${name} at ${share}`)
    }
  }
})
