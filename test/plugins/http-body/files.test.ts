import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { decodeBase64 } from '../../../core/imaging/base64.ts'
import type { Edits } from '../../../core/index.ts'
import { fileOf, partOf } from '../../../plugins/http-body/files.ts'

const kernel = { EditError, edits: { decodeBase64 } as Edits } // Nothing else of it is used.
const bytes = Buffer.from('image')
const part = (changes: object) => partOf({ name: 'a', fileName: undefined, mediaType: undefined, bytes, ...changes }, kernel)

t.test('a file is its bytes, and an empty one is refused by whoever wants it', async t => {
  const file = fileOf(bytes, 'image/png', kernel)
  t.equal(file.bytes('image'), bytes)
  t.equal(file.mediaType, 'image/png')
  t.equal(file.preview(3), 'ima')
  t.throws(() => fileOf(Buffer.alloc(0), undefined, kernel).bytes('mask'), { code: 'EDIT_ERR_IMAGE_INVALID', message: 'mask: is empty; it must hold an image' })
})

t.test('a part is a file by its file name or its type, else text', async t => {
  t.match(part({ fileName: 'x.png' }), [{ name: 'a', value: { bytes: Function } }])
  t.match(part({ mediaType: 'image/png' }), [{ value: { mediaType: 'image/png' } }])
  t.match(part({ mediaType: 'text/plain; charset=utf-8' }), [{ value: 'image' }])
  t.match(part({ mediaType: 'application/json' }), [{ value: 'image' }])
  t.match(part({}), [{ value: 'image' }])
})

t.test('a file input that nobody has filled is not there', async t => {
  t.same(part({ fileName: '', bytes: Buffer.alloc(0) }), [])
  t.same(part({ mediaType: 'application/octet-stream', bytes: Buffer.alloc(0) }), [])
  t.match(part({ bytes: Buffer.alloc(0) }), [{ value: '' }], 'an empty text is')
  t.match(part({ fileName: 'x', bytes: Buffer.alloc(0) }), [{ value: { bytes: Function } }], 'and so is a file that is empty by mistake')
  t.match(part({ fileName: '' }), [{ value: { bytes: Function } }])
})

t.test('a long text is an image in base64, and decoded when it is wanted', async t => {
  const image = Buffer.alloc(60_000, 7)
  const [{ value } = { value: '' }] = part({ bytes: Buffer.from(image.toString('base64')) })
  if (typeof value === 'string') throw new Error('it is text')
  t.same(value.bytes('image'), image)
  t.equal(value.preview(4), 'BwcH')
})
