import { Type } from '@sinclair/typebox'
import t from 'tap'
import { compileCheck, parseWith, SchemaError } from '../../core/schema.ts'

const schema = Type.Object({
  size: Type.Integer({ default: 3, minimum: 1 }),
  inner: Type.Optional(Type.Object({ colour: Type.Unsafe<string>({ type: 'string', enum: ['red', 'blue'] }), list: Type.Array(Type.Number()) }))
}, { additionalProperties: false })

t.test('a check lists what is wrong by place and leaves the value as it is', async t => {
  const check = compileCheck(schema)
  const value = { size: '5', inner: { colour: 'green', list: [1, 'x'] }, more: 1 }
  t.same(check(value), [
    { path: 'more', message: 'is not known' },
    { path: 'size', message: 'must be integer' },
    { path: 'inner.colour', message: 'must be one of red, blue' },
    { path: 'inner.list.1', message: 'must be number' }
  ])
  t.same(check({}), [{ path: 'size', message: 'is missing' }])
  t.same(check({ size: 1 }), [])
  t.equal(value.size, '5')
})

t.test('parsing fills in defaults and reads text, on a copy', async t => {
  const value = { inner: { colour: 'red', list: ['1'] } }
  t.same(parseWith(schema, value), { size: 3, inner: { colour: 'red', list: [1] } })
  t.same(value.inner.list, ['1'])
})

t.test('what does not parse is refused with all its problems', async t => {
  t.throws(() => parseWith(schema, { size: 0 }), new SchemaError([{ path: 'size', message: 'must be >= 1' }]))
})
