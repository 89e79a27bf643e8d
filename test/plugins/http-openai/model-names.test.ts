import t from 'tap'
import { checkAliases, knownNames, resolveName, routeByName } from '../../../plugins/http-openai/model-names.ts'
import { card, offer } from '../../core/fixtures.ts'

const offers = [offer(), offer({ provider: 'hub', anyModel: true, card: card({ id: 'Qwen/Edit' }) }), offer({ provider: 'second' })]
const edits = { offers: () => offers }
const aliases = { 'gpt-image-1': 'second/paint', 'gpt-image-2': 'auto' }

t.test('a model goes by its id, with its provider\'s name, or by the operator\'s alias', async t => {
  const cases: Array<[string, object | undefined]> = [
    ['auto', {}],
    ['paint', { model: 'paint' }],
    ['Qwen/Edit', { model: 'Qwen/Edit' }],
    ['second/paint', { provider: 'second', model: 'paint' }],
    ['hub/some/body', { provider: 'hub', model: 'some/body' }],
    ['gpt-image-1', { provider: 'second', model: 'paint' }],
    ['gpt-image-2', {}],
    ['second/brush', undefined],
    ['dall-e-2', undefined],
    ['toString', undefined]
  ]
  for (const [name, expected] of cases) t.same(resolveName(name, edits, aliases), expected, name)
})

t.test('the names are listed once each', async t => {
  t.same(knownNames(edits, aliases), ['auto', 'gpt-image-1', 'gpt-image-2', 'paint', 'Qwen/Edit'])
})

t.test('a model that is not known is refused with those that are, unless a provider is named who may know it', async t => {
  t.same(routeByName({}, edits, {}), {})
  t.same(routeByName({ model: 'paint', provider: 'acme' }, edits, {}), { model: 'paint', provider: 'acme' })
  t.same(routeByName({ model: 'who/knows', provider: 'hub' }, edits, {}), { model: 'who/knows', provider: 'hub' })
  t.same(routeByName({ provider: 'hub' }, edits, {}), { provider: 'hub' })
  t.throws(() => routeByName({ model: 'gpt-image-1' }, edits, {}), {
    param: 'model', code: 'invalid_value', message: "Invalid value: 'gpt-image-1'. Supported values are: 'auto', 'paint', and 'Qwen/Edit'."
  })
})

t.test('an alias for nobody is the operator\'s mistake', async t => {
  t.doesNotThrow(() => checkAliases(aliases, edits))
  t.throws(() => checkAliases({ 'gpt-image-1': 'gpt-image-2', 'gpt-image-2': 'auto' }, edits), {
    message: 'plugins.http-openai.modelAliases.gpt-image-1: "gpt-image-2" is no model; known: auto, paint, Qwen/Edit'
  })
})
