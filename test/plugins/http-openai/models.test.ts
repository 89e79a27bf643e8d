import t from 'tap'
import { getModel, listModels } from '../../../plugins/http-openai/models.ts'
import { card, offer } from '../../core/fixtures.ts'

const offers = [
  offer({ unconfigured: 'ACME_API_KEY is not set' }),
  offer({ provider: 'second' }),
  offer({ provider: 'hub', anyModel: true, card: card({ id: 'Qwen/Edit', name: 'Qwen Edit' }) })
]
const options = { edits: { offers: () => offers }, aliases: { 'gpt-image-1': 'second/paint', 'gpt-image-2': 'auto' }, created: 5 }
const item = { object: 'model', created: 5 }

t.test('every name that a request may give is listed', async t => {
  const { object, data } = listModels(options)
  t.equal(object, 'list')
  t.same(data.map(({ id }) => id), ['auto', 'gpt-image-1', 'gpt-image-2', 'paint', 'Qwen/Edit'])
  t.same(data[0], { ...item, id: 'auto', owned_by: 'retouch', retouch: { stands_for: 'auto' } })
  t.same(data[3], {
    ...item,
    id: 'paint',
    owned_by: 'acme',
    retouch: { name: 'Paint', description: 'Paints.', providers: ['acme', 'second'], operations: ['general_edit'], available: true }
  })
})

t.test('a model is found by each of its names, and by those that no card lists', async t => {
  t.match(getModel('acme/paint', options), { id: 'acme/paint', retouch: { stands_for: 'acme/paint', providers: ['acme'], available: false } })
  t.match(getModel('gpt-image-1', options), { id: 'gpt-image-1', owned_by: 'second', retouch: { stands_for: 'second/paint' } })
  t.match(getModel('dall-e-3', { ...options, aliases: { 'dall-e-3': 'paint' } }), { id: 'dall-e-3', retouch: { stands_for: 'paint', providers: ['acme', 'second'] } })
  t.match(getModel('hub/some/body', options), { id: 'hub/some/body', owned_by: 'hub', retouch: { providers: ['hub'], name: 'Qwen Edit' } })
  t.throws(() => getModel('dall-e-2', options), { statusCode: 404, code: 'model_not_found', message: "The model 'dall-e-2' does not exist." })
})
