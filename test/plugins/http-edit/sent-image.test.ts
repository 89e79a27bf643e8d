import t from 'tap'
import { decodeBase64 } from '../../../core/imaging/base64.ts'
import { bytesOf } from '../../../plugins/http-edit/sent-image.ts'

const file = { bytes: (field: string) => Buffer.from(field), preview: () => '' }

t.test('its bytes are taken as they are, a text is decoded', async t => {
  t.equal(bytesOf(file, 'mask', decodeBase64).toString(), 'mask')
  t.equal(bytesOf('bWFzaw==', 'image', decodeBase64).toString(), 'mask')
  t.throws(() => bytesOf('%', 'image', decodeBase64), /^image: character/)
})
