import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { recommend } from '../../../plugins/http-edit/recommend.ts'
import { card, offer } from '../../core/fixtures.ts'
import { editsWith } from './offers.ts'

const exact = (maxSide: number) => ({ ...card().outputs, size: { rule: 'exact' as const, minSide: 16, maxSide } })
const cheap = offer({ provider: 'cheap', card: card({ id: 'cheap', name: 'Cheap', outputs: exact(1536) }) })
const mid = offer({ provider: 'mid', card: card({ id: 'mid', name: 'Mid', tier: 'mid', price: { usd: 0.04 }, outputs: exact(4096) }) })
const top = offer({ provider: 'top', card: card({ id: 'top', name: 'Top', tier: 'premium', price: { usd: 0.15 }, outputs: exact(8192) }) })
const vague = offer({ provider: 'vague', card: card({ id: 'vague', name: 'Vague', tier: 'mid', price: { usd: 0.05 }, outputs: { ...card().outputs, size: { rule: 'vendor' } } }) })
const free = offer({ provider: 'free', card: card({ id: 'free', name: 'Free', price: { usd: 0 }, operations: ['erase'] }) })
const keyless = offer({ provider: 'keyless', unconfigured: 'needs KEYLESS_API_KEY', card: card({ id: 'keyless', price: { usd: 0.001 } }) })
const app = { edits: editsWith([top, vague, mid, cheap, free, keyless]), EditError }
const ids = ({ recommended_model: first, alternatives }: ReturnType<typeof recommend>) => [first, ...alternatives.map(entry => entry.model_id)]

t.test('cost decides without a preference, among those that do the operation and can be asked', async t => {
  t.same(recommend(app, { operation: 'general_edit' }), {
    recommended_model: 'cheap',
    reason: 'Cheapest of 4 models that do general_edit and can be asked now: $0.02 an image, tier budget, up to 1536×1536.',
    alternatives: [
      { model_id: 'mid', name: 'Mid', cost: 0.04, reason: 'Also does general_edit: $0.04 an image, tier mid, up to 4096×4096.', provider: 'mid' },
      { model_id: 'vague', name: 'Vague', cost: 0.05, reason: 'Also does general_edit: $0.05 an image, tier mid.', provider: 'vague' },
      { model_id: 'top', name: 'Top', cost: 0.15, reason: 'Also does general_edit: $0.15 an image, tier premium, up to 8192×8192.', provider: 'top' }
    ],
    provider: 'cheap',
    cost: 0.02
  })
})

t.test('quality is the tier, then the resolution, of which what is not known counts least', async t => {
  const preferences = { prioritize_quality: true }
  const answer = recommend(app, { operation: 'general_edit', preferences, user_tier: 'enterprise' })
  t.same(ids(answer), ['top', 'mid', 'vague', 'cheap'])
  t.match(answer.reason, /^Best of 4 models that do general_edit and can be asked now for users of enterprise: \$0\.15/)
})

t.test('of equal quality the cheaper one is best, of equal cost the better one is cheapest', async t => {
  const dear = offer({ provider: 'dear', card: card({ ...top.card, id: 'dear', price: { usd: 0.2 } }) })
  const good = offer({ provider: 'good', card: card({ ...top.card, id: 'good', price: { usd: 0.02 } }) })
  const edits = editsWith([dear, top])
  t.same(ids(recommend({ edits, EditError }, { operation: 'general_edit', preferences: { prioritize_quality: true } })), ['top', 'dear'])
  t.same(ids(recommend({ edits: editsWith([cheap, good]), EditError }, { operation: 'general_edit' })), ['good', 'cheap'])
})

t.test('cost decides when both preferences are named', async t => {
  t.equal(recommend(app, { operation: 'general_edit', preferences: { prioritize_cost: true, prioritize_quality: true } }).recommended_model, 'cheap')
})

t.test('a user gets models of the tiers that are open to them', async t => {
  const preferences = { prioritize_quality: true }
  t.same(ids(recommend(app, { operation: 'general_edit', user_tier: 'free', preferences })), ['cheap'])
  t.same(ids(recommend(app, { operation: 'general_edit', user_tier: 'pro', preferences })), ['mid', 'vague', 'cheap'])
})

t.test('only models that return the resolution are recommended, at its price', async t => {
  const answer = recommend(app, { operation: 'general_edit', image_resolution: { width: 4000, height: 3000 } })
  t.same(ids(answer), ['mid', 'vague', 'top'])
  t.match(answer.reason, 'Cheapest of 3 models that do general_edit at 4000×3000 and can be asked now')
})

t.test('the only one is called the only one, and what is free is called free', async t => {
  t.match(recommend(app, { operation: 'erase' }), {
    recommended_model: 'free',
    reason: 'The only model that does erase and can be asked now: free of charge, tier budget.',
    alternatives: []
  })
})

t.test('there are at most three alternatives', async t => {
  t.equal(recommend({ edits: editsWith([cheap, mid, top, vague, cheap, mid]), EditError }, { operation: 'general_edit' }).alternatives.length, 3)
})

t.test('when no model fits, each one\'s reason is told', async t => {
  t.throws(() => recommend(app, { operation: 'general_edit', user_tier: 'free', image_resolution: { width: 2000, height: 2000 } }), {
    code: 'EDIT_ERR_NO_CAPABLE_PROVIDER',
    message: 'no model fits: top is of the tier premium; users of free have budget; vague is of the tier mid; users of free have budget; ' +
      'mid is of the tier mid; users of free have budget; cheap returns sides up to 1536 pixels; keyless needs KEYLESS_API_KEY'
  })
  t.throws(() => recommend({ edits: editsWith([top]), EditError }, { operation: 'general_edit', user_tier: 'pro' }), { message: /have budget and mid$/ })
})
