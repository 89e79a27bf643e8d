import t from 'tap'
import { LongText, readText } from '../../../plugins/http-edit/long-text.ts'

t.test('bytes without escapes are handed on as they are', async t => {
  const raw = Buffer.from('iVBORw0KGgo=')
  t.equal(new LongText(raw).bytes(), raw)
})

t.test('escapes are read before the bytes are handed on', async t => {
  t.same(new LongText(Buffer.from('a\\/b\\u002Bc')).bytes(), Buffer.from('a/b+c'))
  t.same(new LongText(Buffer.from('\\u0141')).bytes(), Buffer.from('Ł'), 'and never squeezed into one byte')
})

t.test('the text is read as JSON reads it', async t => {
  t.equal(new LongText(Buffer.from('ein \\"Hütchen\\" \\n')).text(), 'ein "Hütchen" \n')
})

t.test('what cannot stand in a JSON text is refused', async t => {
  for (const raw of ['\\x', '\n', '\\']) t.throws(() => readText(Buffer.from(raw)), SyntaxError)
  t.throws(() => readText(Buffer.from([0xc3])), new SyntaxError('not UTF-8'))
})

t.test('a preview is the beginning', async t => {
  t.equal(new LongText(Buffer.from('abcdef')).preview(3), 'abc')
})
