import t from 'tap'
import { readText, runBefore, wholeLength } from '../../../plugins/http-body/json-text.ts'

t.test('a text is read as JSON reads it', async t => {
  t.equal(readText(Buffer.from('ein \\"Hütchen\\" \\n\\u00fc')), 'ein "Hütchen" \nü')
})

t.test('what cannot stand in a JSON text is refused', async t => {
  for (const raw of ['\\x', '\n', '\\']) t.throws(() => readText(Buffer.from(raw)), SyntaxError)
  t.throws(() => readText(Buffer.from([0xc3])), new SyntaxError('not UTF-8'))
})

t.test('what is cut off at any place can be read in two pieces', async t => {
  for (const text of ['aü€😀b', 'a\\\\b\\n', '\\u00e9\\u0041x', '\\\\\\\\u', '\\\\\\u0041', '\\ud83d\\ude00', '\\\\ud83d0', 'x\\ud83d', '\\/\\/']) {
    const raw = Buffer.from(text)
    for (let cut = 0; cut <= raw.length; cut++) {
      const first = wholeLength(raw.subarray(0, cut))
      const pieces = [raw.subarray(0, first), raw.subarray(first)].map(piece => Buffer.from(readText(piece)))
      t.same(Buffer.concat(pieces).toString(), Buffer.from(readText(raw)).toString(), `${text} cut at ${cut}`)
    }
  }
})

t.test('what no cut has made is not waited for', async t => {
  t.equal(wholeLength(Buffer.from([0x41, 0x80, 0x80, 0x80])), 4)
  t.equal(wholeLength(Buffer.from([0x41, 0xe2, 0x82, 0xac])), 4)
  t.equal(wholeLength(Buffer.alloc(0)), 0)
})

t.test('backslashes in a row are counted up to a place', async t => {
  t.equal(runBefore(Buffer.from('a\\\\\\"'), 4), 3)
  t.equal(runBefore(Buffer.from('a\\\\\\"'), 4, 2), 2)
  t.equal(runBefore(Buffer.from('\\\\'), 2), 2)
})
