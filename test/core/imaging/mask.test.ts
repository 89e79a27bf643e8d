import fc from 'fast-check'
import sharp from 'sharp'
import t from 'tap'
import { admitImage } from '../../../core/imaging/admit.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { canonicalMask, encodeMask, maskFromAlpha } from '../../../core/imaging/mask.ts'
import { blackPng, corrupt, deepPng, difference, draw, frames, greyProfile, open, picture, pixelsOf, turned, type Picture } from './pictures.ts'

const canonical = (bytes: Buffer, width: number, height: number) => canonicalMask(bytes, 'mask_base64', { width, height }, limits)
const grey = picture(20, 12, 1)
const disc = draw(20, 12, 1, (x, y) => [(x - 7) ** 2 + (y - 5) ** 2 < 16 ? 255 : 0])
const rgb = ({ data, width, height }: Picture) => draw(width, height, 3, (x, y) => new Array(3).fill(data[y * width + x]))

const masks = fc.record({ width: fc.integer({ min: 1, max: 24 }), height: fc.integer({ min: 1, max: 24 }) }).chain(({ width, height }) =>
  fc.uint8Array({ minLength: width * height, maxLength: width * height }).map(pixels => ({ pixels, width, height })))
// A mask that marks nothing is refused.
const marking = masks.filter(({ pixels }) => pixels.some(value => value > 0))
const kinds = ['white-edits', 'black-edits', 'alpha-edits'] as const

t.test('every dialect says the same as the canonical mask, on any mask', async t => {
  await t.resolves(fc.assert(fc.asyncProperty(masks, fc.constantFrom(...kinds), async (mask, kind) => {
    const decoded = await pixelsOf(await encodeMask(mask, kind), kind === 'alpha-edits' ? 'srgb' : 'b-w')
    const edited = {
      'white-edits': (at: number) => decoded.data[at],
      'black-edits': (at: number) => 255 - decoded.data[at],
      'alpha-edits': (at: number) => 255 - decoded.data[at * 4 + 3]
    }[kind]
    return mask.pixels.every((value, at) => edited(at) === value)
  })))
})

t.test('binary dialects hold 0 and 255 only, half an edit counts as one', async t => {
  await t.resolves(fc.assert(fc.asyncProperty(masks, fc.constantFrom(...kinds), async (mask, kind) => {
    const { data } = await pixelsOf(await encodeMask(mask, kind, 'binary'), kind === 'alpha-edits' ? 'srgb' : 'b-w')
    return mask.pixels.every((value, at) => {
      const edited = { 'white-edits': data[at], 'black-edits': 255 - data[at], 'alpha-edits': 255 - data[at * 4 + 3] }[kind]
      return edited === (value >= 128 ? 255 : 0)
    })
  }), { numRuns: 50 }))
})

t.test('a mask that went out as white or alpha edits comes back the same', async t => {
  await t.resolves(fc.assert(fc.asyncProperty(marking, fc.constantFrom('white-edits', 'alpha-edits'), async (mask, kind) => {
    const { mask: back } = await canonical(await encodeMask(mask, kind), mask.width, mask.height)
    return difference(back.pixels, mask.pixels) === 0
  }), { numRuns: 50 }))
})

t.test('dialects are 8 bits a channel and no palette, and alpha edits hide their colour: black', async t => {
  const mask = { pixels: disc.data, width: 20, height: 12 }
  t.match(await sharp(await encodeMask(mask, 'white-edits')).metadata(), { format: 'png', channels: 1, bitsPerSample: 8, isPalette: false, depth: 'uchar' })
  t.match(await sharp(await encodeMask(mask, 'black-edits', 'binary')).metadata(), { format: 'png', channels: 1, bitsPerSample: 8, isPalette: false })
  const alpha = await encodeMask(mask, 'alpha-edits')
  t.match(await sharp(alpha).metadata(), { format: 'png', channels: 4, bitsPerSample: 8, hasAlpha: true })
  const { data } = await pixelsOf(alpha)
  t.ok(data.every((value, at) => at % 4 === 3 || value === 0))
})

t.test('takes the pixels from a view into a larger buffer', async t => {
  const pixels = new Uint8Array(Buffer.concat([Buffer.alloc(3, 9), disc.data])).subarray(3)
  for (const kind of ['white-edits', 'alpha-edits'] as const) {
    const bytes = await encodeMask({ pixels, width: 20, height: 12 }, kind)
    t.strictSame((await canonical(bytes, 20, 12)).mask.pixels, disc.data)
  }
})

