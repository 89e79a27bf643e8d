import t from 'tap'
import { ProviderRegistry } from '../../core/registry.ts'
import { card, provider } from './fixtures.ts'

t.test('a registered provider is ready, listed with its cards, and can be had by name', async t => {
  const registry = new ProviderRegistry()
  const acme = provider()
  registry.register(acme)
  t.same(registry.list(), [{ name: 'acme', vendor: 'acme', status: 'ready', reason: null, models: [card()] }])
  t.equal(registry.get('acme'), acme)
  t.equal(registry.get('nobody'), undefined)
})

t.test('keeps its own copy of the cards: a plugin that changes its card later changes nothing', async t => {
  const registry = new ProviderRegistry()
  const mutable = card()
  registry.register(provider({ models: [mutable] }))
  mutable.price.usd = 9
  t.equal(registry.offers()[0]?.card.price.usd, 0.02)
  t.ok(Object.isFrozen(registry.offers()[0]?.card.price))
})

t.test('refuses a second provider of the same name', async t => {
  const registry = new ProviderRegistry()
  registry.register(provider())
  t.throws(() => registry.register(provider()), /a provider named "acme" is registered already/)
  t.throws(() => registry.unconfigured(provider(), 'no key'), /registered already/)
})

t.test('a provider without its key is listed and offered as unconfigured, and cannot be asked', async t => {
  const registry = new ProviderRegistry()
  registry.unconfigured({ name: 'acme', vendor: 'acme', models: [card()] }, 'ACME_API_KEY is not set')
  t.match(registry.list(), [{ status: 'unconfigured', reason: 'ACME_API_KEY is not set' }])
  t.match(registry.offers(), [{ unconfigured: 'ACME_API_KEY is not set' }])
  t.equal(registry.get('acme'), undefined)
  t.throws(() => registry.unconfigured({ name: 'B', vendor: 'b', models: [card()] }, 'x'), /name must be kebab-case/)
})

t.test('offers come by the providers\' own priority, and only the first card stands for any model', async t => {
  const registry = new ProviderRegistry()
  registry.register(provider({ name: 'late', priority: 200 }))
  registry.register(provider({ name: 'usual' }))
  registry.register(provider({ name: 'early', priority: 1, anyModel: true, models: [card(), card({ id: 'second' })] }))
  t.same(registry.offers().map(({ provider, card: { id }, anyModel }) => [provider, id, anyModel]), [
    ['early', 'paint', true], ['early', 'second', false], ['usual', 'paint', false], ['late', 'paint', false]
  ])
  t.equal(registry.offers(), registry.offers(), 'the list is made once')
})

t.test('what is withdrawn is gone, what is quarantined is listed with the reason', async t => {
  const registry = new ProviderRegistry()
  registry.register(provider())
  t.equal(registry.offers().length, 1)
  registry.withdraw('acme')
  registry.quarantine('acme', 'it threw')
  t.same(registry.offers(), [])
  t.same(registry.list(), [{ name: 'acme', vendor: '', status: 'quarantined', reason: 'it threw', models: [] }])
})
