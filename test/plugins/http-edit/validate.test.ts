import { Type } from '@sinclair/typebox'
import t from 'tap'
import { createSchemas } from '../../../plugins/http-edit/schemas.ts'
import { validate } from '../../../plugins/http-edit/validate.ts'

const { process, recommend } = createSchemas(['inpaint', 'erase'])
const file = { bytes: () => Buffer.from('image'), preview: (length: number) => 'A'.repeat(length) }

const accepted = (fields: object, schema = process) => {
  const validated = validate(schema, { image_base64: 'aGk=', operation: 'inpaint', ...fields }, 'body')
  if ('issues' in validated) throw new Error(JSON.stringify(validated.issues))
  const { image_base64: image, operation, ...rest } = Object(validated.value)
  return rest
}
const refused = (fields: unknown, schema: Parameters<typeof validate>[0] = process) => {
  const validated = validate(schema, fields, 'body')
  return 'issues' in validated ? validated.issues : []
}
const refusedField = (fields: object) => refused({ image_base64: 'aGk=', operation: 'inpaint', ...fields })

t.test('every mistake is listed, in the order of the fields', async t => {
  t.same(refused({ expand_up: -1, prompt: 5, operation: 'dance' }), [
    { type: 'missing', loc: ['body', 'image_base64'], msg: 'Field required', input: { expand_up: -1, prompt: 5, operation: 'dance' } },
    { type: 'literal_error', loc: ['body', 'operation'], msg: "Input should be 'inpaint' or 'erase'", input: 'dance', ctx: { expected: "'inpaint' or 'erase'" } },
    { type: 'string_type', loc: ['body', 'prompt'], msg: 'Input should be a valid string', input: 5 },
    { type: 'greater_than_equal', loc: ['body', 'expand_up'], msg: 'Input should be greater than or equal to 0', input: -1, ctx: { ge: 0 } }
  ])
})

t.test('a body that is no object is said to be none', async t => {
  for (const body of [undefined, null]) t.match(refused(body), [{ type: 'missing', loc: ['body'], input: null }])
  for (const body of [[], 'text', 5, file]) t.match(refused(body), [{ type: 'model_attributes_type', loc: ['body'] }])
})

t.test('null and an empty text are absent where a field is optional', async t => {
  t.same(accepted({ prompt: null, mask_base64: '', provider: '', steps: null, options: null, output_format: '', expand_left: null }), {})
  t.match(refused({ image_base64: null, operation: 'inpaint' }), [{ type: 'string_type' }])
})

t.test('the image may stand in another field: a list with entries, or a text', async t => {
  for (const fields of [{ images_base64: ['aGk='] }, { image_url: 'https://a.example' }, { image_urls: ['https://a.example'] }]) t.same(refused({ operation: 'erase', ...fields }), [])
  for (const fields of [{}, { images_base64: [] }, { image_url: '' }, { image_url: null }, { image_urls: [], mask_url: 'https://a.example' }]) {
    t.match(refused({ operation: 'erase', ...fields }), [{ type: 'missing', loc: ['body', 'image_base64'] }])
  }
  t.match(refusedField({ mask_url: 5, image_urls: 'https://a.example' }), [{ type: 'string_type', loc: ['body', 'mask_url'] }, { type: 'list_type', loc: ['body', 'image_urls'] }])
})

t.test('numbers may come as text, as Pydantic takes them', async t => {
  t.same(accepted({ seed: '5', steps: ' +20.0 ', guidance_scale: '7.5', expand_left: 5.0 }), { seed: 5, steps: 20, guidance_scale: 7.5, expand_left: 5 })
  t.same(accepted({ guidance_scale: '.5e1' }), { guidance_scale: 5 })
})

t.test('what is no number is refused by its kind', async t => {
  const types: Array<[unknown, string, string]> = [
    [true, 'int_type', 'float_type'],
    [{}, 'int_type', 'float_type'],
    ['five', 'int_parsing', 'float_parsing'],
    [file, 'int_type', 'float_type'],
    ['', 'int_parsing', 'float_parsing'],
    [Infinity, 'finite_number', 'finite_number']
  ]
  for (const [value, integer, number] of types) {
    t.match(refusedField({ seed: value }), [{ type: integer, loc: ['body', 'seed'] }])
    t.match(refusedField({ guidance_scale: value }), [{ type: number, loc: ['body', 'guidance_scale'] }])
  }
  t.match(refusedField({ seed: 1.5 }), [{ type: 'int_from_float' }])
})

t.test('an integer that a double cannot hold is refused, not rounded', async t => {
  t.match(refusedField({ seed: 2 ** 53 }), [{ type: 'less_than_equal' }])
  t.match(refusedField({ seed: '-9007199254740993' }), [{ type: 'greater_than_equal' }])
})

t.test('texts are read, and half a surrogate pair is none', async t => {
  t.match(refusedField({ prompt: file }), [{ type: 'string_type', loc: ['body', 'prompt'] }])
  t.match(refusedField({ prompt: '\uD800' }), [{ type: 'string_unicode', loc: ['body', 'prompt'] }])
})

t.test('an image stays bytes', async t => {
  t.equal(accepted({ mask_base64: file }).mask_base64, file)
  t.equal(accepted({ mask_base64: 'aGk=' }).mask_base64, 'aGk=')
  t.match(refusedField({ mask_base64: [] }), [{ type: 'string_type', loc: ['body', 'mask_base64'] }])
})

