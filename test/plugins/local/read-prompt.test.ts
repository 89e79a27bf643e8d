import t from 'tap'
import { readPrompt } from '../../../plugins/local/read-prompt.ts'

const texts = (modifiers: ReadonlyArray<{ readonly text: string }>) => modifiers.map(({ text }) => text)
const read = (prompt: string) => readPrompt(prompt).map(({ edit, before, after, linked }) => ({
  edit: edit.text, before: texts(before), after: texts(after), linked
}))

t.test('keeps apart what stands before an edit and what stands after it', async t => {
  t.same(read('a little more contrast by 20 %'), [{ edit: 'contrast', before: ['a little', 'more'], after: ['20 %'], linked: false }])
})

t.test('takes the longest phrase', async t => {
  t.same(read('black and white and then a little bit darker'), [
    { edit: 'black and white', before: [], after: [], linked: false },
    { edit: 'darker', before: ['a little bit'], after: [], linked: false }
  ])
})

t.test('links clauses that only a comma or "and" separates', async t => {
  t.same(read('brighter, and warmer, then cooler and make it darker').map(({ linked }) => linked), [false, true, false, false])
})

t.test('a clause without an edit belongs to the one before', async t => {
  t.same(read('brighter, please, a little').at(0)?.after, ['a little'])
})

t.test('"more" between two edits belongs to the second', async t => {
  t.same(read('sepia more contrast').map(({ before, after }) => [before, after]), [[[], []], [['more'], []]])
})

t.test('a signed percentage is an amount and a direction, a signed angle is one number', async t => {
  t.match(readPrompt('brightness -20 %')[0].after, [{ kind: 'direction', value: -1 }, { kind: 'percent', value: 20 }])
  t.match(readPrompt('rotate -20 degrees')[0].after, [{ kind: 'degrees', value: -20 }])
})

t.test('"turn" rotates only beside a side or an angle', async t => {
  t.match(readPrompt('turn it 10 right')[0], { edit: { edit: 'rotate' }, before: [{ kind: 'degrees', value: 10 }, { kind: 'side', value: 1 }] })
  t.match(readPrompt('turn it black and white')[0], { edit: { edit: 'greyscale' }, before: [] })
})
