import t from 'tap'
import { isRecord, textOf } from '../../../plugins/huggingface/error-text.ts'

t.test('reads what went wrong out of every shape that the router passes on', async t => {
  const rows: Array<[json: unknown, text: string]> = [
    [{ error: 'Model not supported by provider fal-ai' }, 'Model not supported by provider fal-ai'],
    [{ error: { message: 'nested', type: 'invalid_request_error', code: null } }, 'nested'],
    [{ error: ['one', 'two', '', 'three', 'four'] }, 'one; two'],
    [{ error: '', detail: 'from fal' }, 'from fal'],
    [{ error: null, detail: [{ loc: ['body', 'image_url'], msg: 'Field required', type: 'missing' }] }, 'image_url: Field required'],
    [{ detail: [{ loc: ['body'], msg: 'one' }, { msg: 'two' }, { loc: 'x', msg: 'three' }] }, 'one; two; three'],
    [{ detail: [{ loc: ['body', 'images', 0, {}], msg: 'no image' }] }, 'images.0: no image'],
    [{ code: 400, message: ' prompt is too long ', data: null }, 'prompt is too long'],
    [{ title: 'Input validation failed', detail: '', status: 422 }, 'Input validation failed'],
    [{ error: { error: { error: { error: { error: 'too deep' } } } } }, ''],
    [{ error: 7 }, ''],
    ['Not Found', ''],
    [['Not Found'], ''],
    [null, ''],
    [undefined, '']
  ]
  for (const [json, text] of rows) t.equal(textOf(json), text, JSON.stringify(json))
})

t.test('a record is an object that is no list', async t => {
  t.same([{}, [], null, 'x', undefined].map(isRecord), [true, false, false, false, false])
})
