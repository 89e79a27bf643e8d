import t from 'tap'
import { decodeBase64 } from '../../../core/imaging/base64.ts'
import { bytesOf, isSentFile } from '../../../plugins/http-edit/sent-image.ts'

const file = { bytes: (field: string) => Buffer.from(field), preview: () => '' }

t.test('a file of a body is told from everything that JSON can make', async t => {
  t.equal(isSentFile(file), true)
  for (const value of [null, 'text', 5, [], { bytes: 'text' }, { bytes: { length: 1 } }, undefined]) t.equal(isSentFile(value), false)
})

t.test('its bytes are taken as they are, a text is decoded', async t => {
  t.equal(bytesOf(file, 'mask', decodeBase64).toString(), 'mask')
  t.equal(bytesOf('bWFzaw==', 'image', decodeBase64).toString(), 'mask')
  t.throws(() => bytesOf('%', 'image', decodeBase64), /^image: character/)
})
