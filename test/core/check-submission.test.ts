import t from 'tap'
import { checkSubmission } from '../../core/check-submission.ts'

t.test('a result with images and a job with a handle pass', async t => {
  for (const submission of [
    { state: 'done', result: { images: [{ bytes: Buffer.from('x') }, { url: 'https://example.org/a.png' }] } },
    { state: 'pending', handle: { id: 1 }, pollAfterMs: 1 }
  ]) t.equal(checkSubmission(submission), submission)
})

const garbage: Array<[string, unknown]> = [
  ['nothing', undefined],
  ['text', 'done'],
  ['an unknown state', { state: 'finished' }],
  ['done without a result', { state: 'done' }],
  ['done without images', { state: 'done', result: {} }],
  ['done with an empty list', { state: 'done', result: { images: [] } }],
  ['an image that is neither bytes nor address', { state: 'done', result: { images: [{ data: 'x' }] } }],
  ['an image that is null', { state: 'done', result: { images: [null] } }],
  ['pending without a handle', { state: 'pending', pollAfterMs: 1 }],
  ['pending with too large a handle', { state: 'pending', handle: { id: 'x'.repeat(5000) }, pollAfterMs: 1 }],
  ['pending without a time', { state: 'pending', handle: {} }],
  ['pending with a time in the past', { state: 'pending', handle: {}, pollAfterMs: -1 }],
  ['pending with an endless time', { state: 'pending', handle: {}, pollAfterMs: Infinity }]
]
for (const [title, answer] of garbage) {
  t.test(`${title} is no submission`, async t => { t.throws(() => checkSubmission(answer), /no Submission/) })
}
