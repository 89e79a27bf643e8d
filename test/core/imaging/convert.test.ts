import t from 'tap'
import { admitImage } from '../../../core/imaging/admit.ts'
import { convertImage } from '../../../core/imaging/convert.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { corrupt, open, picture } from './pictures.ts'

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
