import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { parseSkeleton } from '../../../plugins/http-body/json-skeleton.ts'
import { BodyRefusal } from '../../../plugins/http-body/refusal.ts'

const parse = (text: string) => parseSkeleton(Buffer.from(text))

function refusal (text: string | Buffer, cuts?: Parameters<typeof parseSkeleton>[1]): BodyRefusal {
  try {
    parseSkeleton(Buffer.from(text), cuts)
  } catch (err) {
    if (err instanceof BodyRefusal) return err
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
    deepStrictEqual(parse(text), JSON.parse(text))
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
      found = { value: parse(text) }
    } catch (err) {
      if (!(err instanceof BodyRefusal)) throw err
      if (err.statusCode === 400) return
    }
    deepStrictEqual(found, expected)
  }), { numRuns: 300 })
  t.pass()
})

t.test('long texts with escaped quotes and backslashes end where they end', async t => {
  for (const tail of ['\\"', '\\\\', '\\\\\\"', '"'.repeat(5000), '\\'.repeat(5001)]) {
    const text = 'x'.repeat(5000) + tail
    t.same(parse(JSON.stringify([text, 'after'])), [text, 'after'])
  }
})

t.test('what was taken out stands in its place, and a text that looks like it does not', async t => {
  const file = { bytes: () => Buffer.from('bytes'), preview: () => '' }
  const text = '{"a":"","b":"","c":"\\u0000R0"}'
  t.same(parseSkeleton(Buffer.from(text), new Map([[12, { length: 100, file }]])), { a: '', b: file, c: '\0R0' })
})

t.test('places count what was taken out before them', async t => {
  const file = { bytes: () => Buffer.from('bytes'), preview: () => '' }
  const cuts = new Map([[5, { length: 1000, file }], [12, { length: 50, file: undefined }]])
  t.match(refusal('{"a":"" "b":""}', cuts), { statusCode: 422, position: 1008 })
  t.match(refusal('{"a":"","b":""}', cuts), { statusCode: 422, position: 1012 })
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
    t.match(refusal(text), { statusCode: 422, code: 'BODY_NO_JSON', position: at, message: error }, text)
  }
})

t.test('bytes that are no UTF-8 are refused, not replaced', async t => {
  t.match(refusal(Buffer.from([0x22, 0xff, 0x22])), { statusCode: 422, position: 0 })
})

t.test('a name given twice is refused and named: one of the two values would be lost', async t => {
  for (const text of ['{"mask":1,"mask":2}', '{"mask":1,"m\\u0061sk":1}', '{"options":{"mask":1,"mask":2}}']) {
    t.match(refusal(text), { statusCode: 400, message: '"mask" is given twice' })
  }
})

t.test('names that reach prototypes are refused', async t => {
  for (const text of ['{"__proto__":{}}', '{"a":{"__pr\\u006fto__":1}}', '{"constructor":{"prototype":{}}}']) {
    t.match(refusal(text), { statusCode: 400, message: /is no name for a field$/ })
  }
  t.same(parse('{"constructor":{"a":1},"prototype":2}'), { constructor: { a: 1 }, prototype: 2 })
  t.same(parse('{"constructor":null}'), { constructor: null })
})

t.test('nesting is bounded, however deep it goes', async t => {
  t.doesNotThrow(() => parse('['.repeat(64) + ']'.repeat(64)))
  t.match(refusal('['.repeat(66) + ']'.repeat(66)), { statusCode: 400, message: /deeper than 64/ })
  t.match(refusal('[{"a":'.repeat(500_000)), { statusCode: 400 })
})
