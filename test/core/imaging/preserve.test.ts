import sharp from 'sharp'
import t from 'tap'
import { admitImage } from '../../../core/imaging/admit.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { compareUnmasked, preserveUnmasked, type Subject } from '../../../core/imaging/preserve.ts'
import { readResult } from '../../../core/imaging/finish.ts'
import { corrupt, draw, frames, open, picture, pixelsOf, turned, type Picture } from './pictures.ts'

const width = 40
const height = 30
const box = (x: number, y: number) => x >= 10 && x < 30 && y >= 8 && y < 22
const mask = { pixels: draw(width, height, 1, (x, y) => [box(x, y) ? 255 : 0]).data, width, height }
const source = picture(width, height)
const png = async (image: Picture) => await open(image).png().toBuffer()
const magenta = draw(width, height, 3, () => [255, 0, 200])

async function subjectOf (image: Buffer, result: Buffer, changes: Partial<Subject> = {}): Promise<Subject> {
  return { image: (await admitImage(image, 'image', limits)).image, mask, result: await readResult(result, limits), reshape: {}, ...changes }
}
const outside = ({ data, channels }: Picture) => Buffer.concat(Array.from(mask.pixels, (part, pixel) => part > 0 ? Buffer.alloc(0) : data.subarray(pixel * channels, (pixel + 1) * channels)))
const meanDifference = (a: Buffer, b: Buffer) => a.reduce((sum, value, at) => sum + Math.abs(value - b[at]), 0) / a.length

t.test('a PNG holds the image\'s values outside the mask', async t => {
  const { image, changes, warnings } = await preserveUnmasked(await subjectOf(await png(source), await png(magenta)), { format: 'image/png' })
  t.match(image, { mediaType: 'image/png', width, height, alpha: false, profile: null })
  t.ok(outside(await pixelsOf(image.bytes)).equals(outside(source)))
  t.ok(changes.changed > 900 && changes.total === 920)
  t.same(warnings, [])
})

t.test('a picture that is too long for its format is a PNG, compressed and whole, with a profile too', async t => {
  const long = { width: 16_500, height: 2 }
  const panorama = await open(draw(long.width, long.height, 3, x => [x >> 8, 90, 40])).withIccProfile('p3').png().toBuffer()
  const middle = { ...long, pixels: draw(long.width, long.height, 1, x => [x > 100 && x < 200 ? 255 : 0]).data }
  const { image, warnings } = await preserveUnmasked(await subjectOf(panorama, panorama, { mask: middle }), { format: 'image/webp' })
  t.match(image, { mediaType: 'image/png', ...long, profile: /P3/ })
  t.match(warnings, [/image\/webp cannot hold/])
  t.ok(image.bytes.length < 10_000, `${image.bytes.length}`)
  t.match(await sharp(image.bytes).metadata(), long)
})

t.test('other formats hold them as far as they can, and quality, background and credits are heeded', async t => {
  const smooth = draw(width, height, 3, (x, y) => [x * 6, y * 8, 100])
  const subject = await subjectOf(await png(smooth), await png(magenta))
  for (const format of ['image/jpeg', 'image/webp', 'image/avif'] as const) {
    const { image } = await preserveUnmasked(subject, { format, quality: 100 })
    t.match(image, { mediaType: format, width, height })
    t.ok(meanDifference(outside(await pixelsOf(image.bytes)), outside(smooth)) < 8, format)
  }
  t.ok((await preserveUnmasked(subject, { format: 'image/jpeg', quality: 10 })).image.bytes.length < (await preserveUnmasked(subject, { format: 'image/jpeg' })).image.bytes.length)
  const credited = await preserveUnmasked(subject, { format: 'image/png' }, { IFD0: { Artist: 'Ada' } })
  t.match((await sharp(credited.image.bytes).metadata()).exif?.toString('latin1'), /Ada/)
  t.ok(outside(await pixelsOf(credited.image.bytes)).equals(outside(smooth)))
  const clear = await subjectOf(await png(draw(width, height, 4, () => [0, 0, 0, 0])), await png(magenta))
  const laid = await preserveUnmasked(clear, { format: 'image/png', background: '#00ff00' })
  t.equal(laid.image.alpha, false)
  // Where nothing is transparent there is nothing to be laid on it, and with a profile the pixels came in a file.
  const wide = await open(smooth).withIccProfile('p3').png().toBuffer()
  const opaque = await preserveUnmasked(await subjectOf(wide, wide), { format: 'image/png', background: '#00ff00' })
  t.ok(opaque.image.bytes.length > 0 && opaque.image.bytes.length < smooth.data.length)
  t.same([...(await pixelsOf(laid.image.bytes)).data.subarray(0, 3)], [0, 255, 0])
  t.same((await preserveUnmasked(clear, { format: 'image/jpeg' })).warnings, ['result: laid on white, as JPEG has no transparency'])
})

