import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import sharp from 'sharp'
import t from 'tap'
import { configFrom } from '../../core/config.ts'
import type { EditProvider, Submission } from '../../core/contract.ts'
import { EditError, type ErrorCode } from '../../core/errors.ts'
import { plan } from '../../core/planner.ts'
import { ProviderRegistry } from '../../core/registry.ts'
import { EditRouter, type EditRouterOptions } from '../../core/router.ts'
import type { Loan } from '../../core/loan.ts'
import type { EditRequest } from '../../core/request.ts'
import { card, noGates, provider, request } from './fixtures.ts'

const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: '#369' } }).png().toBuffer()
const log = pino({ level: 'silent' })
const done: Submission = { state: 'done', result: { images: [{ bytes: png }] } }
const fails = (code: ErrorCode, options = {}) => async () => { throw new EditError(code, `failed with ${code}`, options) }

const never = async (): Promise<Submission> => {
  t.fail('asked although the chain had ended')
  return done
}

interface Wish {
  providers: Array<Partial<EditProvider>>
  router?: Partial<EditRouterOptions>
  wish?: Partial<EditRequest>
  signal?: AbortSignal
  loan?: Loan
  startedAt?: number
}

async function run ({ providers, router = {}, wish = {}, signal = new AbortController().signal, loan, startedAt }: Wish) {
  const registry = new ProviderRegistry()
  providers.forEach((changes, index) => registry.register(provider({ name: `p${index + 1}`, vendor: `v${index + 1}`, ...changes })))
  const asked = request({ images: [{ bytes: png, mediaType: 'image/png', width: 8, height: 6, alpha: false, profile: null }], ...wish })
  const download = async () => png
  return await new EditRouter({ registry, gates: noGates, limits: configFrom({}).limits, download, deadlineMs: 5000, ...router })
    .run(asked, plan(asked, registry.offers(), {}), { signal, log, loan, startedAt })
}

const failure = async (wish: Wish): Promise<EditError> => {
  const outcome: unknown = await run(wish).catch((err: unknown) => err)
  if (outcome instanceof EditError) return outcome
  throw new TypeError('expected an EditError', { cause: outcome })
}

t.test('the first candidate that succeeds gives the result, with the whole trail', async t => {
  const result = await run({
    providers: [
      { models: [card({ operations: ['erase'] })] },
      { models: [card({ inputs: { ...card().inputs, minSide: 4096 } })] },
      { submit: fails('EDIT_ERR_PROVIDER_QUOTA') },
      { submit: async () => ({ state: 'done', result: { images: [{ bytes: png }], seed: 7, costUsd: 0.5, warnings: ['pale'], vendorRequestId: 'r1' } }) },
      { submit: never }
    ],
    wish: { parameters: { seed: 1 }, warnings: ['turned upright'] }
  })
  t.match(result, {
    operation: 'general_edit',
    provider: 'p4',
    vendor: 'v4',
    model: 'paint',
    seed: 7,
    costUsd: 0.5,
    vendorRequestId: 'r1',
    images: [{ mediaType: 'image/png', width: 8, height: 6 }],
    skipped: [{ provider: 'p2', reason: 'side' }],
    attempts: [
      { provider: 'p3', code: 'EDIT_ERR_PROVIDER_QUOTA', message: /failed/, billed: 'no', costUsd: 0 },
      { provider: 'p4', code: null, message: null, billed: 'yes', costUsd: 0.5, resumed: false }
    ],
    warnings: ['turned upright', 'seed is not something that paint takes: it was not sent', 'pale']
  })
  t.equal(result.skipped.length, 1, 'a model that does something else is no news')
  t.ok(result.durationMs > 0)
})

t.test('the card\'s price is the cost when the vendor does not say it, and what is free is not billed', async t => {
  t.match(await run({ providers: [{ submit: async () => done }] }), { costUsd: 0.02, seed: null, vendorRequestId: null, attempts: [{ billed: 'yes' }] })
  t.match(await run({ providers: [{ submit: async () => done, models: [card({ price: { usd: 0 } })] }] }), { costUsd: 0, attempts: [{ billed: 'no' }] })
})

