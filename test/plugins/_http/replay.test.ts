import t from 'tap'
import { watchReplay } from '../../../plugins/_http/replay.ts'

t.test('an answer says that it is an earlier one\'s once that is known', async t => {
  const { headers, onReplay } = watchReplay()
  t.same({ ...headers }, {})
  onReplay()
  t.same({ ...headers }, { 'idempotency-replayed': 'true' })
  t.same({ ...watchReplay().headers }, {}, 'each request has its own')
})
