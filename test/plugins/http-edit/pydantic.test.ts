import t from 'tap'
import { alternatives, issue } from '../../../plugins/http-edit/pydantic.ts'

t.test('an issue has Pydantic\'s keys and words', async t => {
  t.same(issue('missing', ['body', 'prompt'], null), { type: 'missing', loc: ['body', 'prompt'], msg: 'Field required', input: null })
  t.same(issue('greater_than_equal', ['body', 'expand_left'], -1, { ge: 0 }), {
    type: 'greater_than_equal', loc: ['body', 'expand_left'], msg: 'Input should be greater than or equal to 0', input: -1, ctx: { ge: 0 }
  })
})

t.test('words of the caller are never read as a pattern', async t => {
  t.equal(issue('value_error', [], null, { error: '$& {x}' }).msg, 'Value error, $& {x}')
})

t.test('literals are listed as Pydantic lists them', async t => {
  t.equal(alternatives(['a']), "'a'")
  t.equal(alternatives(['a', 'b']), "'a' or 'b'")
  t.equal(alternatives(['a', 'b', 'c']), "'a', 'b' or 'c'")
})

t.test('an image is never echoed, wherever it stands', async t => {
  const image = 'A'.repeat(5000)
  const long = { bytes: () => Buffer.from(image), preview: (length: number) => image.slice(0, length) }
  const shown = `${'A'.repeat(100)}…`
  t.equal(issue('int_type', [], image).input, shown)
  t.equal(issue('int_type', [], long).input, shown)
  t.same(issue('missing', [], { image: long, list: [image, 1, null], [image]: true }).input, { image: shown, list: [shown, 1, null], [shown]: true })
})

t.test('an echo is bounded in width and depth', async t => {
  t.equal(JSON.stringify(issue('dict_type', [], Array(1000).fill(1)).input).length, 41)
  t.same(Object.keys(Object(issue('dict_type', [], Object.fromEntries(Array(1000).entries())).input)).length, 20)
  t.same(issue('dict_type', [], [[[['deep']]]]).input, [[['…']]])
})