t.test('an image that is still at the vendor is downloaded within the limits', async t => {
  const urls: string[] = []
  const result = await run({
    providers: [{ submit: async () => ({ state: 'done', result: { images: [{ url: 'https://example.org/a.png' }, { bytes: png }] } }) }],
    router: { download: async (url, { maxBytes }) => { urls.push(`${url} ${Number(maxBytes) > 0}`); return png } }
  })
  t.same(urls, ['https://example.org/a.png true'])
  t.equal(result.images.length, 2)
})

t.test('an error that stops ends the chain at once, as itself', async t => {
  const error = await failure({
    providers: [{ submit: fails('EDIT_ERR_CONTENT_REJECTED') }, { submit: never }]
  })
  t.match(error, { code: 'EDIT_ERR_CONTENT_REJECTED', trail: { attempts: [{ code: 'EDIT_ERR_CONTENT_REJECTED', billed: 'maybe', costUsd: 0.02 }], skipped: [] } })
})

t.test('a chain of one fails as its only attempt did, with the time to retry', async t => {
  const error = await failure({ providers: [{ submit: fails('EDIT_ERR_PROVIDER_RATE_LIMITED', { retryAfterMs: 9 }) }] })
  t.match(error, { code: 'EDIT_ERR_PROVIDER_RATE_LIMITED', retryAfterMs: 9 })
})

