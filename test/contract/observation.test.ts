import t from 'tap'
import { EditError } from '../../core/errors.ts'
import { describeError, resultOf, submitOf } from './observation.ts'
import { createWitness } from './witness.ts'

t.test('describes an error with its code and its causes', async t => {
  const cause = new RangeError('too far', { cause: 'nobody knows' })
  const error = new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'no image', { cause })
  t.equal(describeError(error), 'EditError EDIT_ERR_PROVIDER_RESPONSE: no image, because of RangeError too far, because of nobody knows, which is no Error')
})

t.test('says when a provider was never asked', async t => {
  t.throws(() => submitOf({ witness: createWitness() }), { message: /never asked/ })
})

t.test('says why there is no result', async t => {
  const error = new Error('all broken')
  t.throws(() => resultOf(Object.assign(Object.create(null), { outcome: { error } })), { message: 'there is no result: Error all broken' })
})
