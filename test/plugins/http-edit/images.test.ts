import t from 'tap'
import { refuseAddresses, type FetchImages } from '../../../core/image-urls.ts'
import { decodeBase64 } from '../../../core/imaging/base64.ts'
import { readImages } from '../../../plugins/http-edit/images.ts'
import type { ProcessBody } from '../../../plugins/http-edit/schemas.ts'

const { signal } = new AbortController()
/** A picture is its address. */
const fetchImages: FetchImages = async pictures => pictures.map(picture => Buffer.isBuffer(picture) ? picture : Buffer.from(picture.url))
const read = (body: Omit<ProcessBody, 'operation'>, edits = { decodeBase64, fetchImages }) => readImages({ operation: 'general_edit', ...body }, { edits, signal })
const base64 = (text: string) => Buffer.from(text).toString('base64')
const file = { bytes: () => Buffer.from('file'), preview: () => '' }
const [a, b] = ['https://a.example/1', 'https://a.example/2']

t.test('the image to edit comes first, then the references; without it the first of these is it', async t => {
  const readText = async (body: Omit<ProcessBody, 'operation'>) => {
    const { images, fields } = await read(body)
    return images.map((bytes, index) => [String(bytes), fields.images?.[index]])
  }
  t.same(await readText({ image_base64: base64('one') }), [['one', 'image_base64']])
  t.same(await readText({ image_base64: base64('one'), images_base64: [file, base64('two')] }), [['one', 'image_base64'], ['file', 'images_base64[0]'], ['two', 'images_base64[1]']])
  t.same(await readText({ images_base64: [file, base64('two')] }), [['file', 'images_base64[0]'], ['two', 'images_base64[1]']])
  t.same(await readText({ image_url: a, images_base64: [file] }), [[a, 'image_url'], ['file', 'images_base64[0]']])
  t.same(await readText({ image_base64: base64('one'), images_base64: [], image_urls: [a, b] }), [['one', 'image_base64'], [a, 'image_urls[0]'], [b, 'image_urls[1]']])
  t.same(await readText({ image_urls: [b] }), [[b, 'image_urls[0]']])
})

t.test('every image comes either way, and is known by the name it came by', async t => {
  t.match(await read({ image_base64: file, mask_base64: base64('mask'), background_image_base64: file, lighting_image_base64: base64('light') }), {
    mask: Buffer.from('mask'),
    background: Buffer.from('file'),
    lighting: Buffer.from('light'),
    fields: { image: 'image_base64', mask: 'mask_base64', background: 'background_image_base64', lighting: 'lighting_image_base64' }
  })
  t.match(await read({ image_url: a, mask_url: b, background_image_url: a, lighting_image_url: b }), {
    mask: Buffer.from(b),
    background: Buffer.from(a),
    lighting: Buffer.from(b),
    fields: { image: 'image_base64', images: ['image_url'], mask: 'mask_url', background: 'background_image_url', lighting: 'lighting_image_url' }
  })
  t.match(await read({ image_base64: file }), { mask: undefined, background: undefined, lighting: undefined, fields: { mask: 'mask_base64' } })
})

t.test('an image that is sent both ways is refused: one of the two would be lost', async t => {
  const cases: Array<[Omit<ProcessBody, 'operation'>, string]> = [
    [{ image_base64: file, image_url: a }, 'body.image_url: Value error, image_base64 is sent too: send one of them'],
    [{ image_url: a, mask_base64: file, mask_url: b }, 'body.mask_url: Value error, mask_base64 is sent too: send one of them'],
    [{ image_url: a, images_base64: [file], image_urls: [b] }, 'body.image_urls: Value error, images_base64 is sent too: send one of them']
  ]
  for (const [body, message] of cases) await t.rejects(read(body), { name: 'Refusal', statusCode: 422, message })
})

t.test('an address in the place of base64 is told where it belongs', async t => {
  await t.rejects(read({ image_base64: a }), { name: 'Refusal', message: 'body.image_base64: Value error, it is an address: send it as image_url' })
  await t.rejects(read({ image_base64: file, mask_base64: ' HTTP://a.example' }), { message: 'body.mask_base64: Value error, it is an address: send it as mask_url' })
  await t.rejects(read({ images_base64: [file, a] }), { message: 'body.images_base64.1: Value error, it is an address: send it as image_urls' })
})

t.test('nothing is fetched for a request whose own images are none', async t => {
  const never: FetchImages = async () => { throw new Error('fetched') }
  await t.rejects(read({ image_url: a, mask_base64: '?' }, { decodeBase64, fetchImages: never }), { code: 'EDIT_ERR_IMAGE_INVALID', details: { field: 'mask_base64' } })
  await t.rejects(read({ image_url: a }, { decodeBase64, fetchImages: refuseAddresses }), { code: 'EDIT_ERR_INVALID_REQUEST', details: { field: 'image_url' } })
})