t.test('when all fail the answer lists each one\'s code', async t => {
  const error = await failure({ providers: [{ submit: fails('EDIT_ERR_PROVIDER_AUTH') }, { submit: fails('EDIT_ERR_PROVIDER_UNAVAILABLE') }] })
  t.match(error, {
    code: 'EDIT_ERR_ALL_PROVIDERS_FAILED', message: /all 2 providers failed/, trail: { attempts: [{ code: 'EDIT_ERR_PROVIDER_AUTH' }, { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE' }] }
  })
})

t.test('when all find it beyond them it is the request that has to change', async t => {
  const error = await failure({ providers: [{ submit: fails('EDIT_ERR_PROVIDER_UNSUPPORTED') }, { submit: fails('EDIT_ERR_PROVIDER_UNSUPPORTED') }] })
  t.match(error, { code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', statusCode: 422, message: /UNSUPPORTED; failed/ })
})

t.test('an attempt that fails in an unforeseen way goes on to the next', async t => {
  t.match(await run({ providers: [{ submit: async () => { throw new RangeError('oops') } }, { submit: async () => done }] }), {
    attempts: [{ code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' }, { code: null }]
  })
  const broken = await failure({ providers: [{ submit: async () => ({ state: 'done', result: { images: [{ bytes: Buffer.from('no image') }] } }) }] })
  t.match(broken, { code: 'EDIT_ERR_OUTPUT_REJECTED', trail: { attempts: [{ billed: 'yes' }] } })
  const download = async () => { throw new Error('lost') }
  t.match(await failure({
    providers: [{ submit: async () => ({ state: 'done', result: { images: [{ url: 'https://example.org/a.png' }] } }) }], router: { download }
  }), { code: 'EDIT_ERR_PROVIDER_RESPONSE' })
})

t.test('where nobody can do it the reasons are told, where somebody only lacks a key that is', async t => {
  t.match(await failure({ providers: [{ models: [card({ operations: ['erase'] })] }] }), {
    code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', message: /p1 \(paint\) does not do general_edit/, trail: { attempts: [], skipped: [{ reason: 'operation' }] }
  })
  t.match(await failure({ providers: [] }), { message: /none is registered/ })
  const registry = new ProviderRegistry()
  registry.unconfigured({ name: 'p1', vendor: 'v1', models: [card(), card({ id: 'other' })] }, 'P1_API_KEY is not set')
  const router = new EditRouter({ registry, gates: noGates, limits: configFrom({}).limits, download: async () => png, deadlineMs: 1000 })
  const asked = request()
  await t.rejects(router.run(asked, plan(asked, registry.offers(), {}), { signal: new AbortController().signal, log }), {
    code: 'EDIT_ERR_NO_PROVIDER_AVAILABLE', message: 'no provider for general_edit is available now: p1: P1_API_KEY is not set'
  })
})

t.test('one deadline is over the whole chain: what runs then may have been billed', async t => {
  const hangs = () => new Promise<Submission>(() => {})
  const error = await failure({ providers: [{ submit: hangs }], router: { deadlineMs: 30 } })
  t.match(error, { code: 'EDIT_ERR_DEADLINE', trail: { attempts: [{ provider: 'p1', code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' }] } })
  const free = await failure({ providers: [{ submit: hangs, models: [card({ price: { usd: 0 } })] }], router: { deadlineMs: 30 } })
  t.match(free.trail?.attempts, [{ billed: 'no' }])
})

t.test('a caller who has gone ends the chain with the signal\'s reason, and nobody else is asked', async t => {
  const controller = new AbortController()
  const reason = new Error('gone')
  const running = run({
    providers: [{ submit: () => new Promise(() => {}) }, { submit: never }],
    signal: controller.signal
  })
  await delay(10)
  controller.abort(reason)
  await t.rejects(running, reason)
})

t.test('a provider that was taken out after planning counts as unavailable', async t => {
  const registry = new ProviderRegistry()
  registry.register(provider())
  const asked = request()
  const made = plan(asked, registry.offers(), {})
  registry.withdraw('acme')
  const router = new EditRouter({ registry, gates: noGates, limits: configFrom({}).limits, download: async () => png, deadlineMs: 1000 })
  await t.rejects(router.run(asked, made, { signal: new AbortController().signal, log }), { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE' })
})

const pending = (id: number): Submission => ({ state: 'pending', handle: { id }, pollAfterMs: 50 })
const hangs = () => new Promise<Submission>(() => {})

t.test('a call that was not accepted is made again within the budget', async t => {
  let calls = 0
  const flaky = async () => {
    if (++calls === 1) throw new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', 'try again', { retryAfterMs: 1 })
    return done
  }
  t.match(await run({ providers: [{ submit: flaky }] }), { attempts: [{ code: 'EDIT_ERR_PROVIDER_UNAVAILABLE' }, { code: null }] })
})

t.test('a silent candidate is left after its slice, and the next one is asked', async t => {
  const result = await run({ providers: [{ submit: hangs, models: [card({ expectedSeconds: 0.01 })] }, { submit: async () => done }], router: { shortestSliceMs: 30 } })
  t.match(result, { provider: 'p2', attempts: [{ provider: 'p1', code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe', costUsd: 0.02 }, { provider: 'p2', code: null }] })
})

t.test('a slow job goes on while others are asked, and wins if it is first', async t => {
  let polls = 0
  const slow: Partial<EditProvider> = {
    models: [card({ expectedSeconds: 0.01 })], submit: async () => pending(1), poll: async () => ++polls < 3 ? pending(1) : done
  }
  const result = await run({ providers: [slow, { submit: hangs }], router: { shortestSliceMs: 20 } })
  t.match(result, { provider: 'p1', attempts: [{ provider: 'p1', code: null, resumed: true }, { provider: 'p2', code: 'EDIT_ERR_PROVIDER_TIMEOUT' }] })
})

t.test('a job that loses is cancelled at its vendor', async t => {
  const cancelled = Promise.withResolvers<unknown>()
  const slow: Partial<EditProvider> = {
    models: [card({ expectedSeconds: 0.01 })], submit: async () => pending(1), poll: async () => pending(1), cancel: async handle => cancelled.resolve(handle)
  }
  t.match(await run({ providers: [slow, { submit: async () => done }], router: { shortestSliceMs: 20 } }), { provider: 'p2' })
  t.same(await cancelled.promise, { id: 1 })
})

t.test('a job that is still running when nobody else is left is waited for', async t => {
  let polls = 0
  const slow: Partial<EditProvider> = {
    models: [card({ expectedSeconds: 0.01 })], submit: async () => pending(1), poll: async () => ++polls < 4 ? pending(1) : done
  }
  t.match(await run({ providers: [slow, { submit: fails('EDIT_ERR_PROVIDER_QUOTA') }], router: { shortestSliceMs: 20 } }), { provider: 'p1' })
  polls = 0
  const dies: Partial<EditProvider> = { ...slow, poll: async () => { if (++polls < 3) return pending(1); throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'failed') } }
  t.match(await failure({ providers: [dies, { submit: fails('EDIT_ERR_PROVIDER_QUOTA') }], router: { shortestSliceMs: 20 } }), {
    code: 'EDIT_ERR_ALL_PROVIDERS_FAILED', trail: { attempts: [{ code: 'EDIT_ERR_PROVIDER_RESPONSE', resumed: true }, { code: 'EDIT_ERR_PROVIDER_QUOTA' }] }
  })
})

t.test('a job may win while a retry waits', async t => {
  const slow: Partial<EditProvider> = { models: [card({ expectedSeconds: 0.01 })], submit: async () => pending(1), poll: async () => done }
  const busy = fails('EDIT_ERR_PROVIDER_UNAVAILABLE', { retryAfterMs: 3000 })
  t.match(await run({ providers: [slow, { submit: busy }], router: { shortestSliceMs: 20 } }), { provider: 'p1' })
})

t.test('no vendor is asked again after it may have charged, and how many others may be is the caller\'s choice', async t => {
  const maybe = fails('EDIT_ERR_PROVIDER_TIMEOUT')
  const house = { vendor: 'house' }
  const chain = [{ submit: maybe, ...house }, { submit: never, ...house }, { submit: maybe }, { submit: never }]
  const error = await failure({ providers: chain })
  t.match(error.trail, {
    attempts: [{ provider: 'p1', billed: 'maybe' }, { provider: 'p3', billed: 'maybe' }],
    skipped: [{ provider: 'p2', reason: 'billed', message: /house may have charged/ }, { provider: 'p4', reason: 'billed', message: /two vendors/ }]
  })
  const free = [{ submit: maybe }, { submit: async () => done, models: [card({ price: { usd: 0 } })] as const }]
  for (const wish of [{ route: { afterMaybeBilled: 'stop' as const } }, {}]) {
    const router = 'route' in wish ? {} : { afterMaybeBilled: 'stop' as const }
    const stopped = await failure({ providers: [{ submit: maybe }, { submit: never }], wish, router })
    t.match(stopped, { code: 'EDIT_ERR_PROVIDER_TIMEOUT', trail: { skipped: [{ provider: 'p2', reason: 'billed' }] } })
    t.match(await run({ providers: free, wish, router }), { provider: 'p2' }, 'what is free may always be asked')
  }
})

t.test('all attempts together stay below the caller\'s limit', async t => {
  const error = await failure({ providers: [{ submit: fails('EDIT_ERR_PROVIDER_TIMEOUT') }, { submit: never }], wish: { route: { maxCostUsd: 0.03 } } })
  t.match(error.trail?.skipped, [{ provider: 'p2', reason: 'price' }])
})

t.test('when the time is up a kept job is told, and a later run of the same request goes on with it', async t => {
  const submits: number[] = []
  const cancels: unknown[] = []
  const registry = new ProviderRegistry()
  let ready = false
  registry.register(provider({
    submit: async () => { submits.push(1); return pending(5) },
    poll: async () => ready ? done : pending(5),
    cancel: async handle => { cancels.push(handle) }
  }))
  const asked = request({ images: [{ bytes: png, mediaType: 'image/png', width: 8, height: 6, alpha: false, profile: null }] })
  const made = plan(asked, registry.offers(), {})
  const router = new EditRouter({ registry, gates: noGates, limits: configFrom({}).limits, download: async () => png, deadlineMs: 150 })
  const options = { signal: new AbortController().signal, log, keepJobs: true }
  const late = await router.run(asked, made, options).catch((err: unknown) => err)
  t.match(late, { code: 'EDIT_ERR_DEADLINE', trail: { leftovers: [{ provider: 'acme', model: 'paint', handle: { id: 5 } }] } })
  ready = true
  const resume = late instanceof EditError ? late.trail?.leftovers : []
  t.match(await router.run(asked, made, { ...options, resume }), { provider: 'acme', attempts: [{ code: null, resumed: true }] })
  t.same([submits.length, cancels], [1, []])
  const unknown = [{ provider: 'nobody', model: 'x', handle: {} }]
  t.match(await router.run(asked, made, { ...options, resume: unknown }), { attempts: [{ resumed: false }] })
})

t.test('a resumed job that has failed makes way for others', async t => {
  const registry = new ProviderRegistry()
  registry.register(provider({ poll: async () => { throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'lost') } }))
  registry.register(provider({ name: 'other', vendor: 'other', submit: async () => done }))
  const asked = request({ images: [{ bytes: png, mediaType: 'image/png', width: 8, height: 6, alpha: false, profile: null }] })
  const router = new EditRouter({ registry, gates: noGates, limits: configFrom({}).limits, download: async () => png, deadlineMs: 2000 })
  const resume = [{ provider: 'acme', model: 'paint', handle: { id: 5 } }]
  t.match(await router.run(asked, plan(asked, registry.offers(), {}), { signal: new AbortController().signal, log, resume }), {
    provider: 'other', attempts: [{ provider: 'acme', resumed: true }, { provider: 'other' }], skipped: [{ provider: 'acme', reason: 'billed' }]
  })
})

t.test('nobody is asked once the time is up, even when no timer has had the chance to ring', async t => {
  const stalls = async (): Promise<Submission> => {
    const until = performance.now() + 60
    while (performance.now() < until);
    throw new EditError('EDIT_ERR_PROVIDER_QUOTA', 'no credit')
  }
  t.match(await failure({ providers: [{ submit: stalls }, { submit: never }], router: { deadlineMs: 40 } }), { code: 'EDIT_ERR_DEADLINE' })
})

t.test('who is broken off because another ended the chain has not failed as that one did', async t => {
  const slow: Partial<EditProvider> = {
    models: [card({ expectedSeconds: 0.01 })], submit: async () => pending(1), poll: hangs
  }
  const refuses = fails('EDIT_ERR_CONTENT_REJECTED')
  t.match((await failure({ providers: [slow, { submit: refuses }, { submit: never }], router: { shortestSliceMs: 20 } })), {
    code: 'EDIT_ERR_CONTENT_REJECTED', trail: { attempts: [{ provider: 'p1', code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' }, { provider: 'p2', code: 'EDIT_ERR_CONTENT_REJECTED' }] }
  })
})

// A lot: several results of one request.
const three = { count: 3 }
/** Answers each call by its number, from 1. */
const byCall = (answer: (call: number) => Promise<Submission>) => {
  let calls = 0
  return { submit: async () => await answer(++calls), calls: () => calls }
}

t.test('several results are as many calls at once, within what the provider takes', async t => {
  let inFlight = 0
  let most = 0
  const { submit, calls } = byCall(async () => {
    most = Math.max(most, ++inFlight)
    await delay(10)
    inFlight--
    return done
  })
  const result = await run({ providers: [{ submit, maxConcurrent: 2 }], wish: { count: 5 } })
  t.match(result, { requested: 5, images: { length: 5 }, seeds: [null, null, null, null, null], costUsd: 0.1, attempts: { length: 5 }, adaptations: [{ kind: 'count' }] })
  t.same([most, calls()], [2, 5])
  t.match(result.warnings, ['of 5 results only 1 differ: paint makes the same of the same; another seed may help'])
})

t.test('a model that makes several at once is called once, and told how many', async t => {
  const asked: unknown[] = []
  const result = await run({
    providers: [{
      models: [card({ outputs: { ...card().outputs, maxImages: 2 } })],
      submit: async ({ count }) => {
        asked.push(count)
        return { state: 'done', result: { images: count === 2 ? [{ bytes: png }, { bytes: png }] : [{ bytes: png }], seed: asked.length } }
      }
    }],
    wish: three
  })
  t.same(asked, [2, undefined])
  t.match(result, { images: { length: 3 }, seeds: [1, 1, 2], costUsd: 0.06 })
})

t.test('what succeeded is given, what failed is told and counted, and nobody else is asked', async t => {
  for (const [code, costUsd] of [['EDIT_ERR_PROVIDER_RESPONSE', 0.04], ['EDIT_ERR_CONTENT_REJECTED', 0.04], ['EDIT_ERR_OUTPUT_REJECTED', 0.06], ['EDIT_ERR_PROVIDER_QUOTA', 0.04]] as const) {
    const { submit } = byCall(async call => call === 2 ? await fails(code)() : done)
    const result = await run({ providers: [{ submit }, { submit: never }], wish: three })
    t.match(result, { requested: 3, images: { length: 2 }, provider: 'p1', costUsd, attempts: { length: 3 } }, code)
    t.ok(result.warnings.includes(`2 of 3 results: what is missing has failed (failed with ${code}) and was not asked for elsewhere`))
    t.same(result.attempts.map(attempt => attempt.code).filter(Boolean), [code])
  }
})

t.test('a result that is no image is one that failed, and charged', async t => {
  const { submit } = byCall(async call => call === 1 ? { state: 'done', result: { images: [{ bytes: Buffer.from('junk') }] } } : done)
  t.match(await run({ providers: [{ submit }, { submit: never }], wish: three }), { images: { length: 2 }, costUsd: 0.06, attempts: [{ code: null }, { code: null }, { code: 'EDIT_ERR_OUTPUT_REJECTED', billed: 'yes' }].toReversed() })
})

t.test('when all calls fail the next candidate is asked for all, as long as the money allows it', async t => {
  const lost = { submit: fails('EDIT_ERR_PROVIDER_TIMEOUT') }
  const other = byCall(async () => done)
  t.match(await run({ providers: [lost, other], wish: three }), { provider: 'p2', images: { length: 3 }, attempts: { length: 6 } })
  t.equal(other.calls(), 3)
  const error = await failure({ providers: [lost, { submit: never }], wish: { ...three, route: { maxCostUsd: 0.11 } } })
  t.match(error.trail, { attempts: { length: 3 }, skipped: [{ provider: 'p2', reason: 'price' }] })
})

t.test('a call that was not accepted is made again beside the others', async t => {
  const { submit, calls } = byCall(async call => call === 2 ? await fails('EDIT_ERR_PROVIDER_UNAVAILABLE', { retryAfterMs: 1 })() : done)
  t.match(await run({ providers: [{ submit }], wish: three }), { images: { length: 3 }, costUsd: 0.06, attempts: { length: 4 } })
  t.equal(calls(), 4)
})

t.test('a call that hangs costs the others nothing: at the deadline they are given, and it is ended', async t => {
  const cancelled: unknown[] = []
  for (const stuck of [hangs, async () => pending(9)]) {
    const { submit } = byCall(async call => call === 2 ? await stuck() : done)
    const provider = { submit, poll: async () => pending(9), cancel: async (handle: unknown) => { cancelled.push(handle) } }
    const result = await run({ providers: [provider, { submit: never }], wish: three, router: { deadlineMs: 200, shortestSliceMs: 30 } })
    t.match(result, { images: { length: 2 }, requested: 3, warnings: [/^2 of 3 results: .*broken off/, /only 1 differ/] })
    t.match(result.attempts[1], { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' })
  }
  t.same(cancelled, [{ id: 9 }])
})

t.test('a caller who has gone ends every call', async t => {
  const controller = new AbortController()
  const ended: number[] = []
  const { submit } = byCall(async call => call === 1 ? done : await hangs())
  const reason = new Error('gone')
  const running = run({
    providers: [{ submit: async (_, context) => { context.signal.addEventListener('abort', () => ended.push(1)); return await submit() } }],
    wish: three,
    signal: controller.signal
  })
  await delay(30)
  controller.abort(reason)
  await t.rejects(running, reason)
  t.equal(ended.length, 2, 'and the one that was over is over')
})

t.test('incomplete results of a slow lot are a reserve while the next candidate works', async t => {
  const slow = byCall(async call => call === 1 ? pending(1) : await hangs())
  let polls = 0
  const lot: Partial<EditProvider> = { models: [card({ expectedSeconds: 0.01 })], submit: slow.submit, poll: async () => ++polls < 3 ? pending(1) : done }
  const settings = { wish: { count: 2 }, router: { shortestSliceMs: 20 } }
  const late = async (outcome: () => Promise<Submission>) => { await delay(250); return await outcome() }
  t.match(await run({ providers: [lot, { submit: () => late(async () => done) }], ...settings }), { provider: 'p2', images: { length: 2 } })
  polls = 0
  const again = { ...lot, submit: byCall(async call => call === 1 ? pending(1) : await hangs()).submit }
  t.match(await run({ providers: [again, { submit: () => late(fails('EDIT_ERR_PROVIDER_QUOTA')) }, { submit: never }], ...settings }), {
    provider: 'p1', images: { length: 1 }, warnings: [/^1 of 2 results/]
  })
})

t.test('jobs of several calls are kept and gone on with, each in its place', async t => {
  const registry = new ProviderRegistry()
  let ready = false
  let calls = 0
  registry.register(provider({
    models: [card({ parameters: { seed: { type: 'integer', description: 'x' } } })],
    submit: async ({ parameters: { seed } }) => ++calls === 2 ? await hangs() : { state: 'pending', handle: { seed: Number(seed) }, pollAfterMs: 50 },
    poll: async handle => ready ? { state: 'done', result: { images: [{ bytes: png }], seed: Number(handle.seed) } } : { state: 'pending', handle, pollAfterMs: 50 }
  }))
  const asked = request({ images: [{ bytes: png, mediaType: 'image/png', width: 8, height: 6, alpha: false, profile: null }], count: 3, parameters: { seed: 5 } })
  const made = plan(asked, registry.offers(), {})
  const router = new EditRouter({ registry, limits: configFrom({}).limits, download: async () => png, deadlineMs: 150, concurrency: { limit: 16, queue: 0 } })
  const options = { signal: new AbortController().signal, log, keepJobs: true }
  const late = await router.run(asked, made, options).catch((err: unknown) => err)
  const leftovers = late instanceof EditError ? late.trail?.leftovers : []
  t.same(leftovers, [{ provider: 'acme', model: 'paint', handle: { seed: 5 } }, { provider: 'acme', model: 'paint', handle: { seed: 7 }, call: 2 }])
  ready = true
  const strange = { provider: 'acme', model: 'paint', handle: {}, call: 99 }
  const result = await router.run(asked, made, { ...options, resume: [...leftovers ?? [], strange] })
  t.match(result, { seeds: [5, 7], requested: 3, images: { length: 2 }, attempts: [{ resumed: true }, { resumed: true }], warnings: [/^2 of 3 results: what is missing has failed and was/, /only 1 differ/] })
  t.equal(calls, 3)
})

const vouchedFor = async (wish: Omit<Wish, 'loan'>) => {
  let vouched = 0
  const loan: Loan = { take: bytes => Buffer.alloc(bytes), vouch: kept => { vouched += kept.length }, end: () => {} }
  await run({ ...wish, loan }).catch(() => {})
  return vouched
}

t.test('memory may be used again when one provider was asked, has answered, and keeps nothing', async t => {
  const good = { submit: async () => done, keepsNoBytes: true }
  t.equal(await vouchedFor({ providers: [good] }), 1)
  t.equal(await vouchedFor({ providers: [{ ...good, keepsNoBytes: false }] }), 0)
  t.equal(await vouchedFor({ providers: [{ submit: async () => done }] }), 0)
  t.equal(await vouchedFor({ providers: [{ ...good, submit: fails('EDIT_ERR_PROVIDER_QUOTA') }, good] }), 0, 'another one was asked before')
  t.equal(await vouchedFor({ providers: [{ ...good, submit: fails('EDIT_ERR_PROVIDER_QUOTA') }] }), 0)
  t.equal(await vouchedFor({ providers: [good], wish: { count: 2 } }), 0, 'in two calls')
})

t.test('time that has passed before the plan was made counts', async t => {
  const startedAt = performance.now() - 5001
  t.match(await failure({ providers: [{ submit: never }], startedAt }), { code: 'EDIT_ERR_DEADLINE', message: 'no result within 5 s', trail: { attempts: [] } })
  const deadlines: number[] = []
  const { durationMs } = await run({
    providers: [{
      submit: async (_, { deadlineAt }) => {
        deadlines.push(deadlineAt)
        return done
      }
    }],
    startedAt: performance.now() - 3000
  })
  t.ok(durationMs >= 3000)
  t.ok(Number(deadlines[0]) <= Date.now() + 2000)
})
