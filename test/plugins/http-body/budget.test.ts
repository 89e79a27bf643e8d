import t from 'tap'
import { createBudget } from '../../../plugins/http-body/budget.ts'

t.test('no more is taken than there is, and what is given back can be taken again', async t => {
  const budget = createBudget(10)
  t.equal(budget.take(6), true)
  t.equal(budget.take(5), false)
  t.equal(budget.isFull(), false)
  t.equal(budget.take(4), true)
  t.equal(budget.isFull(), true)
  budget.give(6)
  t.equal(budget.take(6), true)
  t.equal(budget.take(1), false)
})
