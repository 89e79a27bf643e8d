import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { parseJsonBody, type BodyValue } from '../../../plugins/http-edit/json-body.ts'
import { LongText } from '../../../plugins/http-edit/long-text.ts'
import { Refusal } from '../../../plugins/http-edit/refusal.ts'

const parse = (text: string) => parseJsonBody(Buffer.from(text))

/** With its long texts read. */
function plain (value: BodyValue): unknown {
  if (value instanceof LongText) return value.text()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plain(entry)]))
}

function refusal (text: string | Buffer): Refusal {
  try {
    plain(parseJsonBody(Buffer.from(text)))
  } catch (err) {
    if (err instanceof Refusal) return err
    throw err
  }
  throw new Error('it was taken')
}

/** JSON text of a value, each character in one of the forms that JSON has for it. */
function encode (value: unknown, choose: (n: number) => number): string {
  const space = () => ['', ' ', '\n\t', '\r'][choose(4)] ?? ''
  const character = (unit: string) => {
    const escaped = `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
    const plainForm = JSON.stringify(unit).slice(1, -1)
    return choose(3) === 0 ? escaped : unit === '/' && choose(2) === 0 ? '\\/' : plainForm
  }
  const text = (characters: string) => `"${choose(2) === 0 ? JSON.stringify(characters).slice(1, -1) : characters.split('').map(character).join('')}"`
  const form = (part: unknown): string => {
    if (typeof part === 'string') return text(part)
    if (Array.isArray(part)) return `[${space()}${part.map(form).join(`${space()},`)}${space()}]`
    if (typeof part !== 'object' || part === null) return JSON.stringify(part)
    return `{${space()}${Object.entries(part).map(([name, entry]) => `${text(name)}${space()}:${space()}${form(entry)}`).join(`${space()},${space()}`)}}`
  }
  return `${space()}${form(value)}${space()}`
}

const choices = fc.array(fc.nat(11), { minLength: 1, maxLength: 50 }).map(list => {
  let at = 0
  return (n: number) => (list[at++ % list.length] ?? 0) % n
})
const name = fc.string({ unit: 'binary', maxLength: 12 }).filter(text => text !== '__proto__' && text !== 'constructor')
const { json } = fc.letrec<{ json: unknown }>(tie => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -0.5, 1e21, 12345, 5e-324),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(number => Object.is(number, -0) ? 0 : number),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), fc.integer({ min: 130, max: 5000 })).map(([text, times]) => text.repeat(times)),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(name, tie('json'), { maxKeys: 4, noNullPrototype: true })
  )
}))

t.test('any JSON is read as JSON.parse reads it, whatever is escaped and however long its texts are', async t => {
  fc.assert(fc.property(json, choices, (value, choose) => {
    const text = encode(value, choose)
    deepStrictEqual(plain(parse(text)), JSON.parse(text))
  }), { numRuns: 200 })
  t.pass()
})

t.test('what JSON.parse refuses is refused, and nothing else but what is documented', async t => {
  fc.assert(fc.property(json, choices, fc.nat(), fc.constantFrom(...'{}[]",:\\0-+.eEtfnu x\n\u0001', ''), (value, choose, place, character) => {
    const whole = encode(value, choose)
    const at = place % whole.length
    const text = (whole.slice(0, at) + character + whole.slice(at + 1)).toWellFormed()
    let expected: { value: unknown } | undefined
    try {
      expected = { value: JSON.parse(text) }
    } catch {}
    let found: { value: unknown } | undefined
    try {
      found = { value: plain(parse(text)) }
    } catch (err) {
      // A long text is read by whoever needs it, and says there that it is none.
      if (!(err instanceof Refusal) && !(err instanceof SyntaxError)) throw err
      if (err instanceof Refusal && err.statusCode === 400) return
    }
    deepStrictEqual(found, expected)
  }), { numRuns: 300 })
  t.pass()
})

t.test('a text of 4 KiB stays where it is in the body', async t => {
  const body = Buffer.from(`{"image":"${'A'.repeat(4096)}","short":"${'A'.repeat(4095)}"}`)
  const value = parseJsonBody(body)
  t.match(value, { image: LongText, short: /^A{4095}$/ })
  const [bytes] = Object.values(value ?? {}).map(entry => entry instanceof LongText ? entry.bytes() : undefined)
  t.equal(bytes?.buffer, body.buffer, 'no copy')
  t.equal(bytes?.byteOffset, body.byteOffset + 10)
})

t.test('long texts with escaped quotes and backslashes end where they end', async t => {
  for (const tail of ['\\"', '\\\\', '\\\\\\"', '"'.repeat(5000), '\\'.repeat(5001)]) {
    const text = 'x'.repeat(5000) + tail
    t.same(plain(parse(JSON.stringify([text, 'after']))), [text, 'after'])
  }
})

t.test('a byte order mark is no part of the text', async t => {
  t.same(parse('\uFEFF{"a":1}'), { a: 1 })
})

t.test('broken JSON is described with the byte at which it breaks', async t => {
  const cases: Array<[string, number, string]> = [
    [' ', 1, 'Expecting value'],
    ['{"a":1', 6, "Expecting ',' delimiter"],
    ['{"a" 1}', 5, "Expecting ':' delimiter"],
    ['{"a":1,}', 7, 'Expecting property name enclosed in double quotes'],
    ['[1 2]', 3, "Expecting ',' delimiter"],
    ['[01]', 1, 'Expecting value'],
    ['tru', 0, 'Expecting value'],
    ['{} x', 3, 'Extra data'],
    ['["abc', 1, 'Unterminated string starting at'],
    ['["abc\\"', 1, 'Unterminated string starting at'],
    ['["\\x"]', 1, 'Invalid control character, escape or UTF-8 in the string starting at'],
    ['["\n"]', 1, 'Invalid control character, escape or UTF-8 in the string starting at']
  ]
  for (const [text, at, error] of cases) {
    const { statusCode, detail } = refusal(text)
    t.equal(statusCode, 422)
    t.same(detail, [{ type: 'json_invalid', loc: ['body', at], msg: 'JSON decode error', input: {}, ctx: { error } }], text)
  }
})

t.test('bytes that are no UTF-8 are refused, not replaced', async t => {
  t.match(refusal(Buffer.from([0x22, 0xff, 0x22])).detail, [{ type: 'json_invalid' }])
})

t.test('a name given twice is refused and named: one of the two values would be lost', async t => {
  for (const text of ['{"mask":1,"mask":2}', '{"mask":1,"m\\u0061sk":1}', '{"options":{"mask":1,"mask":2}}']) {
    t.match(refusal(text), { statusCode: 400, detail: '"mask" is given twice' })
  }
})

t.test('names that reach prototypes are refused', async t => {
  for (const text of ['{"__proto__":{}}', '{"a":{"__pr\\u006fto__":1}}', '{"constructor":{"prototype":{}}}']) {
    t.match(refusal(text), { statusCode: 400, detail: /is no name for a field$/ })
  }
  t.same(parse('{"constructor":{"a":1},"prototype":2}'), { constructor: { a: 1 }, prototype: 2 })
  t.same(parse('{"constructor":null}'), { constructor: null })
})

t.test('a name of 4 KiB is refused', async t => {
  t.match(refusal(JSON.stringify({ ['n'.repeat(4096)]: 1 })), { statusCode: 400, detail: /longer than 4096 bytes/ })
})

t.test('nesting is bounded, however deep it goes', async t => {
  t.doesNotThrow(() => parse('['.repeat(64) + ']'.repeat(64)))
  t.match(refusal('['.repeat(66) + ']'.repeat(66)), { statusCode: 400, detail: /deeper than 64/ })
  t.match(refusal('[{"a":'.repeat(500_000)), { statusCode: 400 })
})

t.test('a megabyte of small things is refused, megabytes of long texts are not', async t => {
  for (const small of [`[${'1,'.repeat(600_000)}1]`, '9'.repeat(1_100_000), ' '.repeat(1_100_000), `[${'"",'.repeat(400_000)}1]`]) {
    t.match(refusal(small), { statusCode: 413, detail: 'the body holds more than 1048576 bytes beside its long strings' })
  }
  t.doesNotThrow(() => parse(JSON.stringify(Array(30).fill('A'.repeat(100_000)))))
})
