import t from 'tap'
import { createBudget } from '../../../plugins/http-body/budget.ts'
import { createLease } from '../../../plugins/http-body/lease.ts'

t.test('what a request takes goes back when the last one has used it', async t => {
  const budget = createBudget(100)
  const lease = createLease(budget)
  const [answered, edited] = [lease.use(), lease.use()]
  t.ok(lease.take(60))
  t.ok(lease.take(30))
  t.notOk(lease.take(11), 'what is not there is not taken')
  answered()
  t.notOk(budget.take(11), 'the edit goes on')
  edited()
  t.ok(budget.take(100))
})

t.test('it goes back once, and may be taken again', async t => {
  const budget = createBudget(100)
  const lease = createLease(budget)
  const end = lease.use()
  lease.take(50)
  end()
  const endAgain = lease.use()
  lease.take(70)
  t.notOk(budget.take(31))
  endAgain()
  t.ok(budget.take(100))
  t.notOk(budget.take(1))
})