t.test('a format may be written in any case', async t => {
  t.equal(accepted({ output_format: 'JPEG' }).output_format, 'jpeg')
  t.match(refusedField({ output_format: 'gif' }), [{ type: 'literal_error' }])
  t.match(refusedField({ output_format: 5 }), [{ type: 'literal_error' }])
  t.match(refusedField({ operation: 'INPAINT' }), [{ type: 'literal_error' }])
})

t.test('options may hold anything, with its texts read', async t => {
  const options = { a: [1, true, null, { b: 'c' }] }
  t.same(accepted({ options }), { options })
  t.same(accepted({ options: { a: ['A'.repeat(5000)] } }), { options: { a: ['A'.repeat(5000)] } })
  t.match(refusedField({ options: { a: [{ b: '\uDC00' }] } }), [{ type: 'string_unicode', loc: ['body', 'options', 'a', 0, 'b'] }])
  t.match(refusedField({ options: { a: -Infinity } }), [{ type: 'finite_number', loc: ['body', 'options', 'a'], input: '-Infinity' }])
  t.match(refusedField({ options: [] }), [{ type: 'dict_type', loc: ['body', 'options'] }])
})

t.test('a fallback is one of two words or a list of names', async t => {
  for (const fallback of ['auto', 'none', ['acme', 'other/paint']]) t.same(accepted({ fallback }), { fallback })
  for (const fallback of [null, '']) t.same(accepted({ fallback }), {})
  t.match(refusedField({ fallback: 'all' }), [{ type: 'literal_error', loc: ['body', 'fallback'], msg: "Input should be 'auto' or 'none'" }])
  t.match(refusedField({ fallback: file }), [{ type: 'literal_error', loc: ['body', 'fallback'] }, { type: 'list_type' }])
  t.match(refusedField({ fallback: ['acme', 5] }), [{ type: 'string_type', loc: ['body', 'fallback', 1], input: 5 }])
  t.match(refusedField({ fallback: [] }), [{ type: 'too_short', msg: 'List should have at least 1 item after validation, not 0' }])
  t.match(refusedField({ fallback: Array.from({ length: 101 }, () => 'a') }), [{ type: 'too_long', msg: 'List should have at most 100 items after validation, not 101' }])
  for (const fallback of [5, true, {}]) {
    t.match(refusedField({ fallback }), [
      { type: 'literal_error', loc: ['body', 'fallback'] },
      { type: 'list_type', loc: ['body', 'fallback'], msg: 'Input should be a valid list' }
    ])
  }
})

t.test('a list may have any length where its schema sets no bounds', async t => {
  t.same(validate(Type.Array(Type.Integer()), [], 'body'), { value: [] })
  t.same(validate(Type.Array(Type.Integer()), ['1', 2], 'body'), { value: [1, 2] })
})

t.test('a word that is none of the legal ones is refused with all of them', async t => {
  t.match(refusedField({ unsupported: 'keep' }), [{ type: 'literal_error', loc: ['body', 'unsupported'], msg: "Input should be 'reject', 'drop' or 'emulate'" }])
})

t.test('unknown fields stay, for whoever names them', async t => {
  t.same(accepted({ colour: 'red', image: file }), { colour: 'red', image: file })
})

t.test('a property of all objects is no field that was sent', async t => {
  t.match(refused({}, Type.Object({ toString: Type.String() })), [{ type: 'missing', loc: ['body', 'toString'] }])
})

t.test('objects and switches inside a request are checked too', async t => {
  const fields = { operation: 'erase', image_resolution: { width: 0 }, preferences: { prioritize_cost: 'yes' } }
  t.match(refused(fields, recommend), [
    { type: 'greater_than_equal', loc: ['body', 'image_resolution', 'width'] },
    { type: 'missing', loc: ['body', 'image_resolution', 'height'] },
    { type: 'bool_type', loc: ['body', 'preferences', 'prioritize_cost'] }
  ])
  t.same(refused({ operation: 'erase', preferences: { prioritize_cost: true } }, recommend), [])
})

t.test('a schema that it does not understand is a programmer\'s mistake', async t => {
  t.throws(() => validate(Type.Null(), 5, 'body'), new TypeError('no check for the type null'))
})

t.test('the image may be the first of the list', async t => {
  const images = (list: unknown) => refused({ operation: 'erase', images_base64: list })
  t.same(validate(process, { operation: 'erase', images_base64: ['aGk=', file] }, 'body'), { value: { operation: 'erase', images_base64: ['aGk=', file] } })
  t.same(images(['aGk=']), [])
  for (const list of [[], null, undefined]) t.match(images(list), [{ type: 'missing', loc: ['body', 'image_base64'] }])
  t.same(images('aGk=').map(({ type, loc }) => [type, loc]), [['list_type', ['body', 'images_base64']]])
  t.match(images([5]), [{ type: 'string_type', loc: ['body', 'images_base64', 0] }])
  t.match(refusedField({ images_base64: Array.from({ length: 33 }, () => 'aGk=') }), [{ type: 'too_long' }])
})

t.test('there are one to ten results', async t => {
  t.same(accepted({ n: '3' }), { n: 3 })
  t.match(refusedField({ n: 0 }), [{ type: 'greater_than_equal', loc: ['body', 'n'], ctx: { ge: 1 } }])
  t.match(refusedField({ n: 11 }), [{ type: 'less_than_equal', loc: ['body', 'n'], msg: 'Input should be less than or equal to 10', ctx: { le: 10 } }])
  t.match(refusedField({ n: 1.5 }), [{ type: 'int_from_float' }])
})
