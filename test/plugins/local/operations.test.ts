import t from 'tap'
import { cards } from '../../../plugins/local/cards.ts'
import { operations } from '../../../plugins/local/operations.ts'

t.test('every operation of the cards can be run, and no other', async t => {
  t.same(Object.keys(operations).toSorted(), cards.flatMap(card => card.operations).toSorted())
  for (const run of Object.values(operations)) t.type(run, 'function')
})
