import t from 'tap'
import { admitImage } from '../../../core/imaging/admit.ts'
import { convertImage } from '../../../core/imaging/convert.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { corrupt, deepPng, difference, open, picture, pixelsOf, samplesOf } from './pictures.ts'

const admit = async (bytes: Buffer) => (await admitImage(bytes, 'image', limits)).image
const photo = await admit(await open(picture(40, 24)).png().toBuffer())

t.test('an image of the right format comes back as it is', async t => {
  t.same(await convertImage(photo, 'image/png'), { image: photo, warnings: [] })
  t.equal((await convertImage(photo, 'image/png')).image, photo)
})

t.test('converts to another format', async t => {
  for (const mediaType of ['image/jpeg', 'image/webp', 'image/avif'] as const) {
    const { image } = await convertImage(photo, mediaType)
    t.match(await admit(image.bytes), { mediaType, width: 40, height: 24 })
  }
})

t.test('a wished quality makes the same format smaller', async t => {
  const { image: jpeg } = await convertImage(photo, 'image/jpeg')
  t.equal((await convertImage(jpeg, 'image/jpeg')).image, jpeg)
  const { image: smaller } = await convertImage(jpeg, 'image/jpeg', { quality: 30 })
  t.ok(smaller.bytes.length < jpeg.bytes.length)
})

t.test('warns in the caller\'s own words', async t => {
  const cutOut = await admit(await open(picture(8, 8, 4)).png().toBuffer())
  t.strictSame((await convertImage(cutOut, 'image/jpeg')).warnings, ['image: laid on white, as JPEG has no transparency'])
  t.match((await convertImage(cutOut, 'image/jpeg', { field: 'background' })).warnings[0], /^background: /)
})

t.test('damage that admission could not see is still the caller\'s mistake', async t => {
  const png = corrupt(photo.bytes, photo.bytes.indexOf('IDAT') + 60)
  const broken = await admit(png)
  t.equal(broken.bytes, png, 'its outline is faultless')
  await t.rejects(convertImage(broken, 'image/jpeg', { field: 'image_base64' }), {
    code: 'EDIT_ERR_IMAGE_INVALID', statusCode: 400, details: { field: 'image_base64' }
  })
})

t.test('scales and pads in the same pass, in the image\'s own format', async t => {
  const reshape = { scaledTo: { width: 20, height: 12 }, padding: { left: 0, right: 0, up: 4, down: 4 } }
  const { image } = await convertImage(photo, 'image/png', { reshape })
  t.match(image, { mediaType: 'image/png', width: 20, height: 20 })
  t.match(await admit(image.bytes), { width: 20, height: 20 })
})

t.test('depth, alpha and colour profile stay as it is scaled', async t => {
  const reshape = { scaledTo: { width: 20, height: 12 } }
  const deep = await convertImage(await admit(await deepPng(40, 24, 3)), 'image/png', { reshape })
  t.ok((await samplesOf(deep.image.bytes)).some(sample => sample % 257 !== 0), 'more than 8 bits')
  const wide = await admit(await open(picture(40, 24, 4)).withIccProfile('p3').png().toBuffer())
  t.match((await convertImage(wide, 'image/png', { reshape })).image, { alpha: true, profile: 'sP3C', width: 20 })
})

t.test('wide colours become sRGB where that is wanted, and look the same', async t => {
  const plain = picture(40, 24)
  const wide = await admit(await open(plain).withIccProfile('p3').png().toBuffer())
  const { image, warnings } = await convertImage(wide, 'image/png', { srgb: true })
  t.equal(image.profile, null)
  t.strictSame(warnings, [])
  t.ok(difference((await pixelsOf(image.bytes)).data, plain.data) <= 4)
  t.equal((await convertImage(photo, 'image/png', { srgb: true })).image, photo, 'sRGB already')
})
