import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { readResult } from '../../../plugins/stability/result.ts'

const bytes = Buffer.from('a picture')

const read = (headers: Record<string, string>, body: Buffer, json?: unknown) => readResult({ status: 200, headers, body, json }, EditError)

t.test('reads bytes with their seed and the id that support asks for', async t => {
  t.same(read({ 'content-type': 'image/webp', seed: '7', 'x-request-id': 'r1' }, bytes), { images: [{ bytes }], seed: 7, vendorRequestId: 'r1' })
  t.same(read({ 'content-type': 'image/png' }, bytes), { images: [{ bytes }] })
  t.same(read({ 'content-type': 'application/octet-stream' }, bytes), { images: [{ bytes }] })
})

t.test('reads JSON, also with the older name of the picture', async t => {
  const base64 = bytes.toString('base64')
  const type = { 'content-type': 'application/json; type=image/png' }
  t.same(read({ ...type, 'x-request-id': 'r1' }, bytes, { image: base64, finish_reason: 'SUCCESS', seed: 7 }), { images: [{ bytes }], seed: 7, vendorRequestId: 'r1' })
  t.same(read(type, bytes, { result: base64 }), { images: [{ bytes }] })
})

t.test('does not take anything else for a picture', async t => {
  const response = { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', message: 'Stability AI answered without a picture' }
  t.throws(() => read({ 'content-type': 'text/html' }, bytes), response)
  t.throws(() => read({}, bytes), response)
  t.throws(() => read({ 'content-type': 'image/png' }, Buffer.alloc(0)), response)
  for (const json of [{}, null, { image: '' }, { image: 7 }, { image: 'aGk=', seed: 'seven' }, ['aGk=']]) {
    t.throws(() => read({ 'content-type': 'application/json' }, bytes, json), response)
  }
})
