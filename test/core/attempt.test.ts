import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import sharp from 'sharp'
import t from 'tap'
import { startAttempt, type AttemptTools } from '../../core/attempt.ts'
import { markFreeCall, scopeOf } from '../../core/call-scope.ts'
import { configFrom } from '../../core/config.ts'
import type { EditProvider, Submission } from '../../core/contract.ts'
import { EditError } from '../../core/errors.ts'
import { Health } from '../../core/health.ts'
import { Limiter } from '../../core/limiter.ts'
import { plan } from '../../core/planner.ts'
import { card, noGates, offer, provider, request } from './fixtures.ts'

const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: '#369' } }).png().toBuffer()
const asked = request({ images: [{ bytes: png, mediaType: 'image/png', width: 8, height: 6, alpha: false, profile: null }] })
const key = { provider: 'acme', model: 'paint', operation: 'general_edit' }
const silent = pino({ level: 'silent' })

interface Setting { price?: number, expectedSeconds?: number, tools?: Partial<AttemptTools>, log?: typeof silent, resume?: { id: number } }

function start (changes: Partial<EditProvider>, { price = 0.02, expectedSeconds = 60, tools = {}, log = silent, resume }: Setting = {}) {
  const [candidate] = plan(asked, [offer({ card: card({ price: { usd: price }, expectedSeconds }) })], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  const shared: AttemptTools = {
    limits: configFrom({}).limits, gates: noGates, download: async () => png, health: new Health(), limiter: new Limiter(), concurrency: { limit: 1, queue: 0 }, ...tools
  }
  return startAttempt(shared, { provider: provider(changes), candidate, log, deadlineAt: Date.now() + 1000, resume, shallCancel: () => true })
}

const hangs = () => new Promise<Submission>(() => {})
const reason = new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'slice', { details: { slice: true } })

t.test('a success is counted as healthy and measured', async t => {
  const health = new Health()
  const { outcome } = start({ submit: async () => ({ state: 'done', result: { images: [{ bytes: png }] } }) }, { tools: { health } })
  t.match(await outcome, { state: 'done', report: { code: null, billed: 'yes', costUsd: 0.02 }, images: [{ width: 8 }] })
  t.ok(Number(health.latencyMs(key)) >= 0)
})

t.test('what the kernel\'s client saw of a broken-off call decides whether it may have been billed', async t => {
  for (const [phase, billed] of [['not-sent', 'no'], ['sent', 'maybe'], ['answered', 'maybe'], [undefined, 'maybe']] as const) {
    const attempt = start({
      submit: async (_, { signal }) => {
        const scope = scopeOf(signal)
        if (scope !== undefined && phase !== undefined) scope.phase = phase
        return await hangs()
      }
    })
    setTimeout(() => attempt.end(reason), 20)
    t.match(await attempt.outcome, { state: 'failed', error: { billed, code: 'EDIT_ERR_PROVIDER_TIMEOUT' }, report: { billed, costUsd: billed === 'no' ? 0 : 0.02 } }, String(phase))
  }
  const free = start({ submit: hangs }, { price: 0 })
  setTimeout(() => free.end(reason), 20)
  t.match(await free.outcome, { report: { billed: 'no', costUsd: 0 } })
})

