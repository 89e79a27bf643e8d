import t from 'tap'
import { toAnswer, vendorText } from '../../../core/upstream/answer.ts'

const answer = (body: string | Buffer, type?: string) =>
  toAnswer({ status: 400, headers: type === undefined ? {} : { 'content-type': type }, body: Buffer.from(body) })
const text = (body: unknown, type = 'application/json') =>
  vendorText(answer(typeof body === 'string' ? body : JSON.stringify(body), type), text => text)

t.test('the body is parsed as JSON by its type or its look, and once', async t => {
  const parsed = answer('{"id":"1"}')
  t.same(parsed.json, { id: '1' })
  t.equal(parsed.json, parsed.json)
  t.same(answer('\r\n [1]').json, [1])
  t.equal(answer('"done"', 'application/json; charset=utf-8').json, 'done')
  t.equal(answer('null', 'application/problem+json').json, null)
})

t.test('what is no JSON is undefined', async t => {
  for (const [body, type] of [['{"id":', 'application/json'], ['<html>', 'application/json'], ['', 'application/json'], ['', undefined], ['[x', undefined]] as const) {
    t.equal(answer(body, type).json, undefined, body)
  }
  t.equal(answer('1', 'image/png').json, undefined, 'an image is not even looked at')
})

t.test('an answer that reaches for prototypes is no JSON', async t => {
  t.equal(answer('{"a":[{"__proto__":{"admin":true}}]}').json, undefined)
  t.equal(answer('{"constructor":{"prototype":{"admin":true}}}').json, undefined)
  t.equal(answer('{"\\u005f_proto__":1}').json, undefined)
  t.same(answer('{"constructor":"Bauhaus","a":{"constructor":null}}').json, { constructor: 'Bauhaus', a: { constructor: null } })
})

t.test('deep nesting and long arrays are only data', async t => {
  t.type(answer('['.repeat(50_000) + ']'.repeat(50_000)).json, Array)
  t.type(answer(`[${'1,'.repeat(300_000)}1]`).json, Array)
})

t.test('the vendor\'s text is found in the shapes that vendors use', async t => {
  t.equal(text({ error: 'no credit' }), 'no credit')
  t.equal(text({ error: { code: 1, message: 'no credit' } }), 'no credit')
  t.equal(text({ code: 401, message: 'Invalid API key', data: null }), 'Invalid API key')
  t.equal(text({ detail: [{ loc: ['body'], msg: 'too small', type: 'value' }] }), 'too small')
  t.equal(text({ id: '1', name: 'bad_request', errors: ['prompt: is required', 'mask: is required'] }), 'prompt: is required')
  t.equal(text({ error: '', message: 'busy' }), 'busy')
  t.equal(text('Too Many Requests', 'text/plain; charset=utf-8'), 'Too Many Requests')
})

t.test('there is no text where the vendor says nothing fit to show', async t => {
  t.equal(text('<h1>Bad Gateway</h1>', 'text/html'), '')
  t.equal(text({ error: { a: { b: { c: { message: 'too deep' } } } } }), '')
  t.equal(text({ error: 42, errors: [] }), '')
  t.equal(text('"quoted"'), '')
  t.equal(vendorText(answer('plain'), text => text), '')
})

t.test('the vendor\'s text is one line of at most 300 characters', async t => {
  t.equal(text({ error: ' two\r\n\tlines\u001b[31m ' }), 'two lines [31m')
  t.equal(text({ error: 'x'.repeat(10_000) }), 'x'.repeat(300))
})

t.test('the text is cut after it is redacted, so that no half of a key is left', async t => {
  const redact = (text: string) => text.replaceAll('secret-key', '[redacted]')
  const shown = vendorText(answer(JSON.stringify({ error: 'x'.repeat(295) + 'secret-key' })), redact)
  t.equal(shown, 'x'.repeat(295) + '[reda')
})
