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
import type { EditRequest } from '../../core/request.ts'
import { card, provider, request } from './fixtures.ts'

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
}

async function run ({ providers, router = {}, wish = {}, signal = new AbortController().signal }: Wish) {
  const registry = new ProviderRegistry()
  providers.forEach((changes, index) => registry.register(provider({ name: `p${index + 1}`, vendor: `v${index + 1}`, ...changes })))
  const asked = request({ images: [{ bytes: png, mediaType: 'image/png', width: 8, height: 6, alpha: false, profile: null }], ...wish })
  const download = async () => png
  return await new EditRouter({ registry, limits: configFrom({}).limits, download, deadlineMs: 5000, ...router })
    .run(asked, plan(asked, registry.offers(), {}), { signal, log })
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
  const router = new EditRouter({ registry, limits: configFrom({}).limits, download: async () => png, deadlineMs: 1000 })
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
  const router = new EditRouter({ registry, limits: configFrom({}).limits, download: async () => png, deadlineMs: 1000 })
  await t.rejects(router.run(asked, made, { signal: new AbortController().signal, log }), { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE' })
})
