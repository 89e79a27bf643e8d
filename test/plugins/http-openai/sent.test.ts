import t from 'tap'
import { fieldsOf, isAbsent, isFile, isList, isObject, type Sent, type SentFile } from '../../../plugins/http-openai/sent.ts'

const file = (text: string): SentFile => ({ bytes: () => Buffer.from(text) })
const [one, two, three] = [file('1'), file('2'), file('3')]

t.test('parts become fields, lists and objects by the names that OpenAI\'s libraries write', async t => {
  t.same(fieldsOf([
    { name: 'seed', value: '7' },
    { name: 'provider_options[search_prompt]', value: 'cat' },
    { name: 'provider_options[list][]', value: '1' },
    { name: 'provider_options[list][]', value: '2' },
    { name: 'provider_options[deep][a]', value: 'true' }
  ]), { seed: '7', provider_options: { search_prompt: 'cat', list: ['1', '2'], deep: { a: 'true' } } })
})

t.test('images come under every name in which clients send several, in their order', async t => {
  t.same(fieldsOf([{ name: 'image', value: one }]), { image: one })
  t.same(fieldsOf([{ name: 'image[]', value: one }]), { image: [one] })
  t.same(fieldsOf([{ name: 'image', value: one }, { name: 'image', value: two }]), { image: [one, two] })
  t.same(fieldsOf([{ name: 'image[1]', value: two }, { name: 'image[10]', value: three }, { name: 'image[0]', value: one }]), { image: [one, two, three] })
  t.same(fieldsOf([{ name: 'image[]', value: two }, { name: 'image', value: one }, { name: 'image[]', value: three }]), { image: [one, two, three] })
})

t.test('names that make no sense, or reach prototypes, are refused', async t => {
  for (const name of ['', '[]', 'a[', 'a]b', 'a[]b', '[a]', 'a[__proto__]', '__proto__', 'constructor[prototype]', 'a[b][c][d][e][f]', 'a[][b]', 'a[0][b]', 'x'.repeat(200) + '[']) {
    t.throws(() => fieldsOf([{ name, value: 'x' }]), { code: 'invalid_parameter_name', statusCode: 400, message: /is no name for a parameter/ }, name.slice(0, 20))
  }
  t.throws(() => fieldsOf([{ name: 'a', value: 'x' }, { name: 'a[b]', value: 'y' }]), { param: 'a', code: 'invalid_value' })
})

t.test('values are told apart', async t => {
  const values: Sent[] = ['text', 1, true, null, one, [one], { bytes: 'no function' }, {}]
  t.same(values.map(isFile), [false, false, false, false, true, false, false, false])
  t.same(values.map(isList), [false, false, false, false, false, true, false, false])
  t.same(values.map(isObject), [false, false, false, false, false, false, true, true])
  t.same([undefined, null, '', ' ', 0, false].map(isAbsent), [true, true, true, false, false, false])
})
