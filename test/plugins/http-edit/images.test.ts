import t from 'tap'
import { decodeBase64 } from '../../../core/imaging/base64.ts'
import { readImages } from '../../../plugins/http-edit/images.ts'
import type { ProcessBody } from '../../../plugins/http-edit/schemas.ts'

const read = (body: Omit<ProcessBody, 'operation'>) => readImages({ operation: 'general_edit', ...body }, { decodeBase64 })
const base64 = (text: string) => Buffer.from(text).toString('base64')
const file = { bytes: () => Buffer.from('file'), preview: () => '' }
const [a, b] = ['https://a.example/1', 'https://a.example/2']

t.test('the image to edit comes first, then the references; without it the first of these is it', async t => {
  const readText = (body: Omit<ProcessBody, 'operation'>) => {
    const { images, fields } = read(body)
    return images.map((image, index) => [Buffer.isBuffer(image) ? String(image) : image.url, fields.images?.[index]])
  }
  t.same(readText({ image_base64: base64('one') }), [['one', 'image_base64']])
  t.same(readText({ image_base64: base64('one'), images_base64: [file, base64('two')] }), [['one', 'image_base64'], ['file', 'images_base64[0]'], ['two', 'images_base64[1]']])
  t.same(readText({ images_base64: [file, base64('two')] }), [['file', 'images_base64[0]'], ['two', 'images_base64[1]']])
  t.same(readText({ image_url: a, images_base64: [file] }), [[a, 'image_url'], ['file', 'images_base64[0]']])
  t.same(readText({ image_base64: base64('one'), images_base64: [], image_urls: [a, b] }), [['one', 'image_base64'], [a, 'image_urls[0]'], [b, 'image_urls[1]']])
  t.same(readText({ image_urls: [b] }), [[b, 'image_urls[0]']])
})

t.test('every image comes either way, and is known by the name it came by', async t => {
  t.match(read({ image_base64: file, mask_base64: base64('mask'), background_image_base64: file, lighting_image_base64: base64('light') }), {
    mask: Buffer.from('mask'),
    background: Buffer.from('file'),
    lighting: Buffer.from('light'),
    fields: { image: 'image_base64', mask: 'mask_base64', background: 'background_image_base64', lighting: 'lighting_image_base64' }
  })
  t.match(read({ image_url: a, mask_url: b, background_image_url: a, lighting_image_url: b }), {
    images: [{ url: a, field: 'image_url' }],
    mask: { url: b, field: 'mask_url' },
    background: { url: a, field: 'background_image_url' },
    lighting: { url: b, field: 'lighting_image_url' },
    fields: { image: 'image_base64', images: ['image_url'], mask: 'mask_url', background: 'background_image_url', lighting: 'lighting_image_url' }
  })
  t.match(read({ image_base64: file }), { mask: undefined, background: undefined, lighting: undefined, fields: { mask: 'mask_base64' } })
})

t.test('an image that is sent both ways is refused: one of the two would be lost', async t => {
  const cases: Array<[Omit<ProcessBody, 'operation'>, string]> = [
    [{ image_base64: file, image_url: a }, 'body.image_url: Value error, image_base64 is sent too: send one of them'],
    [{ image_url: a, mask_base64: file, mask_url: b }, 'body.mask_url: Value error, mask_base64 is sent too: send one of them'],
    [{ image_url: a, images_base64: [file], image_urls: [b] }, 'body.image_urls: Value error, images_base64 is sent too: send one of them']
  ]
  for (const [body, message] of cases) t.throws(() => read(body), { name: 'Refusal', statusCode: 422, message })
})

t.test('an address in the place of base64 is told where it belongs', async t => {
  t.throws(() => read({ image_base64: a }), { name: 'Refusal', message: 'body.image_base64: Value error, it is an address: send it as image_url' })
  t.throws(() => read({ image_base64: file, mask_base64: ' HTTP://a.example' }), { message: 'body.mask_base64: Value error, it is an address: send it as mask_url' })
  t.throws(() => read({ images_base64: [file, a] }), { message: 'body.images_base64.1: Value error, it is an address: send it as image_urls' })
})

t.test('what is no base64 is refused by its name', async t => {
  t.throws(() => read({ image_url: a, mask_base64: '?' }), { code: 'EDIT_ERR_IMAGE_INVALID', details: { field: 'mask_base64' } })
})