t.test('a job that is known may be billed, however it ends', async t => {
  const attempt = start({ submit: async () => ({ state: 'pending', handle: { id: 1 }, pollAfterMs: 60_000 }), poll: hangs }, { resume: undefined })
  setTimeout(() => attempt.end(new Error('the caller left')), 30)
  t.match(await attempt.outcome, { error: { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' } })
  t.same(attempt.job(), { id: 1 })
  const resumed = start({ poll: hangs }, { resume: { id: 7 } })
  t.same(resumed.job(), { id: 7 })
  resumed.outlive()
  resumed.end(new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', 'x', { billed: 'no' }))
  t.match(await resumed.outcome, { report: { resumed: true, billed: 'maybe' } })
})

t.test('a result that was delivered has been billed, also when it is no image or cannot be fetched', async t => {
  const delivered = async (): Promise<Submission> => ({ state: 'done', result: { images: [{ url: 'https://example.org/a.png' }] } })
  const lost = start({ submit: delivered }, { tools: { download: async () => { throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'gone', { retryAfterMs: 5 }) } } })
  t.match(await lost.outcome, { error: { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'yes', retryAfterMs: 5 }, report: { billed: 'yes', costUsd: 0.02 } })
  const junk = start({ submit: delivered }, { tools: { download: async () => Buffer.from('junk') } })
  t.match(await junk.outcome, { error: { code: 'EDIT_ERR_OUTPUT_REJECTED', billed: 'yes' } })
})

t.test('a provider that rests, and one that is busy, are passed by without blame', async t => {
  const health = new Health({ consecutiveFailures: 1 })
  health.admit(key)?.end({ code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', ms: 1 })
  t.match(await start({ submit: hangs }, { tools: { health } }).outcome, { error: { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no', details: { busy: true } } })
  const calm = new Health({ consecutiveFailures: 1 })
  const limiter = new Limiter()
  const first = start({ submit: hangs, maxConcurrent: 1, account: 'house' }, { tools: { limiter, health: calm } })
  const second = start({ submit: hangs, account: 'house' }, { tools: { limiter, health: calm } })
  t.match(await second.outcome, { error: { message: /is busy/ } })
  t.equal(calm.condition(key).state, 'closed')
  first.end(new Error('gone'))
  await first.outcome
  t.equal(limiter.load('house').running, 0)
  t.equal(calm.condition(key).state, 'closed', 'and nobody is blamed for a caller who left')
})

t.test('a slice that is over is the provider\'s failure', async t => {
  const health = new Health({ consecutiveFailures: 1 })
  const attempt = start({ submit: hangs }, { tools: { health } })
  setTimeout(() => attempt.end(reason), 20)
  await attempt.outcome
  t.equal(health.condition(key).state, 'open')
})

t.test('an attempt that is ended before it begins ends at once', async t => {
  const attempt = start({ submit: hangs })
  attempt.end(new Error('gone'))
  t.match(await attempt.outcome, { state: 'failed', report: { code: 'EDIT_ERR_PROVIDER_TIMEOUT' } })
})

t.test('neither words of the prompt nor what was foreseen go to the log, only codes; what was not foreseen does', async t => {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: line => { lines.push(line) } })
  await start({ submit: async () => { throw new EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', '"dragon" is not known') } }, { log }).outcome
  await start({ submit: async () => { throw new RangeError('strange') } }, { log }).outcome
  t.notMatch(lines[0], /dragon/)
  t.match(lines[0], /"code":"EDIT_ERR_PROVIDER_UNSUPPORTED"/)
  t.match(lines[1], /RangeError/)
})

t.test('an attempt that still waits for its turn has cost nothing, and nobody is blamed for it', async t => {
  const tools = { limiter: new Limiter(), concurrency: { limit: 1, queue: 1 }, health: new Health({ consecutiveFailures: 1 }) }
  const first = start({ submit: hangs }, { tools })
  const waiting = start({ submit: hangs }, { tools })
  t.equal(waiting.isAtStake(), false)
  waiting.end(reason)
  t.match(await waiting.outcome, { error: { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'no' }, report: { billed: 'no', costUsd: 0 } })
  t.equal(tools.health.condition(key).state, 'closed')
  const resumed = start({ poll: hangs }, { tools, resume: { id: 7 } })
  resumed.end(reason)
  t.match(await resumed.outcome, { report: { billed: 'maybe' } }, 'but a job from before may')
  first.end(new Error('gone'))
  await first.outcome
})

t.test('whoever breaks an attempt off after the time that it may take, that counts against the provider', async t => {
  for (const [expectedSeconds, state] of [[0.001, 'open'], [60, 'closed']] as const) {
    const health = new Health({ consecutiveFailures: 1 })
    const attempt = start({ submit: hangs }, { tools: { health }, expectedSeconds })
    setTimeout(() => attempt.end(new EditError('EDIT_ERR_DEADLINE', 'late')), 30)
    await attempt.outcome
    t.equal(health.condition(key).state, state)
  }
})

t.test('an attempt can outlive its slice once there is a job or a result; sent without either it is at stake', async t => {
  const mute = start({ submit: hangs })
  const job = start({ submit: async () => ({ state: 'pending', handle: { id: 1 }, pollAfterMs: 60_000 }), poll: hangs })
  const result = start({ submit: async () => ({ state: 'done', result: { images: [{ url: 'https://example.org/a.png' }] } }) }, { tools: { download: () => new Promise(() => {}) } })
  const free = start({ submit: hangs }, { price: 0 })
  await delay(30)
  t.same([mute, job, result, free].map(attempt => [attempt.canOutlive(), attempt.isAtStake()]), [[false, true], [true, false], [true, false], [false, false]])
  for (const attempt of [mute, job, result, free]) attempt.end(new Error('gone'))
  t.match(await result.outcome, { report: { billed: 'yes' } })
})

t.test('a poll that fails is free, and says nothing of what its job costs; a provider\'s own word does', async t => {
  const pending = async (): Promise<Submission> => ({ state: 'pending', handle: { id: 1 }, pollAfterMs: 1 })
  const refused = markFreeCall(new EditError('EDIT_ERR_PROVIDER_AUTH', 'the poll was answered 401'))
  t.match(await start({ submit: pending, poll: async () => { throw refused } }).outcome, { error: { code: 'EDIT_ERR_PROVIDER_AUTH', billed: 'maybe' }, report: { costUsd: 0.02 } })
  const refunded = new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'the job failed', { billed: 'no' })
  t.match(await start({ submit: pending, poll: async () => { throw refunded } }).outcome, { error: { billed: 'no' }, report: { costUsd: 0 } })
})
