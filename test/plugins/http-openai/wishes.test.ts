import { Type } from '@sinclair/typebox'
import t from 'tap'
import { operationNames } from '../../../core/operations.ts'
import { createFields } from '../../../plugins/http-openai/schema.ts'
import type { SentFields } from '../../../plugins/http-openai/sent.ts'
import { numberOf, readWishes } from '../../../plugins/http-openai/wishes.ts'

const fields = createFields(operationNames)
const read = (sent: SentFields) => readWishes(fields, sent)

t.test('text of a form becomes what the field holds, JSON is taken as it is', async t => {
  const expected = { prompt: '5', n: 2, stream: true, preserve_unmasked: false, guidance_scale: 7.5, max_cost_usd: 0, fallback: ['local'], quality: 'high' }
  t.same(read({ prompt: '5', n: '2', stream: 'true', preserve_unmasked: 'false', guidance_scale: '7.5', max_cost_usd: '0', fallback: 'local', quality: 'high' }), expected)
  t.same(read({ prompt: '5', n: 2, stream: true, preserve_unmasked: false, guidance_scale: 7.5, max_cost_usd: 0, fallback: ['local'], quality: 'high' }), expected)
})

t.test('what is empty or null is absent', async t => {
  t.same(read({ prompt: '', n: '', stream: null, size: '', user: '' }), {})
})

t.test('a field that is not known is refused: it would be lost', async t => {
  for (const name of ['frame_count', 'markup', 'colour', 'toString']) {
    t.throws(() => read({ [name]: 'x' }), { message: `Unknown parameter: '${name}'.`, param: name, code: 'unknown_parameter', type: 'invalid_request_error' })
  }
})

t.test('a wrong value is refused by the name of its parameter', async t => {
  const cases: Array<[SentFields, string, RegExp]> = [
    [{ n: 'two' }, 'invalid_type', /^Invalid type for 'n': expected an integer, but got 'two' instead\.$/],
    [{ n: '1.5' }, 'invalid_type', /an integer/],
    [{ n: '0x2' }, 'invalid_type', /an integer/],
    [{ n: true }, 'invalid_type', /but got 'true'/],
    [{ n: '0' }, 'integer_below_min_value', /Expected a value >= 1, but got 0 instead/],
    [{ n: 11 }, 'integer_above_max_value', /Expected a value <= 10, but got 11 instead/],
    [{ max_cost_usd: '-1' }, 'decimal_below_min_value', /decimal below minimum/],
    [{ guidance_scale: '1e999' }, 'invalid_type', /a number/],
    [{ stream: 'yes' }, 'invalid_type', /a boolean, but got 'yes'/],
    [{ stream: 1 }, 'invalid_type', /a boolean/],
    [{ prompt: ['a', 'b'] }, 'invalid_type', /a string, but got several values/],
    [{ prompt: { bytes: () => Buffer.alloc(0) } }, 'invalid_type', /a string, but got a file/],
    [{ prompt: { a: 1 } }, 'invalid_type', /a string, but got an object/],
    [{ prompt: 5 }, 'invalid_type', /a string/],
    [{ prompt: '\ud800' }, 'invalid_value', /well-formed/],
    [{ quality: 'best' }, 'invalid_value', /^Invalid value: 'best'. Supported values are: 'auto', 'low',/],
    [{ output_format: 'gif' }, 'invalid_value', /'png', 'jpeg'/],
    [{ operation: 'dance' }, 'invalid_value', /'inpaint'/],
    [{ fallback: new Array(101).fill('local') }, 'invalid_value', /at most 100 entries, but got 101/],
    [{ fallback: [1] }, 'invalid_type', /a string/]
  ]
  for (const [sent, code, message] of cases) {
    const [param] = Object.keys(sent)
    t.throws(() => read(sent), { param, code, message, statusCode: 400 }, JSON.stringify(sent))
  }
})

t.test('a field of a type that nobody reads is the programmer\'s mistake', async t => {
  // No field of the schema is of this type.
  t.throws(() => readWishes(Type.Object({ when: Type.Date() }) as unknown as typeof fields, { when: 'now' }), TypeError)
})

t.test('numbers are decimal', async t => {
  t.same(['1', '-1', '+1.5', '.5', '5.', '1e3', ' 1', '0x1', 'Infinity', '', '1e400', '1_0'].map(numberOf),
    [1, -1, 1.5, 0.5, 5, 1000, undefined, undefined, undefined, undefined, undefined, undefined])
})
