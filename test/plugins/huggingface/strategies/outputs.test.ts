import t from 'tap'
import { EditError } from '../../../../core/errors.ts'
import { imageIn, noPicture, pathOf, seedIn, unknownStatus } from '../../../../plugins/huggingface/strategies/outputs.ts'

t.test('keeps the path of an address and nothing else of it', async t => {
  t.equal(pathOf('https://queue.fal.run/fal-ai/flux/requests/1?token=x#y'), '/fal-ai/flux/requests/1')
  t.equal(pathOf('https://user:pass@evil.example/a/../../b'), '/b')
  t.equal(pathOf('https://evil.example/a/%2e%2e/%2E%2E/b'), '/b')
  for (const address of [undefined, '', 'not an address', '/relative', 'https://x.example', 'https://x.example/', 'ftp://x.example/a', 'file:///etc/passwd', `https://x.example/${'a'.repeat(500)}`]) {
    t.equal(pathOf(address), undefined, String(address))
  }
})

t.test('a result is an address, a data URI or bare base64', async t => {
  t.same(imageIn('https://files.example/a.png?sig=1'), { url: 'https://files.example/a.png?sig=1' })
  t.same(imageIn('http://127.0.0.1:1/a'), { url: 'http://127.0.0.1:1/a' })
  const bytes = Buffer.from('a picture')
  t.same(imageIn(`data:image/png;base64,${bytes.toString('base64')}`), { bytes })
  t.same(imageIn(bytes.toString('base64')), { bytes })
  for (const text of ['', 'ftp://files.example/a', '/a.png', 'data:image/png,abcdefgh', 'data:image/png;base64,', 'no base64!', 'abc=defg', 'file:///etc/passwd']) {
    t.equal(imageIn(text), undefined, text)
  }
})

t.test('a seed is an integer that a number can hold', async t => {
  t.same([7, 0, -1, 1.5, 2 ** 60, '7', null, undefined].map(seedIn), [{ seed: 7 }, { seed: 0 }, {}, {}, {}, {}, {}, {}])
})

t.test('errors name the provider, and of its words at most one that is a word', async t => {
  t.match(noPicture(EditError, 'fal-ai'), { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', message: 'fal-ai answered without a picture' })
  t.equal(unknownStatus(EditError, 'fal-ai', 'PAUSED').message, 'fal-ai gives the job an unknown status "PAUSED"')
  for (const word of ['', 'Bearer hf_abc', 'a'.repeat(25)]) t.equal(unknownStatus(EditError, 'fal-ai', word).message, 'fal-ai gives the job an unknown status')
})
