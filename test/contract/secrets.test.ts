import t from 'tap'
import { assertHidden } from './secrets.ts'

const secret = 'sk-0123456789abcdef'

t.test('finds a secret wherever it hides, and does not show it', async t => {
  const places: Record<string, unknown> = {
    text: `Bearer ${secret}`,
    upper: secret.toUpperCase(),
    base64: Buffer.from(`user:${secret}`).toString('base64'),
    deep: { a: { b: { c: [{ d: secret }] } } },
    key: { [secret]: 1 },
    cause: new Error('outside', { cause: new Error('inside', { cause: { headers: { authorization: secret } } }) }),
    property: Object.assign(new Error('outside'), { request: { key: secret } })
  }
  for (const [name, value] of Object.entries(places)) {
    t.throws(() => assertHidden([secret], value, 'the place'), { message: 'a secret can be read in the place' }, name)
  }
  t.doesNotThrow(() => assertHidden([secret], [new Error('sk-'), { key: '0123456789' }, Buffer.from('image')], 'the place'))
})

t.test('refuses a secret that could occur by chance', async t => {
  t.throws(() => assertHidden(['key'], 'nothing', 'the place'), { message: /has 3 characters: give it 8/ })
})
