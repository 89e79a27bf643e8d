import t from 'tap'
import { invalidValue, listed, Refusal, shown } from '../../../plugins/http-openai/refusal.ts'

t.test('a refusal has all that OpenAI\'s envelope wants', async t => {
  t.match(new Refusal('no'), { message: 'no', statusCode: 400, type: 'invalid_request_error', code: null, param: null })
  t.match(invalidValue('n', 'no'), { message: 'no', statusCode: 400, type: 'invalid_request_error', code: 'invalid_value', param: 'n' })
})

t.test('values are listed and shortened for people', async t => {
  t.equal(listed(['a']), "'a'")
  t.equal(listed(['a', 'b']), "'a' and 'b'")
  t.equal(listed(['a', 'b', 'c']), "'a', 'b', and 'c'")
  t.equal(shown('x'.repeat(100)), 'x'.repeat(100))
  t.equal(shown('x'.repeat(101)), `${'x'.repeat(100)}…`)
})
