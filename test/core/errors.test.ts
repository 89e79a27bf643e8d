import t from 'tap'
import { EditError, errorTable, type ErrorCode } from '../../core/errors.ts'

t.test('an error takes status, next step and billing from the table', async t => {
  for (const [code, rule] of Object.entries(errorTable)) {
    const error = new EditError(code as ErrorCode, 'text') // Object.entries forgets the keys' type
    t.match(error, { code, statusCode: rule.status, next: rule.next, billed: rule.billed, message: 'text', details: {} })
  }
})

t.test('the vendor\'s own word on billing, a time to retry, a cause and details are kept', async t => {
  const cause = new Error('deep')
  const error = new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'text', { cause, billed: 'no', retryAfterMs: 5, details: { field: 'x' } })
  t.match(error, { cause, billed: 'no', retryAfterMs: 5, details: { field: 'x' } })
  t.notOk('cause' in new EditError('EDIT_ERR_DEADLINE', 'text'))
})

t.test('a code that is not in the table is a programmer\'s mistake', async t => {
  t.throws(() => new EditError('EDIT_ERR_NONE' as ErrorCode, 'text'), TypeError) // what JavaScript would let pass
})
