import t from 'tap'
import { decodeBase64 } from '../../../core/imaging/base64.ts'
import { readPictures } from '../../../plugins/http-openai/pictures.ts'
import type { SentFields } from '../../../plugins/http-openai/sent.ts'

const read = (sent: SentFields) => readPictures(sent, { decodeBase64 })
const [one, two] = ['one', 'two'].map(text => Buffer.from(text))
const file = (bytes = one) => ({ bytes: () => bytes })
const url = `data:image/png;base64,${Buffer.from('two').toString('base64')}`

t.test('files and data URLs are images', async t => {
  t.same(read({ image: file() }), { field: 'image', names: ['image'], images: [one], mask: undefined, background: undefined, lighting: undefined })
  t.same(read({ images: [{ image_url: url }, { image_url: file(), file_id: null }, url], mask: { image_url: url }, background_image: file(), lighting_image: file(two) }), {
    field: 'images', names: ['images[0]', 'images[1]', 'images[2]'], images: [two, one, two], mask: two, background: one, lighting: two
  })
  t.same(read({}).images, [])
  t.same(read({ image: [], images: '' }).images, [])
})

t.test('an address is taken in the place of an image', async t => {
  const { names, images, mask, background, lighting } = read({
    images: [{ image_url: url }, { image_url: ' https://a.example/1' }, file()], mask: { image_url: 'HTTPS://a.example/2' }, lighting_image: 'http://a.example/3'
  })
  t.same(names, ['images[0]', 'images[1]', 'images[2]'])
  t.same(images, [two, { url: 'https://a.example/1', field: 'images[1].image_url' }, one])
  t.same([mask, background, lighting], [{ url: 'HTTPS://a.example/2', field: 'mask.image_url' }, undefined, { url: 'http://a.example/3', field: 'lighting_image' }])
})

t.test('what holds no image is refused by its name, with the remedy', async t => {
  const cases: Array<[SentFields, string, string, RegExp]> = [
    [{ image: 'hello' }, 'image', 'invalid_value', /holds no image: send a file, or a data URL/],
    [{ image: [file(), 5] }, 'image[1]', 'invalid_value', /holds no image/],
    [{ images: [{ image_url: 'ftp://example.com/a.png' }] }, 'images.image_url', 'invalid_value', /holds no image/],
    [{ images: [url, { file_id: 'file-1' }] }, 'images[1]', 'invalid_value', /no store of files here/],
    [{ mask: [file(), file()] }, 'mask', 'invalid_value', /takes one image, but 2 were sent/],
    [{ mask: { image_url: '' } }, 'mask.image_url', 'missing_required_parameter', /Missing required parameter/],
    [{ mask: { url: 'x' } }, 'mask.url', 'unknown_parameter', /Unknown parameter: 'mask.url'/],
    [{ images: [file()], image: file() }, 'images', 'invalid_value', /not both/],
    [{ image: new Array(17).fill(file()) }, 'image', 'invalid_value', /at most 16 images, but got 17/]
  ]
  for (const [sent, param, code, message] of cases) t.throws(() => read(sent), { param, code, message }, param)
  t.throws(() => read({ image: 'data:image/png;base64,###' }), { code: 'EDIT_ERR_IMAGE_INVALID', details: { field: 'image' } })
})
