import t from 'tap'
import { readIdempotencyKey } from '../../../plugins/http-edit/idempotency-key.ts'

function refusal (act: () => unknown): unknown {
  try {
    return act()
  } catch (err) {
    return err
  }
}

t.test('a key is taken plain and in quotes, and is the same key', async t => {
  t.equal(readIdempotencyKey(undefined), undefined)
  t.equal(readIdempotencyKey('8e03978e-40d5-43dd-bc93-6894a57f9324'), '8e03978e-40d5-43dd-bc93-6894a57f9324')
  t.equal(readIdempotencyKey('"8e03978e-40d5-43dd-bc93-6894a57f9324"'), '8e03978e-40d5-43dd-bc93-6894a57f9324')
  t.equal(readIdempotencyKey('"a\\"b\\\\c"'), 'a"b\\c')
  t.equal(readIdempotencyKey('a"b\\c'), 'a"b\\c')
  t.equal(readIdempotencyKey('~'.repeat(255)), '~'.repeat(255))
  t.equal(readIdempotencyKey(`"${'!'.repeat(255)}"`), '!'.repeat(255))
})

t.test('what is no key is refused, and the header is named', async t => {
  const wrong = ['', '""', ' ', 'a b', '"a b"', 'ü', '\u007f', 'x'.repeat(256), `"${'x'.repeat(256)}"`, '"open', '"a"b"', '"a\\b"', '"a";b=1', 'one, one', ['one', 'two']]
  for (const header of wrong) {
    t.match(refusal(() => readIdempotencyKey(header)), {
      statusCode: 422, detail: [{ type: 'value_error', loc: ['header', 'Idempotency-Key'], msg: /the Idempotency-Key is 1 to 255 visible ASCII characters/ }]
    }, JSON.stringify(header))
  }
})