t.test('the profile is told', async t => {
  const wide = await open(source).withIccProfile('p3').png().toBuffer()
  for (const format of ['image/png', 'image/webp'] as const) {
    const { image } = await preserveUnmasked(await subjectOf(wide, await png(magenta)), { format })
    t.equal(image.profile, 'sP3C')
    t.equal((await sharp(image.bytes).metadata()).hasProfile, true)
  }
})

t.test('the mask may belong to another size than the one that is wished, and an outpainting needs none', async t => {
  const large = draw(80, 60, 3, () => [255, 0, 200])
  const { image } = await preserveUnmasked(await subjectOf(await png(draw(width, height, 3, () => [9, 9, 9])), await png(large)), { format: 'image/png' })
  t.match(image, { width: 80, height: 60 })
  t.same([...(await pixelsOf(image.bytes)).data.subarray(0, 3)], [9, 9, 9])

  const expansion = { left: 5, right: 0, up: 10, down: 3 }
  for (const scale of [1, 2]) {
    const size = { width: 45 * scale, height: 43 * scale }
    const subject = await subjectOf(await png(source), await png(draw(size.width, size.height, 3, () => [255, 0, 200])), { mask: undefined, expansion })
    const grown = await preserveUnmasked(subject, { format: 'image/png' })
    t.match(grown.image, size)
    t.match(grown.changes, { total: width * height * scale ** 2 })
    const middle = await sharp(grown.image.bytes).extract({ left: 5 * scale, top: 10 * scale, width: width * scale, height: height * scale }).resize(width, height, { kernel: 'nearest' }).raw().toBuffer()
    if (scale === 1) t.ok(middle.equals(source.data))
  }
  const upwards = await subjectOf(await png(source), await png(draw(40, 35, 3, () => [255, 0, 200])), { mask: undefined, expansion: { left: 0, right: 0, up: 5, down: 0 } })
  const { data } = await pixelsOf((await preserveUnmasked(upwards, { format: 'image/png' })).image.bytes)
  t.ok(data.subarray(5 * 40 * 3).equals(source.data))
})

t.test('what decoding does to a result is said', async t => {
  const stored = turned(await png(draw(height, width, 3, () => [1, 2, 3])), 6)
  t.same((await preserveUnmasked(await subjectOf(await png(source), stored), { format: 'image/png' })).warnings, ['result: turned upright, as its EXIF orientation says'])
  const animated = await (await frames(magenta, source)).webp({ lossless: true }).toBuffer()
  t.same((await preserveUnmasked(await subjectOf(await png(source), animated), { format: 'image/png' })).warnings, ['result: only the first of its 2 frames is used'])
})

t.test('changes are counted without making anything', async t => {
  const dotted = draw(width, height, 3, (x, y) => x === 0 && y === 0 ? [1, 2, 3] : [...source.data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)])
  t.same(await compareUnmasked(await subjectOf(await png(source), await png(dotted))), { changed: 1, total: 920 })
  t.same(await compareUnmasked(await subjectOf(await png(source), await png(dotted), { mask: undefined })), { changed: 1, total: 1200 })
})

t.test('whose pixels do not decode is blamed', async t => {
  const good = await png(source)
  const bad = corrupt(good, good.indexOf('IDAT') + 20)
  await t.rejects(preserveUnmasked(await subjectOf(good, bad), { format: 'image/png' }), { code: 'EDIT_ERR_OUTPUT_REJECTED', details: { field: 'result' } })
  await t.rejects(preserveUnmasked(await subjectOf(bad, good), { format: 'image/webp' }), { code: 'EDIT_ERR_IMAGE_INVALID', details: { field: 'image' } })
  await t.rejects(compareUnmasked(await subjectOf(bad, good)), { code: 'EDIT_ERR_IMAGE_INVALID' })
})
