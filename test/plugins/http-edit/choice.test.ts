import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { choose, type Wish } from '../../../plugins/http-edit/choice.ts'
import { card, inputs, offer } from '../../core/fixtures.ts'
import { editsWith } from './offers.ts'

const first = offer({ provider: 'first', card: card({ id: 'first' }) })
const second = offer({ provider: 'second', card: card({ id: 'second', inputs: inputs({ maxSide: 100 }) }) })
const third = offer({ provider: 'third', card: card({ id: 'third', operations: ['erase'] }) })
const wish: Wish = { operation: 'general_edit', resolution: undefined, misfit: () => undefined }

const app = (inLine: Array<typeof first>) => ({ edits: editsWith([first, second, third], inLine), EditError })

t.test('the models that fit come in the operator\'s order', async t => {
  t.same(choose(app([second, first, third]), wish), [second, first])
  t.same(choose(app([second, first, third]), { ...wish, resolution: { width: 200, height: 200 } }), [first])
})

t.test('what a request names is asked although the order leaves it out', async t => {
  t.same(choose(app([second]), { ...wish, named: [first] }), [first])
})

t.test('when none fits, each one\'s reason is told', async t => {
  const resolution = { width: 200, height: 200 }
  t.throws(() => choose(app([second, third]), { ...wish, resolution }), {
    code: 'EDIT_ERR_NO_CAPABLE_PROVIDER',
    message: 'no model fits: first is left out by the operator\'s order for this operation; second takes sides up to 100 pixels',
    details: { models: [{ provider: 'first', model: 'first' }, { provider: 'second', reason: 'takes sides up to 100 pixels' }, { provider: 'third', reason: 'does not do general_edit' }] }
  })
  t.throws(() => choose(app([first]), { ...wish, named: [first], misfit: () => 'is blue' }), { message: 'no model fits: first is blue' })
  t.throws(() => choose({ edits: editsWith([], []), EditError }, wish), { message: 'no model does general_edit' })
})
