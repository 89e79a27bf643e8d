import t from 'tap'
import { billedSoFar, isOfFreeCall, markFreeCall, openScope, scopeOf } from '../../core/call-scope.ts'

t.test('a scope is found by the attempt\'s own signal and no other', async t => {
  const { signal } = new AbortController()
  const scope = openScope(signal, { traceparent: '00-a-b-01' })
  t.equal(scopeOf(signal), scope)
  t.equal(scopeOf(AbortSignal.any([signal])), undefined)
})

t.test('only what surely did not leave, or costs nothing, is surely not billed', async t => {
  t.equal(billedSoFar({ phase: 'not-sent' }, false), 'no')
  t.equal(billedSoFar({ phase: 'sent' }, false), 'maybe')
  t.equal(billedSoFar({ phase: 'answered' }, false), 'maybe')
  t.equal(billedSoFar({}, false), 'maybe')
  t.equal(billedSoFar({ phase: 'sent' }, true), 'no')
})

t.test('an error of a call that costs nothing is known, and only that very one', async t => {
  const error = new Error('x')
  t.equal(isOfFreeCall(error), false)
  t.equal(markFreeCall(error), error)
  t.equal(isOfFreeCall(error), true)
  t.equal(isOfFreeCall(new Error('x', { cause: error })), false)
})
