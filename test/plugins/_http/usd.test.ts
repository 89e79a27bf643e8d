import t from 'tap'
import { roundUsd } from '../../../plugins/_http/usd.ts'

t.test('sums of prices carry no noise', async t => {
  t.equal(roundUsd(0.1 + 0.2), 0.3)
})