t.test('any format, any depth, grey or RGB: brightness is the mask', async t => {
  const cases: Array<[string, Buffer, number]> = [
    ['grey PNG', await open(grey).png().toBuffer(), 0],
    ['RGB PNG', await open(rgb(grey)).png().toBuffer(), 0],
    ['palette PNG', await open(rgb(disc)).png({ palette: true }).toBuffer(), 255],
    ['WebP', await open(rgb(grey)).webp({ lossless: true }).toBuffer(), 0],
    ['TIFF', await open(grey).tiff({ compression: 'lzw' }).toBuffer(), 0],
    ['GIF', await open(rgb(disc)).gif().toBuffer(), 255],
    ['JPEG', await open(disc).jpeg({ quality: 100 }).toBuffer(), 255],
    ['AVIF', await open(rgb(disc)).avif({ quality: 100 }).toBuffer(), 255]
  ]
  for (const [name, bytes, exact] of cases) {
    const { mask, warnings } = await canonical(bytes, 20, 12)
    t.match(mask, { width: 20, height: 12 })
    const expected = exact === 0 ? grey.data : disc.data
    t.ok(difference(mask.pixels, expected) <= (['JPEG', 'AVIF'].includes(name) ? 24 : 0), name)
    t.strictSame(warnings, [])
  }
  const deep = await deepPng(20, 12, 1)
  const eight = Array.from(new Uint16Array(240), (_, at) => ((at * 40503) % 65536) >> 8)
  t.ok(difference((await canonical(deep, 20, 12)).mask.pixels, Buffer.from(eight)) <= 1, '16 bits')
})

t.test('a mask is data: its colour profile does not bend it, CMYK is read too', async t => {
  const profile = await greyProfile(t.testdir())
  for (const channels of [1, 2] as const) {
    const soft = draw(20, 12, channels, x => [x * 12, 255].slice(0, channels))
    const profiled = await open(soft).withIccProfile(profile).toColourspace('b-w').png().toBuffer()
    t.equal((await sharp(profiled).metadata()).hasProfile, true)
    t.strictSame((await canonical(profiled, 20, 12)).mask.pixels, (await pixelsOf(profiled, 'b-w')).data)
  }
  const cmyk = await open(rgb(disc)).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
  t.ok(difference((await canonical(cmyk, 20, 12)).mask.pixels, disc.data) < 40)
})

t.test('honours the EXIF orientation', async t => {
  const stored = turned(await open(grey).png().toBuffer(), 3)
  t.strictSame((await canonical(stored, 20, 12)).mask.pixels, Buffer.from(grey.data).reverse())
  t.match(await canonical(turned(await open(disc).png().toBuffer(), 6), 12, 20), { mask: { width: 12, height: 20 }, warnings: [] })
})

t.test('uses the first frame, with a warning', async t => {
  const animated = await (await frames(rgb(disc), rgb(grey))).webp({ lossless: true }).toBuffer()
  const { mask, warnings } = await canonical(animated, 20, 12)
  t.strictSame(mask.pixels, disc.data)
  t.strictSame(warnings, ['mask_base64: only the first of its 2 frames is used'])
})

t.test('a mask of black and white stays so at any size', async t => {
  const size = fc.integer({ min: 1, max: 60 })
  const binary = masks.map(mask => ({ ...mask, pixels: mask.pixels.map((value, at) => at > 0 && value < 128 ? 0 : 255) }))
  await t.resolves(fc.assert(fc.asyncProperty(binary, size, size, async (mask, width, height) => {
    // A corner of white survives any enlargement; made smaller, all that is white may be lost.
    fc.pre(width >= mask.width && height >= mask.height)
    const { mask: resized } = await canonical(await encodeMask(mask, 'white-edits'), width, height)
    return resized.pixels.length === width * height && resized.pixels.every(value => value === 0 || value === 255)
  }), { numRuns: 50 }))
  const halves = await open(draw(60, 60, 1, x => [x < 30 ? 255 : 0])).png().toBuffer()
  for (const side of [7, 59, 90]) {
    const { mask } = await canonical(halves, side, side)
    t.ok(mask.pixels.every(value => value === 0 || value === 255) && mask.pixels.includes(255), `${side}`)
  }
})

t.test('enlarging a mask of black and white repeats its pixels, a soft one is interpolated', async t => {
  const size = { width: 60, height: 36 }
  const message = 'mask_base64: resized from 20 × 12 to the image\'s 60 × 36 pixels'
  const hard = await canonical(await open(disc).png().toBuffer(), 60, 36)
  const repeated = draw(60, 36, 1, (x, y) => [disc.data[Math.floor(y / 3) * 20 + Math.floor(x / 3)]])
  t.match(hard.mask, size)
  t.strictSame(hard.mask.pixels, repeated.data)
  t.strictSame(hard.warnings, [message])
  const ramp = draw(20, 12, 1, x => [x * 12])
  const soft = await canonical(await open(ramp).png().toBuffer(), 60, 36)
  t.ok(new Set(soft.mask.pixels).size > 20, 'there are values between')
  t.strictSame(soft.warnings, [message])
})

