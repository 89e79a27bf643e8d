import t from 'tap'
import { callsOf, planCalls, roundUsd } from '../../core/calls.ts'
import { plan, type Candidate } from '../../core/planner.ts'
import type { Json } from '../../core/request.ts'
import { card, offer, request } from './fixtures.ts'

const rule = { type: 'integer', minimum: -1, maximum: 20, default: -1, description: 'x' } as const

function candidateOf ({ count = 1, maxImages, seed, usd = 0.02, rules = { seed: rule } }: {
  count?: number, maxImages?: number, seed?: Json, usd?: number, rules?: ReturnType<typeof card>['parameters']
}): Candidate {
  const asked = request({ count, parameters: seed === undefined ? {} : { seed } })
  const outputs = { ...card().outputs, ...maxImages !== undefined && { maxImages } }
  const [candidate] = plan(asked, [offer({ card: card({ outputs, price: { usd }, parameters: rules }) })], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  return candidate
}
const seedsOf = (candidate: Candidate) => callsOf(candidate).map(({ parameters: { seed } }) => seed)
const textOf = ({ request, offer: { card }, parameters }: Candidate) => planCalls(request, card, parameters)[0]?.detail

t.test('a candidate makes as few calls as its card allows, and each has its share of results and price', async t => {
  const shares = (count: number, maxImages?: number) => callsOf(candidateOf({ count, ...maxImages !== undefined && { maxImages } }))
    .map(({ request: { count }, costUsd: { max } }) => [count, max])
  t.same(shares(1), [[1, 0.02]])
  t.same(shares(3), [[1, 0.02], [1, 0.02], [1, 0.02]])
  t.same(shares(5, 2), [[2, 0.04], [2, 0.04], [1, 0.02]])
  t.same(shares(4, 4), [[4, 0.08]])
})

t.test('the price is that of all results, without the noise of binary fractions', async t => {
  t.equal(candidateOf({ count: 3, usd: 0.1 }).costUsd.max, 0.3)
  t.equal(roundUsd(0.1 + 0.2), 0.3)
})

t.test('a seed counts on from call to call, within its range; without one, or with the one that means any, nothing is done', async t => {
  t.same(seedsOf(candidateOf({ count: 3, seed: 7 })), [7, 8, 9])
  t.same(seedsOf(candidateOf({ count: 5, maxImages: 2, seed: 7 })), [7, 9, 11])
  t.same(seedsOf(candidateOf({ count: 3, seed: 20 })), [20, 0, 1])
  t.same(seedsOf(candidateOf({ count: 3 })), [undefined, undefined, undefined])
  t.same(seedsOf(candidateOf({ count: 2, seed: -1 })), [-1, -1])
  const from0 = { seed: { ...rule, minimum: 0, default: 0 } }
  t.same(seedsOf(candidateOf({ count: 2, seed: 20, rules: from0 })), [20, 1], 'past the one that means any')
  t.same(seedsOf(candidateOf({ count: 2, seed: 5, rules: { seed: { type: 'integer', description: 'x' } } })), [5, 6])
  t.same(seedsOf(candidateOf({ count: 2, seed: 5, rules: { seed: { ...rule, values: [5, 9] } } })), [5, 5])
  t.same(seedsOf(candidateOf({ count: 2, seed: 5, rules: {} })), [undefined, undefined])
})

t.test('a plan says how many calls there are, and with which seeds', async t => {
  t.equal(textOf(candidateOf({})), undefined)
  t.equal(textOf(candidateOf({ count: 3 })), '3 results are asked for in 3 calls')
  t.equal(textOf(candidateOf({ count: 3, seed: 7 })), '3 results are asked for in 3 calls, with the seeds 7, 8, 9')
  t.equal(textOf(candidateOf({ count: 3, maxImages: 4, seed: 7 })), '3 results are asked for in one call')
})
