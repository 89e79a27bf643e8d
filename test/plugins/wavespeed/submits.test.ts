import t from 'tap'
import { createSubmits, inlined, withoutBytes } from '../../../plugins/wavespeed/submits.ts'
import { providerEdit } from './fixtures.ts'

t.test('knows the calls of this process by their edits, and their tasks by id', async t => {
  const submits = createSubmits()
  const edit = providerEdit()
  const submit = submits.begin(edit, 'a/b', { prompt: 'x' })
  t.match(submit, { path: 'a/b', asked: { prompt: 'x' } })
  t.equal(submits.of(edit), submit)
  t.equal(submits.of(providerEdit()), undefined)
  t.equal(submits.isKnown('ab12'), false)
  submits.accepted(submit, 'ab12')
  t.equal(submits.isKnown('ab12'), true)
})

t.test('calls whose task has no id are rivals of another one for the same model', async t => {
  let now = 1_000_000
  const submits = createSubmits(() => now)
  const [one, two, other] = [submits.begin(providerEdit(), 'a/b', {}), submits.begin(providerEdit(), 'a/b', {}), submits.begin(providerEdit(), 'c/d', {})]
  t.equal(submits.rivals('a/b', one), 1)
  t.equal(submits.rivals('a/b', undefined), 2)
  t.equal(submits.rivals('c/d', other), 0)
  submits.accepted(two, 'ab12')
  t.equal(submits.rivals('a/b', one), 0)
  const three = submits.begin(providerEdit(), 'a/b', {})
  t.equal(submits.rivals('a/b', one), 1)
  submits.refused(three)
  t.equal(submits.rivals('a/b', one), 0)
  now += 10 * 60 * 1000
  t.equal(submits.rivals('a/b', undefined), 1)
  now++
  t.equal(submits.rivals('a/b', undefined), 0, 'lost long ago')
  submits.begin(providerEdit(), 'e/f', {})
  now -= 1
  t.equal(submits.rivals('a/b', undefined), 0, 'and forgotten')
})

t.test('remembers the latest thousand ids', async t => {
  const submits = createSubmits()
  for (let id = 0; id <= 1000; id++) submits.accepted(submits.begin(providerEdit(), 'a/b', {}), String(id))
  t.same(['0', '1', '1000'].map(submits.isKnown), [false, true, true])
})

t.test('keeps no bytes of what was asked for', async t => {
  const bytes = { base64: Buffer.from('picture'), prefix: 'data:image/png;base64,' }
  t.same(withoutBytes({ prompt: 'x', images: [bytes, 'https://files.example/1'], mask: bytes, seed: undefined, image: null, loras: [{ path: 'a', scale: 1, sample: bytes }] }), {
    prompt: 'x', images: [inlined, 'https://files.example/1'], mask: inlined, image: null, loras: [{ path: 'a', scale: 1, sample: inlined }]
  })
})