t.test('a mask that marks nothing is the caller\'s mistake, in every dialect', async t => {
  const nothing = { code: 'EDIT_ERR_INVALID_REQUEST', statusCode: 422, message: /^mask_base64: marks nothing to edit/, details: { field: 'mask_base64' } }
  await t.rejects(canonical(blackPng({ width: 20, height: 12 }), 20, 12), nothing)
  const opaque = await encodeMask({ pixels: new Uint8Array(240), width: 20, height: 12 }, 'alpha-edits')
  await t.rejects(canonical(opaque, 20, 12), nothing)
  await t.rejects(canonicalMask(opaque, 'mask', { width: 20, height: 12 }, limits, 'alpha'), {
    ...nothing, message: 'mask: marks nothing to edit, as it is opaque everywhere; transparent = edit', details: { field: 'mask' }
  })
})

t.test('where alpha is what counts, a mask without it is refused, and one that is all transparent gets a warning', async t => {
  const byAlpha = async (picture: Picture) => await canonicalMask(await open(picture).png().toBuffer(), 'mask', { width: 20, height: 12 }, limits, 'alpha')
  for (const flat of [disc, rgb(disc)]) {
    await t.rejects(byAlpha(flat), {
      code: 'EDIT_ERR_INVALID_REQUEST', message: 'mask: has no alpha channel: send a PNG whose transparent pixels are the region to edit', details: { field: 'mask' }
    })
  }
  t.match(await byAlpha(draw(20, 12, 4, () => [255, 255, 255, 0])), { warnings: ['mask: is transparent everywhere, so all of the image is to be edited'] })
})

t.test('warns of a mask that marks everything, or so much that it looks inverted', async t => {
  const marking = async (pixel: (x: number, y: number) => number) => {
    const { mask, warnings } = await canonical(await open(draw(40, 50, 1, (x, y) => [pixel(x, y)])).png().toBuffer(), 40, 50)
    return { edited: mask.pixels.filter(value => value > 0).length, warnings }
  }
  t.strictSame(await marking(() => 255), { edited: 2000, warnings: ['mask_base64: is white everywhere, so all of the image is to be edited'] })
  const inverted = ['mask_base64: nearly all of the image is to be edited: is the mask inverted?']
  t.strictSame(await marking((x, y) => x === 0 && y === 0 ? 0 : 255), { edited: 1999, warnings: inverted })
  t.strictSame((await marking((_, y) => y < 2 ? 0 : 255)).warnings, inverted, '4 % is kept')
  t.strictSame((await marking((_, y) => y < 3 ? 0 : 255)).warnings, [], '6 % is kept')
  t.strictSame(await marking((x, y) => x === 3 && y === 4 ? 1 : 0), { edited: 1, warnings: [] }, 'a trace of one pixel is something')
})

t.test('refuses what admission refuses, and names the field', async t => {
  const field = { details: { field: 'mask_base64' } }
  await t.rejects(canonical(Buffer.from('%PDF-1.7'), 20, 12), { code: 'EDIT_ERR_IMAGE_UNSUPPORTED', ...field })
  await t.rejects(canonical(blackPng({ width: 16_000, height: 16_000 }), 20, 12), { code: 'EDIT_ERR_IMAGE_TOO_LARGE', ...field })
  const png = await open(grey).png().toBuffer()
  await t.rejects(canonical(png.subarray(0, 90), 20, 12), { code: 'EDIT_ERR_IMAGE_INVALID', ...field })
  await t.rejects(canonical(corrupt(png, png.indexOf('IDAT') + 20), 20, 12), { code: 'EDIT_ERR_IMAGE_INVALID', ...field })
  const clear = await open(picture(20, 12, 4)).png().toBuffer()
  await t.rejects(canonical(corrupt(clear, clear.indexOf('IDAT') + 20), 20, 12), { code: 'EDIT_ERR_IMAGE_INVALID', ...field })
})

t.test('an image\'s own alpha is a mask: transparent = edit', async t => {
  const cases = [
    ['RGBA', picture(20, 12, 4)],
    ['grey + alpha', picture(20, 12, 2)]
  ] as const
  for (const [name, image] of cases) {
    const { image: admitted } = await admitImage(await open(image).png().toBuffer(), 'image', limits)
    const last = image.channels - 1
    const expected = draw(20, 12, 1, (x, y) => [255 - image.data[(y * 20 + x) * image.channels + last]])
    const mask = await maskFromAlpha(admitted)
    t.match(mask, { width: 20, height: 12 })
    t.strictSame(mask?.pixels, expected.data, name)
  }
})

t.test('an opaque image carries no mask', async t => {
  const admit = async (image: Picture) => (await admitImage(await open(image).png().toBuffer(), 'image', limits)).image
  t.equal(await maskFromAlpha(await admit(picture(20, 12))), undefined)
  t.equal(await maskFromAlpha(await admit(draw(20, 12, 4, x => [x, 2, 3, 255]))), undefined, 'with an alpha channel')
})

t.test('an image whose alpha does not decode is the caller\'s mistake', async t => {
  const png = await open(picture(20, 12, 4)).png().toBuffer()
  const { image } = await admitImage(corrupt(png, png.indexOf('IDAT') + 30), 'image', limits)
  await t.rejects(maskFromAlpha(image), { code: 'EDIT_ERR_IMAGE_INVALID' })
})
