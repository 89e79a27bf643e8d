import t from 'tap'
import { checkOrder, rank, type Ranked } from '../../core/order.ts'
import { card, offer } from './fixtures.ts'

const alpha = offer({ provider: 'alpha', vendor: 'house' })
const beta = offer({ provider: 'beta', vendor: 'house', card: card({ id: 'draw' }) })
const hub = offer({ provider: 'hub', vendor: 'hub', card: card({ id: 'org/default' }), anyModel: true })
const offers = [alpha, beta, hub]
const names = (ranked: Ranked[]) => ranked.map(({ offer: { provider }, model, named, excluded }) => `${provider}/${model} ${excluded !== null ? 'excluded' : named ? 'named' : 'listed'}`)

t.test('without an order the providers\' own priority holds', async t => {
  t.same(names(rank(offers, {}, 'erase', {})), ['alpha/paint listed', 'beta/draw listed', 'hub/org/default listed'])
})

t.test('the operation\'s order goes before the general one, and leaves the others out', async t => {
  const order = { '*': ['hub'], erase: ['beta', 'alpha'] }
  t.same(names(rank(offers, order, 'erase', {})), ['beta/draw listed', 'alpha/paint listed', 'hub/org/default excluded'])
  t.same(names(rank(offers, order, 'relight', {})), ['hub/org/default listed', 'alpha/paint excluded', 'beta/draw excluded'])
})

t.test('an entry may name a model, also one that no card lists, and counts once', async t => {
  const order = { '*': ['hub/org/other', 'alpha/paint', 'alpha', 'alpha/none'] }
  t.same(names(rank(offers, order, 'erase', {})), ['hub/org/other listed', 'alpha/paint listed', 'beta/draw excluded'])
})

t.test('what the request names comes first, by provider or vendor, then the order', async t => {
  t.same(names(rank(offers, { '*': ['alpha'] }, 'erase', { provider: 'hub' })), ['hub/org/default named', 'alpha/paint listed', 'beta/draw excluded'])
  t.same(names(rank(offers, {}, 'erase', { provider: 'house' })), ['alpha/paint named', 'beta/draw named', 'hub/org/default listed'])
})

t.test('a model is found wherever it is', async t => {
  t.same(names(rank(offers, {}, 'erase', { model: 'draw' })), ['beta/draw named', 'alpha/paint listed', 'hub/org/default listed'])
  t.same(names(rank(offers, {}, 'erase', { model: 'draw', provider: 'hub' }))[0], 'beta/draw named', 'a listed model says more than the provider')
  t.same(names(rank(offers, {}, 'erase', { model: 'some/model' }))[0], 'hub/some/model named')
  t.same(names(rank(offers, {}, 'erase', { model: 'some/model', provider: 'hub' }))[0], 'hub/some/model named')
})

t.test('an unknown name is the caller\'s mistake, and the known ones are told', async t => {
  t.throws(() => rank(offers, {}, 'erase', { provider: 'nobody' }), {
    code: 'EDIT_ERR_INVALID_REQUEST', details: { field: 'provider', known: ['alpha', 'house', 'beta', 'hub'] }
  })
  t.throws(() => rank(offers, {}, 'erase', { provider: 'alpha', model: 'none' }), {
    code: 'EDIT_ERR_INVALID_REQUEST', details: { field: 'model', known: ['paint'] }
  })
  t.throws(() => rank([alpha], {}, 'erase', { model: 'none' }), { message: /known: paint$/ })
  t.same(rank([], {}, 'erase', { provider: 'nobody' }), [], 'where nobody is registered that is what has to be said')
})

t.test('the order of the configuration must name what exists', async t => {
  t.doesNotThrow(() => checkOrder({ '*': ['alpha', 'beta/draw', 'hub/any/thing', 'sick'], erase: undefined }, offers, ['sick']))
  t.throws(() => checkOrder({ erase: ['alpha/none'] }, offers), /order\.erase: "alpha\/none" is no provider; known: alpha, alpha\/paint/)
})

t.test('a request may bring its own fallback, of what the operator allows', async t => {
  t.same(names(rank(offers, {}, 'erase', { provider: 'alpha', fallback: ['hub/some/model'] })), ['alpha/paint named', 'hub/some/model listed', 'beta/draw excluded'])
  t.match(rank(offers, { '*': ['alpha', 'hub'] }, 'erase', { fallback: ['hub'] }), [{ model: 'org/default' }, { excluded: /the request's fallback/ }, { excluded: /the request's fallback/ }])
  t.throws(() => rank(offers, { '*': ['alpha', 'hub'] }, 'erase', { fallback: ['beta'] }), {
    code: 'EDIT_ERR_INVALID_REQUEST', message: 'fallback: "beta" is not known here; known: alpha, alpha/paint, hub, hub/org/default'
  })
  t.match(rank(offers, { '*': ['alpha'] }, 'erase', { fallback: 'auto' }), [{ model: 'paint' }, { excluded: /operator's order/ }, {}])
})
