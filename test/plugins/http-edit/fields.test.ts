import t from 'tap'
import { operationNames } from '../../../core/operations.ts'
import { readFields } from '../../../plugins/http-edit/fields.ts'
import { createSchemas } from '../../../plugins/http-edit/schemas.ts'

const { properties } = createSchemas(operationNames).process
const file = { bytes: () => Buffer.from('image'), preview: () => '' }
const read = (...fields: Array<[string, string | typeof file]>) => readFields(fields, properties)

t.test('files have the names that people give them, and those of the API', async t => {
  t.same(read(['image', file], ['mask', 'text'], ['background_image', file], ['lighting_image_base64', file]), {
    image_base64: file, mask_base64: 'text', background_image_base64: file, lighting_image_base64: file
  })
})

t.test('references are a list, however they are named', async t => {
  for (const name of ['images', 'images[]', 'images_base64[]', 'references', 'references[0]', 'image[]']) {
    t.same(read([name, file]), { images_base64: [file] }, name)
    t.same(read([name, file], [name, file]), { images_base64: [file, file] })
  }
})

t.test('addresses are texts, those of references a list', async t => {
  t.same(read(['image_url', 'a'], ['mask_url', 'b'], ['image_urls', 'c']), { image_url: 'a', mask_url: 'b', image_urls: ['c'] })
  t.same(read(['image_urls[]', 'c'], ['image_urls[]', 'd']), { image_urls: ['c', 'd'] })
  t.throws(() => read(['image_url', 'a'], ['image_url', 'b']), /^"image_url" is given twice$/)
})

t.test('text is what the schema has for it', async t => {
  t.same(read(['coalesce', 'TRUE'], ['keep_metadata', 'false'], ['preserve_unmasked', 'perhaps'], ['prompt', 'true'], ['seed', '5'], ['options', '{"a":[1]}'], ['unknown', '{}']), {
    coalesce: true, keep_metadata: false, preserve_unmasked: 'perhaps', prompt: 'true', seed: '5', options: { a: [1] }, unknown: '{}'
  })
  t.same(read(['options', '']), { options: '' })
})

t.test('an order of fallbacks is a word, JSON, or a repeated name', async t => {
  t.same(read(['fallback', 'none']), { fallback: 'none' })
  t.same(read(['fallback', '["a","b"]']), { fallback: ['a', 'b'] })
  t.same(read(['fallback[]', 'a']), { fallback: ['a'] })
  t.same(read(['fallback', 'a'], ['fallback', 'b'], ['fallback', 'c']), { fallback: ['a', 'b', 'c'] })
})

t.test('a name given twice is refused: one of the two would be lost', async t => {
  t.throws(() => read(['image', file], ['image_base64', file]), /^"image_base64" is given twice$/)
  t.throws(() => read(['seed', '1'], ['seed', '2']), /^"seed" is given twice$/)
})

t.test('what should be JSON and is none is refused and named', async t => {
  t.throws(() => read(['options', '{a:1}']), /^body\.options: Value error, it must be JSON$/)
  t.throws(() => read(['fallback', '[a']), /^body\.fallback: Value error/)
})

t.test('no name reaches a prototype', async t => {
  t.throws(() => read(['__proto__', 'x']), /^"__proto__" is no name for a field$/)
  t.same(read(['constructor', 'x'], ['toString', '{}']), { constructor: 'x', toString: '{}' })
})
