import t from 'tap'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { blackPng, deepPng, frames, open, picture, pngChunk, pngHeader, pngSignature } from './pictures.ts'

const photo = picture(40, 24)
const png = await open(photo).png().toBuffer()

t.test('tells what an image is', async t => {
  t.match(await readHeader(png, 'image', limits), {
    bytes: png,
    field: 'image',
    name: 'PNG',
    mediaType: 'image/png',
    width: 40,
    height: 24,
    pixels: 960,
    upright: true,
    frames: 1,
    alpha: false,
    colour: 'rgb',
    deep: false,
    profiled: false,
    profile: null
  })
})

t.test('gives the upright size of a turned image', async t => {
  const turned = await open(photo).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  t.match(await readHeader(turned, 'image', limits), { width: 24, height: 40, upright: false, profiled: true, profile: null })
  const straight = await open(photo).withMetadata({ orientation: 1 }).jpeg().toBuffer()
  t.match(await readHeader(straight, 'image', limits), { width: 40, height: 24, upright: true })
})

t.test('tells grey, alpha, depth, CMYK, colour profile and other colour spaces', async t => {
  const header = (bytes: Buffer) => readHeader(bytes, 'image', limits)
  t.match(await header(await open(picture(8, 8, 1)).png().toBuffer()), { colour: 'grey', alpha: false })
  t.match(await header(await open(picture(8, 8, 2)).png().toBuffer()), { colour: 'grey', alpha: true })
  t.match(await header(await open(picture(8, 8, 4)).webp().toBuffer()), { colour: 'rgb', alpha: true })
  t.match(await header(await deepPng(8, 8, 3)), { colour: 'rgb', deep: true })
  t.match(await header(await deepPng(8, 8, 1)), { colour: 'grey', deep: true })
  t.match(await header(await open(photo).toColourspace('cmyk').jpeg().toBuffer()), { colour: 'cmyk' })
  t.match(await header(await open(photo).withIccProfile('p3').png().toBuffer()), { profiled: true, profile: 'sP3C' })
  t.match(await header(await open(photo).tiff({ predictor: 'float', compression: 'deflate' }).toBuffer()), { colour: 'other', deep: true })
})

t.test('counts frames and pages', async t => {
  const twice = await frames(photo, picture(40, 24, 3, 1))
  for (const format of ['gif', 'webp', 'tiff'] as const) {
    t.match(await readHeader(await twice.clone().toFormat(format).toBuffer(), 'image', limits), { frames: 2, width: 40, height: 24 }, format)
  }
})

t.test('refuses what is empty or no accepted image, and says what is accepted', async t => {
  await t.rejects(readHeader(Buffer.alloc(0), 'mask', limits), { code: 'EDIT_ERR_IMAGE_INVALID', message: 'mask: is empty; it must hold an image', details: { field: 'mask' } })
  await t.rejects(readHeader(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image', limits), {
    code: 'EDIT_ERR_IMAGE_UNSUPPORTED', statusCode: 415, message: 'image: looks like SVG; accepted are PNG, JPEG, WebP, AVIF, GIF and TIFF'
  })
})

t.test('refuses above each limit, names it, and accepts at it', async t => {
  const two = await (await frames(photo, picture(40, 24, 3, 1))).webp().toBuffer()
  const cases = [
    [png, { maxBytes: png.length }, `image: ${png.length} bytes, at most ${png.length - 1} are accepted`],
    [png, { maxPixels: 960 }, 'image: 40 × 24 = 960 pixels, at most 959 are accepted'],
    [png, { maxSide: 40 }, 'image: 40 × 24 pixels, at most 39 a side are accepted'],
    [two, { maxFrames: 2 }, 'image: 2 frames, at most 1 are accepted']
  ] as const
  for (const [bytes, limit, message] of cases) {
    await t.resolves(readHeader(bytes, 'image', { ...limits, ...limit }))
    const below = Object.fromEntries(Object.entries(limit).map(([name, value]) => [name, value - 1]))
    await t.rejects(readHeader(bytes, 'image', { ...limits, ...below }), {
      code: 'EDIT_ERR_IMAGE_TOO_LARGE', statusCode: 413, message, details: { field: 'image', ...below }
    })
  }
})

t.test('a bomb of few bytes and many pixels costs no memory', async t => {
  const bomb = blackPng({ width: 16_000, height: 16_000 })
  t.ok(bomb.length < 300_000)
  const before = process.memoryUsage().rss
  for (let i = 0; i < 20; i++) {
    await t.rejects(readHeader(bomb, 'image', limits), { code: 'EDIT_ERR_IMAGE_TOO_LARGE', message: /256000000 pixels/ })
  }
  t.ok(process.memoryUsage().rss - before < 100e6, 'one decoded image would take 256 MB')
})

t.test('a bomb in the text or profile of a PNG costs no memory', async t => {
  const { deflateSync } = await import('node:zlib')
  const packed = deflateSync(Buffer.alloc(200e6))
  const before = process.memoryUsage().rss
  for (const chunk of [pngChunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), packed])), pngChunk('iCCP', Buffer.concat([Buffer.from('a\0\0'), packed]))]) {
    t.match(await readHeader(blackPng({ width: 8, height: 8 }, undefined, [chunk]), 'image', limits), { profile: null })
  }
  t.ok(process.memoryUsage().rss - before < 100e6)
})

t.test('refuses a header that claims pixels which are not there', async t => {
  await t.rejects(readHeader(blackPng({ width: 9_000, height: 9_000 }, { width: 16, height: 16 }), 'image', limits), {
    code: 'EDIT_ERR_IMAGE_INVALID', message: 'image: the PNG is incomplete: it holds less data than its header says'
  })
  const none = Buffer.concat([pngSignature, pngHeader(0, 10), pngChunk('IEND')])
  await t.rejects(readHeader(none, 'image', limits), { code: 'EDIT_ERR_IMAGE_INVALID', message: /PNG is damaged or incomplete/ })
})

t.test('refuses what has lost its header', async t => {
  for (const format of ['png', 'jpeg', 'webp', 'avif', 'gif', 'tiff'] as const) {
    const bytes = await open(photo).toFormat(format).toBuffer()
    await t.rejects(readHeader(bytes.subarray(0, 30), 'image', limits), { code: 'EDIT_ERR_IMAGE_INVALID', statusCode: 400 }, format)
  }
})
