import t from 'tap'
import { readIdempotencyKey } from '../../../plugins/_http/idempotency-key.ts'

const readKey = (header: string | readonly string[] | undefined) => readIdempotencyKey(header, (problem, sent) => new TypeError(problem, { cause: sent }))

t.test('a key is taken plain and in quotes, and is the same key', async t => {
  t.equal(readKey(undefined), undefined)
  t.equal(readKey('8e03978e-40d5-43dd-bc93-6894a57f9324'), '8e03978e-40d5-43dd-bc93-6894a57f9324')
  t.equal(readKey('"8e03978e-40d5-43dd-bc93-6894a57f9324"'), '8e03978e-40d5-43dd-bc93-6894a57f9324')
  t.equal(readKey('"a\\"b\\\\c"'), 'a"b\\c')
  t.equal(readKey('a"b\\c'), 'a"b\\c')
  t.equal(readKey('~'.repeat(255)), '~'.repeat(255))
  t.equal(readKey(`"${'!'.repeat(255)}"`), '!'.repeat(255))
})

t.test('what is no key is refused, and the header is named', async t => {
  const wrong = ['', '""', ' ', 'a b', '"a b"', 'ü', '\u007f', 'x'.repeat(256), `"${'x'.repeat(256)}"`, '"open', '"a"b"', '"a\\b"', '"a";b=1', 'one, one', ['one', 'two']]
  for (const header of wrong) {
    t.throws(() => readKey(header), {
      message: 'the Idempotency-Key is 1 to 255 visible ASCII characters, sent once, plain or in quotes', cause: typeof header === 'string' ? header : 'one, two'
    }, JSON.stringify(header))
  }
})
