import t from 'tap'
import { boundaryOf, parseMultipart, textOf } from '../../../plugins/http-body/multipart.ts'

const head = (name: string, file = '') => `Content-Disposition: form-data; name="${name}"${file}\r\n\r\n`
const form = (...parts: string[]) => `--b\r\n${parts.join('\r\n--b\r\n')}\r\n--b--\r\n`
const parse = (text: string) => parseMultipart(Buffer.from(text, 'latin1'), 'b')

t.test('parts are views of the body, byte for byte', async t => {
  const body = Buffer.from(form(head('image', '; filename="a.png"') + '\r\n-\0\xff\r\n', head('prompt') + 'a hat', head('empty')), 'latin1')
  const parts = parseMultipart(body, 'b')
  t.match(parts, [{ name: 'image', fileName: 'a.png' }, { name: 'prompt' }, { name: 'empty' }])
  t.same(parts.map(({ bytes }) => bytes.toString('latin1')), ['\r\n-\0\xff\r\n', 'a hat', ''])
  t.equal(parts[0]?.bytes.buffer, body.buffer)
})

t.test('a form of no parts is one, and so is one with an empty line before and without one behind', async t => {
  t.same(parse('--b--\r\n'), [])
  t.same(parse('\r\n--b--'), [])
  t.match(parse(`\r\n${form(head('a') + '1').slice(0, -2)}`), [{ name: 'a' }])
})

t.test('a name may come more than once: what that means is the face\'s to say', async t => {
  t.match(parse(form(head('image[]') + '1', head('image[]') + '2')), [{ name: 'image[]' }, { name: 'image[]' }])
})

t.test('a body that was cut off anywhere is refused', async t => {
  const whole = form(head('a', '; filename="x"') + 'one', head('b') + 'two')
  for (let end = 0; end < whole.length - 2; end++) t.throws(() => parse(whole.slice(0, end)), { name: 'BodyRefusal' }, `after ${end} bytes`)
  t.throws(() => parse(whole.slice(0, 40)), /ends within its part 1, without its last boundary; was it cut off/)
})

t.test('lines that end otherwise, and boundaries that stand otherwise, are refused', async t => {
  const good = form(head('a') + 'one', head('b') + 'two')
  const cases: Array<[string, RegExp]> = [
    [good.replaceAll('\r\n', '\n'), /does not end in a line break \(CR LF\)/],
    [good.replace('one\r\n', 'one\n'), /behind part 1 of the form does not stand in a line of its own/],
    [good.replace('one\r\n', 'one'), /behind part 1/],
    [good.replace('\r\n\r\none\r\n', '\r\n\r\n'), /behind part 1/],
    [good.replace('--b\r\n', '--b \r\n'), /boundary before part 1/],
    [`preamble\r\n${good}`, /does not begin with its boundary, --b$/],
    [good.replaceAll('--b', '--c'), /does not begin with its boundary/],
    [`${good}epilogue`, /something stands behind the end/],
    [`${good}${good}`, /something stands behind the end/],
    ['', /does not begin/]
  ]
  for (const [text, message] of cases) t.throws(() => parse(text), message)
})

t.test('parts and headers are bounded', async t => {
  const many = (count: number) => form(...Array.from({ length: count }, (_, i) => head(`p${i}`)))
  t.equal(parse(many(100)).length, 100)
  t.throws(() => parse(many(101)), /^the form has more than 100 parts$/)
  t.throws(() => parse(form(`X: ${'x'.repeat(8200)}\r\n${head('a')}`)), /^part 1 of the form has no end of its headers in 8192 bytes$/)
})

t.test('the boundary is read as clients write it', async t => {
  t.equal(boundaryOf('multipart/form-data; boundary=----WebKitFormBoundaryA1'), '----WebKitFormBoundaryA1')
  t.equal(boundaryOf('multipart/form-data; charset=utf-8; BOUNDARY="a b"'), 'a b')
  for (const type of ['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary="a "', `multipart/form-data; boundary=${'a'.repeat(71)}`, 'multipart/form-data; boundary="a\nb"']) {
    t.throws(() => boundaryOf(type), /has no boundary/, type)
  }
})

t.test('text is UTF-8 or refused', async t => {
  const part = { name: 'a', fileName: undefined, mediaType: undefined }
  t.equal(textOf({ ...part, bytes: Buffer.from('Hüte') }), 'Hüte')
  t.throws(() => textOf({ ...part, bytes: Buffer.from([0xff]) }), /^a is not UTF-8: a file needs a filename$/)
})
