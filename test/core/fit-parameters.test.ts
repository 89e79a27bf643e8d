import t from 'tap'
import { sortParameters } from '../../core/fit-parameters.ts'

const rules = { steps: { type: 'integer' as const, description: 'x', maximum: 50 } }

t.test('what a model lacks is dropped by default, what is out of range is not', async t => {
  t.same(sortParameters({ steps: 5, seed: 1 }, rules), { parameters: { steps: 5 }, dropped: ['seed'] })
  t.match(sortParameters({ steps: 99 }, rules), { illegal: 'takes steps as integer up to 50' })
})

t.test('a caller may want all or nothing', async t => {
  t.match(sortParameters({ seed: 1 }, rules, 'reject'), { illegal: 'has no parameter seed' })
  t.same(sortParameters({ steps: 5 }, rules, 'reject'), { parameters: { steps: 5 }, dropped: [] })
})

t.test('a caller may let everything go that does not fit', async t => {
  t.same(sortParameters({ steps: 99, seed: 1 }, rules, 'drop'), { parameters: {}, dropped: ['steps', 'seed'] })
})
