import t from 'tap'
import { readBase64 } from '../../../core/imaging/base64-reader.ts'
import { readImageText } from '../../../plugins/http-body/image-text.ts'
import { createRoom } from '../../../plugins/http-body/room.ts'

const read = (raw: Buffer) => {
  const text = readImageText(readBase64(createRoom(undefined)))
  text.write(raw)
  return text.end()
}
const bytes = Buffer.from(Array.from({ length: 150_000 }, (_, i) => (i * 2654435761) >>> 24))

t.test('an image knows its declared type, its bytes and how it begins', async t => {
  const file = read(Buffer.from(`data:image/webp;base64,${bytes.toString('base64')}`))
  t.equal(file?.mediaType, 'image/webp')
  t.same(file?.bytes('image'), bytes)
  t.equal(file?.preview(15), 'data:image/webp')
  t.equal(read(Buffer.from(bytes.toString('base64')))?.mediaType, undefined)
})

t.test('a mistake of the caller is told when somebody wants the bytes, with the field', async t => {
  const file = read(Buffer.from(`${'A'.repeat(100_000)}%`))
  t.throws(() => file?.bytes('mask'), { code: 'EDIT_ERR_IMAGE_INVALID', message: 'mask: character "%" at position 100000 is not base64' })
})

t.test('what can stand in no JSON string is no image', async t => {
  t.equal(read(Buffer.from(`${'A'.repeat(100_000)}\n${'A'.repeat(100_000)}`)), undefined)
  t.equal(read(Buffer.from(`${'A'.repeat(1000)}\\`)), undefined)
  t.equal(read(Buffer.from(`data:image/\0png;base64,${'A'.repeat(100_000)}`)), undefined, 'nor what looks like one behind its prefix')
})
