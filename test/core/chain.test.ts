import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import sharp from 'sharp'
import t from 'tap'
import { Chain } from '../../core/chain.ts'
import { configFrom } from '../../core/config.ts'
import type { EditProvider, Submission } from '../../core/contract.ts'
import { EditError } from '../../core/errors.ts'
import { Health } from '../../core/health.ts'
import { Limiter } from '../../core/limiter.ts'
import { plan, type Candidate } from '../../core/planner.ts'
import type { Offer } from '../../core/registry.ts'
import { card, noGates, offer, provider, request } from './fixtures.ts'

const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: '#369' } }).png().toBuffer()
const asked = request({ images: [{ bytes: png, mediaType: 'image/png', width: 8, height: 6, alpha: false, profile: null }] })
const done: Submission = { state: 'done', result: { images: [{ bytes: png }] } }
const hangs = () => new Promise<Submission>(() => {})
const never = new Promise<never>(() => {})

const candidateOf = (made: Offer): Candidate => {
  const [candidate] = plan(asked, [made], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  return candidate
}
const create = () => new Chain({
  limits: configFrom({}).limits, gates: noGates, download: async () => png, health: new Health(), limiter: new Limiter(), concurrency: { limit: 9, queue: 0 }
}, [])

function start (chain: Chain, name: string, changes: Partial<EditProvider>) {
  const candidate = candidateOf(offer({ provider: name }))
  return chain.start({
    candidate,
    calls: [{ candidate, index: 0 }],
    limit: 1,
    retryDelay: () => undefined,
    isOver: () => false,
    attemptOf: call => ({
      provider: provider({ name, ...changes }), candidate: call.candidate, log: pino({ level: 'silent' }), deadlineAt: Date.now() + 60_000, shallCancel: () => !chain.keepsJobs
    })
  })
}
const later = (ms: number, submission: Submission | EditError) => async () => {
  await delay(ms)
  if (submission instanceof EditError) throw submission
  return submission
}
const quota = new EditError('EDIT_ERR_PROVIDER_QUOTA', 'no credit')
const pending = async (): Promise<Submission> => ({ state: 'pending', handle: { id: 1 }, pollAfterMs: 60_000 })

t.test('an attempt wins, fails, or its slice is over', async t => {
  const chain = create()
  t.match(await chain.settle(start(chain, 'a', { submit: async () => done }), { sliceMs: 60_000, stopped: never }), { state: 'won' })
  t.match(await chain.settle(start(chain, 'b', { submit: later(1, quota) }), { sliceMs: undefined, stopped: never }), { state: 'failed', failure: { error: quota } })
  t.match(await chain.settle(start(chain, 'c', { submit: hangs }), { sliceMs: 10, stopped: never }), { state: 'slice over' })
  t.same(chain.reports().map(({ provider: name, code }) => [name, code]), [['a', null], ['b', 'EDIT_ERR_PROVIDER_QUOTA']])
  await chain.endAll(new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'over'))
  t.equal(chain.reports().length, 3, 'the trail is complete')
})

t.test('a job in the background may win while another candidate is asked, or fail without ending that', async t => {
  const chain = create()
  const first = start(chain, 'a', { submit: later(20, done) })
  chain.background.add(first)
  const second = start(chain, 'b', { submit: hangs })
  t.match(await chain.settle(second, { sliceMs: 5000, stopped: never }), { state: 'won', candidate: { offer: { provider: 'a' } } })
  t.equal(chain.background.size, 0)
  chain.background.add(start(chain, 'c', { submit: later(5, quota) }))
  t.match(await chain.settle(start(chain, 'd', { submit: later(40, done) }), { sliceMs: 5000, stopped: never }), { state: 'won', candidate: { offer: { provider: 'd' } } })
  t.same(chain.failures, [quota])
  await chain.endAll(new Error('over'))
})

t.test('the background alone can be waited for', async t => {
  const chain = create()
  chain.background.add(start(chain, 'a', { submit: later(5, quota) }))
  t.match(await chain.settle(undefined, { sliceMs: undefined, stopped: never }), { state: 'failed' })
  t.same(chain.failures, [quota])
  t.match(await chain.settle(undefined, { sliceMs: 5, stopped: never }), { state: 'slice over' }, 'a pause')
})

t.test('what stops the chain stops the waiting', async t => {
  const chain = create()
  const stop = new EditError('EDIT_ERR_DEADLINE', 'late')
  const attempt = start(chain, 'a', { submit: hangs })
  await t.rejects(chain.settle(attempt, { sliceMs: undefined, stopped: Promise.reject(stop) }), stop)
  await chain.endAll(stop)
})

t.test('jobs in the background are leftovers, and kept from being cancelled when they are to be resumed', async t => {
  const cancelled: string[] = []
  for (const keepsJobs of [true, false]) {
    const chain = create()
    const attempt = start(chain, 'a', { submit: pending, poll: hangs, cancel: async () => { cancelled.push(String(keepsJobs)) } })
    chain.background.add(attempt)
    chain.background.add(start(chain, 'b', { submit: hangs }))
    await delay(20)
    t.same(chain.leftovers(), [{ provider: 'a', model: 'paint', handle: { id: 1 } }])
    chain.keepsJobs = keepsJobs
    await chain.endAll(new Error('over'))
  }
  await delay(10)
  t.same(cancelled, ['false'])
})

t.test('what may have been charged is counted, by vendor and in USD', async t => {
  const chain = create()
  const { candidate } = start(chain, 'a', { submit: async () => done })
  chain.burn(candidate)
  chain.burn(candidate)
  t.match(chain, { spentUsd: 0.04, billedAttempts: 2 })
  t.ok(chain.burned.has('a'))
  await chain.endAll(new Error('over'))
})

t.test('a refusal of the content that a job in the background meets ends the chain', async t => {
  const chain = create()
  const refusal = new EditError('EDIT_ERR_CONTENT_REJECTED', 'no')
  chain.background.add(start(chain, 'a', { submit: later(5, refusal) }))
  await t.rejects(chain.settle(start(chain, 'b', { submit: hangs }), { sliceMs: 5000, stopped: never }), refusal)
  await chain.endAll(refusal)
})

t.test('who may be asked follows from what may have been charged, and from what would be if another were charged as well', async t => {
  const rules = { maxCostUsd: 0.05, afterMaybeBilled: 'next' } as const
  const candidates = ['a', 'b', 'c', 'd'].map(name => candidateOf(offer({ provider: name, vendor: name === 'b' ? 'a' : name, card: card({ price: { usd: name === 'd' ? 0 : 0.02 } }) })))
  const [a, b, c, d] = candidates as [Candidate, Candidate, Candidate, Candidate] // four were made
  const chain = create()
  for (const candidate of candidates) t.equal(chain.objection(candidate, rules), undefined)
  t.match(chain.objection(b, rules, a), { reason: 'billed', message: /^a may/ }, 'the same vendor')
  t.equal(chain.objection(c, rules, a), undefined)
  t.match(chain.objection(c, { ...rules, afterMaybeBilled: 'stop' }, a), { reason: 'billed', message: /^another vendor/ })
  t.equal(chain.objection(d, { ...rules, afterMaybeBilled: 'stop' }, a), undefined, 'what is free')
  t.match(chain.objection(c, { ...rules, maxCostUsd: 0.03 }, a), { reason: 'price', message: /above \$0.03/ })
  chain.burn(a)
  t.match(chain.objection(b, rules), { reason: 'billed' })
  t.match(chain.objection(c, rules, candidateOf(offer({ provider: 'e' }))), { message: /^two vendors/ })
})
