import t from 'tap'
import { callOptions } from '../../../plugins/http-edit/call.ts'
import { Refusal } from '../../../plugins/http-edit/refusal.ts'

const body = { image_base64: 'aGk=', operation: 'erase' } as const

t.test('the key, the trace and the wish to join are read from where they stand', async t => {
  const headers = { 'idempotency-key': '"k"', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }
  t.match(callOptions({ headers, body: { ...body, coalesce: true } }), {
    idempotencyKey: 'k', traceparent: /^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/, coalesce: true
  })
  t.same(callOptions({ headers: {}, body }), { idempotencyKey: undefined, traceparent: undefined, coalesce: undefined })
})

t.test('a key that is none is the caller\'s mistake', async t => {
  t.throws(() => callOptions({ headers: { 'idempotency-key': 'a b' }, body }), new Refusal(422, [{
    type: 'value_error',
    loc: ['header', 'Idempotency-Key'],
    msg: 'Value error, the Idempotency-Key is 1 to 255 visible ASCII characters, sent once, plain or in quotes',
    input: 'a b',
    ctx: { error: 'the Idempotency-Key is 1 to 255 visible ASCII characters, sent once, plain or in quotes' }
  }]))
})
