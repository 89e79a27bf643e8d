import { Type } from '@sinclair/typebox'
import t from 'tap'
import { findProblems, parseWith, SchemaError, type Schema } from '../../core/schema.ts'

const schema = Type.Object({
  size: Type.Integer({ default: 3, minimum: 1 }),
  inner: Type.Optional(Type.Object({ colour: Type.Unsafe<string>({ type: 'string', enum: ['red', 'blue'] }), list: Type.Array(Type.Number()) }))
}, { additionalProperties: false })

t.test('a check lists what is wrong by place and leaves the value as it is', async t => {
  const value = { size: '5', inner: { colour: 'green', list: [1, 'x'] }, more: 1 }
  t.same(findProblems(schema, value), [
    { path: 'more', message: 'is not known' },
    { path: 'size', message: 'must be integer' },
    { path: 'inner.colour', message: 'must be one of red, blue' },
    { path: 'inner.list.1', message: 'must be number' }
  ])
  t.same(findProblems(schema, {}), [{ path: 'size', message: 'is missing' }])
  t.same(findProblems(schema, { size: 1 }), [])
  t.equal(value.size, '5')
})

t.test('parsing fills in defaults and reads text, on a copy', async t => {
  const value = { inner: { colour: 'red', list: ['1'] } }
  t.same(parseWith(schema, value), { size: 3, inner: { colour: 'red', list: [1] } })
  t.same(value.inner.list, ['1'])
})

t.test('what does not parse is refused with all its problems', async t => {
  t.throws(() => parseWith(schema, { size: 0 }), new SchemaError([{ path: 'size', message: 'must be at least 1' }]))
})

const cases: Array<[string, Schema, unknown[], unknown[], RegExp]> = [
  ['type', { type: ['string', 'null'] }, ['a', null], [1, {}], /must be string or null/],
  ['types', { anyOf: [{ type: 'array' }, { type: 'boolean' }] }, [[], true], ['a', {}], /must be array/],
  ['const', { const: 'v1' }, ['v1'], ['v2', 1], /must be v1/],
  ['minimum and maximum', { type: 'number', minimum: 1, maximum: 2 }, [1, 1.5, 2], [0.9, 2.1, NaN], /must be/],
  ['exclusiveMinimum', { type: 'number', exclusiveMinimum: 0 }, [0.1], [0], /must be above 0/],
  ['lengths', { type: 'string', minLength: 2, maxLength: 3 }, ['ab', 'abc'], ['a', 'abcd'], /must have at (least|most)/],
  ['pattern', { pattern: '^a+$' }, ['aa', 1], ['ab'], /must look like/],
  ['integer', { type: 'integer' }, [3], [3.5, '3', 2 ** 60], /must be integer/],
  ['minItems', { minItems: 1 }, [[1], 'x'], [[]], /at least 1 entries/],
  ['uniqueItems', { uniqueItems: true }, [[1, 2], 'x'], [[1, 1]], /must not have an entry twice/],
  ['uniqueItems: false', { uniqueItems: false, minItems: 3 }, [[1, 1, 1]], [[1, 1]], /at least 3/],
  ['patternProperties', { patternProperties: { '^a': { type: 'number' } }, additionalProperties: false }, [{ a: 1 }, 'x'], [{ a: 'x' }, { b: 1 }], /must be number|is not known/],
  ['additionalProperties', { properties: { a: true }, additionalProperties: { type: 'number' } }, [{ a: 'x', b: 1 }], [{ b: 'x' }], /b must be number/],
  ['an inherited name', { properties: {}, additionalProperties: false }, [{}], [{ toString: 1 }], /toString is not known/],
  ['items of what is no list', { items: { type: 'number' } }, ['x', [1]], [['x']], /0 must be number/],
  ['items of any kind', { items: true, minItems: 1 }, [[{}]], [[]], /at least 1/],
  ['required', { required: ['a'] }, ['x', { a: 1 }], [{}], /^a is missing/],
  ['a type that JSON does not have', { type: 'strange' }, [], [1, 'x', null], /must be strange/],
  ['anyOf without branches', { anyOf: [], type: 'number' }, [1], ['x'], /must be number/],
  ['anyOf', { anyOf: [{ const: false }, { type: 'object', properties: { a: { type: 'number' } } }] }, [false, { a: 1 }], [{ a: 'x' }], /^a must be number/]
]
for (const [keyword, rule, fitting, unfitting, message] of cases) {
  t.test(`checks ${keyword}`, async t => {
    for (const value of fitting) t.same(findProblems(rule, value), [])
    for (const value of unfitting) t.match(new SchemaError(findProblems(rule, value)).message, message)
  })
}

t.test('a keyword that would not be checked is refused', async t => {
  t.throws(() => findProblems({ oneOf: [] }, 1), /the schema keyword "oneOf" is not supported/)
  t.throws(() => findProblems({ toString: 1 }, 1), /"toString" is not supported/)
})

t.test('text that spells no number or boolean stays text', async t => {
  const rule = { type: 'object', properties: { n: { type: 'number' }, b: { type: 'boolean' }, c: { type: 'boolean' }, any: true } }
  t.same(parseWith(rule, { n: '1.5', b: 'false', c: 'true', any: '1' }), { n: 1.5, b: false, c: true, any: '1' })
  t.throws(() => parseWith(rule, { n: 'x' }), /n must be number/)
  t.throws(() => parseWith(rule, { n: ' ' }), /n must be number/)
  t.throws(() => parseWith(rule, { b: 'yes' }), /b must be boolean/)
})
