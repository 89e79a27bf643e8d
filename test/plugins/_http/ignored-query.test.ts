import t from 'tap'
import { ignoredQuery } from '../../../plugins/_http/ignored-query.ts'

t.test('all names of a query are told in one sentence, with the reason', async t => {
  t.same(ignoredQuery({ query: { seed: '1', n: '2' } }, 'nobody reads it'), ['the query was ignored (seed, n): nobody reads it'])
  t.same(ignoredQuery({ query: {} }, 'nobody reads it'), [])
})
