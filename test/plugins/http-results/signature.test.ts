import t from 'tap'
import { createSigner } from '../../../plugins/http-results/signature.ts'

const { sign, isSigned } = createSigner('a key of this test')

t.test('a signature holds for its name and its time, and for no other', async t => {
  const signature = sign('one.png', 1000)
  t.ok(isSigned('one.png', '1000', signature))
  t.notOk(isSigned('other.png', '1000', signature))
  t.notOk(isSigned('one.png', '1001', signature))
  t.notOk(isSigned('one.png', '01000', signature))
  t.notOk(createSigner('another key').isSigned('one.png', '1000', signature))
})

t.test('what is no signature is none, whatever its length', async t => {
  const signature = sign('one.png', 1000)
  for (const wrong of ['', 'undefined', signature.slice(1), `${signature}AAAA`, `A${signature.slice(1)}`.replace(/^AA/, 'BA'), '%%%']) {
    t.notOk(isSigned('one.png', '1000', wrong), wrong)
  }
})
