import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { EditError } from '../../../core/errors.ts'
import type { JobHandle } from '../../../core/index.ts'
import { createProvider, describe } from '../../../plugins/wavespeed/provider.ts'
import { createSubmits } from '../../../plugins/wavespeed/submits.ts'
import type { WavespeedProvider } from '../../../plugins/wavespeed/types.ts'
import { card, contextOf, image, prompt, providerEdit, reference, scriptedUpstream, size, startService } from './fixtures.ts'

const nano = 'wavespeed-nano-banana'

/** How an edit ends that must not go well. */
async function failureOf (t: Test, run: Promise<unknown>): Promise<EditError> {
  const error = await run.then(() => undefined, (err: unknown) => err)
  // After a refusal the kernel lets a provider rest, here for a millisecond.
  await delay(5)
  if (error instanceof EditError) return error
  t.fail(`no EditError: ${String(error)}`)
  return new EditError('EDIT_ERR_DEADLINE', '')
}

t.test('a call that waits brings the result in one request', async t => {
  const { emulator, run } = await startService(t)
  const { images: [{ width, height, mediaType }], seed, costUsd, attempts, vendorRequestId } = await run({ parameters: { seed: 7 } })
  t.match({ width, height, mediaType, seed, costUsd, attempts }, { ...size, mediaType: 'image/png', seed: 7, costUsd: 0.02, attempts: [{ code: null, billed: 'yes' }] })
  t.match(vendorRequestId, /^[0-9a-f]{32}$/)
  t.same(emulator.calls.map(({ method }) => method), ['POST'])
  t.equal(emulator.calls[0]?.headers.authorization, `Bearer ${emulator.key}`)
})

t.test('the key does not travel to the host of the results, nor to one that an answer names', async t => {
  const { emulator, run } = await startService(t, { provider: nano })
  emulator.script.next(1, 'foreign_urls')
  await run()
  t.match(emulator.storage.calls, [{ method: 'GET', path: /^\/outputs\//, status: 200 }])
  t.same(emulator.storage.calls.flatMap(({ headers }) => Object.values(headers)).filter(value => value.includes(emulator.key)), [])
  t.match(emulator.calls.map(({ method, path }) => [method, path]), [['POST', /nano/], ['GET', /^\/api\/v3\/predictions\/[0-9a-f]{32}\/result$/], ['GET', /result$/]])
})

t.test('a call that the vendor does not wait for becomes a job', async t => {
  for (const fault of ['sync_timeout', 'sync_processing', 'sync_created', 'bare', 'nulls', 'pending_status', 'strange_status']) {
    const { emulator, run, posts } = await startService(t, { emulator: { polls: 1 } })
    emulator.script.next(1, fault)
    t.match(await run({ parameters: { seed: 7 } }), { seed: 7, images: [size] }, fault)
    t.equal(posts().length, 1)
    t.ok(emulator.calls.length > 1)
  }
})

t.test('a task is asked for until it is completed, and paid once', async t => {
  const { emulator, run } = await startService(t, { provider: nano, emulator: { polls: 3 } })
  const { costUsd } = await run()
  t.equal(costUsd, 0.15)
  t.same(emulator.calls.map(({ method }) => method), ['POST', 'GET', 'GET', 'GET', 'GET'])
  t.equal(emulator.spent(), 0.15)
})

t.test('an answer is understood in every way in which the documentation can be read', async t => {
  const { emulator, run } = await startService(t)
  for (const fault of ['no_wrapper', 'no_nsfw', 'output_objects', 'delay:20', 'slow_body:2']) {
    emulator.script.next(1, fault)
    t.match(await run(), { images: [size] }, fault)
  }
  const polled = await startService(t, { provider: nano, emulator: { polls: 0 } })
  const output = { format: 'image/png', size: 'model' } as const
  for (const fault of ['completed_at_once', 'no_wrapper', 'bare', 'nulls']) {
    polled.emulator.script.next(1, fault)
    t.match(await polled.run({ output }), { images: [{ width: 4096 / 16 }] }, fault)
  }
  for (const fault of ['no_wrapper', 'output_objects', 'nulls', 'bare', 'strange_status', 'pending_status']) {
    polled.emulator.script.next(1, fault, 'GET')
    t.match(await polled.run({ output }), { images: [{ width: 4096 / 16 }] }, `${fault} of a poll`)
  }
})

t.test('each failure of a call has its code, is asked once and reported as billed or not', async t => {
  const { emulator, run, posts } = await startService(t)
  const rows: Array<[fault: string, code: string, billed: string, retryAfterMs?: number]> = [
    ['bad_request', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['content_refused', 'EDIT_ERR_CONTENT_REJECTED', 'no'],
    ['insufficient_400', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['unauthorized', 'EDIT_ERR_PROVIDER_AUTH', 'no'],
    ['payment_required', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['balance_not_enough', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['forbidden', 'EDIT_ERR_PROVIDER_AUTH', 'no'],
    ['not_found', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['too_large', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['too_many_requests', 'EDIT_ERR_PROVIDER_RATE_LIMITED', 'no', 60_000],
    ['retry_after:7', 'EDIT_ERR_PROVIDER_RATE_LIMITED', 'no', 7000],
    ['internal_error', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    ['api_bad_gateway', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    ['api_unavailable', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    ['api_timeout', 'EDIT_ERR_PROVIDER_TIMEOUT', 'maybe'],
    ['bad_gateway', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    ['unavailable', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    ['gateway_timeout', 'EDIT_ERR_PROVIDER_TIMEOUT', 'maybe'],
    ['hidden:401', 'EDIT_ERR_PROVIDER_AUTH', 'no'],
    ['hidden:402', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['hidden:429', 'EDIT_ERR_PROVIDER_RATE_LIMITED', 'no', 60_000],
    ['hidden:500', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    ['hidden:1234', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['task_failed', 'EDIT_ERR_PROVIDER_RESPONSE', 'no'],
    ['task_moderated', 'EDIT_ERR_CONTENT_REJECTED', 'no'],
    ['task_unfunded', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['task_cancelled', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['task_timeout', 'EDIT_ERR_PROVIDER_TIMEOUT', 'no'],
    ['task_deleted', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['task_nsfw', 'EDIT_ERR_CONTENT_REJECTED', 'yes'],
    ['no_outputs', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['strange_outputs', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['bad_id', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['html_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['empty_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['garbage_body', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['other_json_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['truncated_body', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['reset_before', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['reset_after', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe']
  ]
  for (const [fault, code, billed, retryAfterMs] of rows) {
    const before = posts().length
    emulator.script.next(1, fault)
    const error = await failureOf(t, run())
    t.match(error, { code, billed, trail: { attempts: [{ code, billed }] } }, fault)
    t.equal(error.retryAfterMs, retryAfterMs, fault)
    t.equal(posts().length, before + 1, `${fault} is asked once`)
    t.notMatch(JSON.stringify([error, error.message, error.details]), emulator.key)
  }
})

t.test('a call that was accepted and lost its connection is seen exactly once, and may be billed', async t => {
  const { emulator, run, posts } = await startService(t)
  emulator.script.next(1, 'reset_after')
  const error = await failureOf(t, run())
  t.match(error, { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' })
  t.equal(posts().length, 1)
  t.equal(emulator.spent(), 0.02)
})

t.test('a failed task is known by its end, whatever status it comes with', async t => {
  const { emulator, run } = await startService(t, { provider: nano, emulator: { polls: 0 } })
  for (const fault of ['task_status:500', 'task_status:400', 'error_object', 'no_wrapper']) {
    emulator.script.next(1, fault, 'GET')
    const error = await failureOf(t, run({ prompt: '[fault:task_failed]' }))
    t.match(error, { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'no', message: /Something went wrong/ }, fault)
  }
  t.equal(emulator.calls.length, 8)
  t.equal(emulator.spent(), 0)
})

t.test('each end of a job has its code', async t => {
  const { emulator, run } = await startService(t, { provider: nano, emulator: { polls: 0 } })
  const rows: Array<[fault: string, code: string, billed: string]> = [
    ['task_failed', 'EDIT_ERR_PROVIDER_RESPONSE', 'no'],
    ['task_moderated', 'EDIT_ERR_CONTENT_REJECTED', 'no'],
    ['task_unfunded', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['task_cancelled', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['task_timeout', 'EDIT_ERR_PROVIDER_TIMEOUT', 'no'],
    ['task_deleted', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['task_nsfw', 'EDIT_ERR_CONTENT_REJECTED', 'yes']
  ]
  for (const [fault, code, billed] of rows) t.match(await failureOf(t, run({ prompt: `${prompt} [fault:${fault}]` })), { code, billed }, fault)
  t.equal(emulator.spent(), 0.15, 'only the marked picture was made')
})

t.test('a job outlives polls that fail in passing', async t => {
  const { emulator, run, posts } = await startService(t, { provider: nano, emulator: { polls: 0 } })
  for (const fault of ['too_many_requests', 'internal_error', 'api_bad_gateway', 'api_unavailable', 'api_timeout', 'bad_gateway', 'reset_before', 'reset_after', 'truncated_body']) {
    emulator.script.next(1, fault, 'GET')
    t.match(await run(), { attempts: [{ code: null }] }, fault)
  }
  t.equal(posts().length, 9)
})

t.test('a job whose polls fail for good may be on the bill', async t => {
  const { emulator, run } = await startService(t, { provider: nano, emulator: { polls: 0 } })
  const rows: Array<[fault: string, code: string]> = [
    ['unauthorized', 'EDIT_ERR_PROVIDER_AUTH'],
    ['not_found', 'EDIT_ERR_PROVIDER_RESPONSE'],
    ['payment_required', 'EDIT_ERR_PROVIDER_QUOTA'],
    ['hidden:404', 'EDIT_ERR_PROVIDER_RESPONSE'],
    ['no_outputs', 'EDIT_ERR_PROVIDER_RESPONSE'],
    ['bad_id', 'EDIT_ERR_PROVIDER_RESPONSE'],
    ['html_200', 'EDIT_ERR_PROVIDER_RESPONSE'],
    ['other_json_200', 'EDIT_ERR_PROVIDER_RESPONSE']
  ]
  for (const [fault, code] of rows) {
    emulator.script.next(1, fault, 'GET')
    t.match(await failureOf(t, run()), { code, billed: 'maybe' }, fault)
  }
})

t.test('a word that nobody knows is asked on for until the deadline, and logged once', async t => {
  const { upstream } = scriptedUpstream(...['hibernating', 'hibernating', 'dreaming', 'processing'].map(status => ({ data: { id: 'ab12', status } })))
  const provider = create(upstream)
  const logged: unknown[] = []
  const context = contextOf(undefined, { warn: (object: unknown) => { logged.push(object) } })
  let handle: JobHandle = { id: 'ab12' }
  for (let polls = 0; polls < 4; polls++) {
    const submission = await provider.poll?.(handle, context)
    if (submission?.state !== 'pending') return t.fail('not pending')
    handle = submission.handle
  }
  t.same(logged, [{ status: 'hibernating' }, { status: 'dreaming' }])
  t.same(handle, { id: 'ab12', unknownStatus: 'dreaming' })
})

t.test('stops at once when the caller goes, and leaves the reason as it is', async t => {
  for (const provider of ['wavespeed-qwen', nano]) {
    const { emulator, run, posts } = await startService(t, { provider })
    const controller = new AbortController()
    const reason = new Error('the caller has gone')
    emulator.script.next(1, 'hang', provider === nano ? 'GET' : undefined)
    const running = run({}, controller.signal)
    while (emulator.script.hits('hang') === 0) await delay(5)
    controller.abort(reason)
    await t.rejects(running, reason)
    t.equal(posts().length, 1)
  }
})

t.test('a vendor that is not there is not billed', async t => {
  const { emulator, run } = await startService(t)
  await emulator.close()
  t.match(await failureOf(t, run()), { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no' })
})

t.test('an account without money is found out before anything is made', async t => {
  for (const unfunded of ['payment_required', 'balance_not_enough', 'insufficient_400'] as const) {
    const { emulator, run } = await startService(t, { emulator: { accounts: { 'key-without-money': 0.01 }, unfunded } })
    t.match(await failureOf(t, run()), { code: 'EDIT_ERR_PROVIDER_QUOTA', billed: 'no' }, unfunded)
    t.equal(emulator.balance(), 0.01)
  }
})

const provider: WavespeedProvider = {
  name: 'wavespeed-some',
  models: [
    { path: 'a/some', card, waits: true, inputs: ({ prompt, parameters: { seed } }, { images, mask }) => ({ prompt, images, mask, seed }) },
    { path: 'a/other', card: { ...card, id: 'other-model' }, waits: false, inputs: ({ prompt }) => ({ prompt }) }
  ]
}

function create (upstream: ReturnType<typeof scriptedUpstream>['upstream'], options: object = {}) {
  return createProvider(provider, { upstream, EditError, pollMs: 123, inlineBytes: 1_000_000, exclusiveAccount: false, submits: createSubmits(), ...options })
}

t.test('is described by its models', async t => {
  t.same(describe(provider), { name: 'wavespeed-some', vendor: 'wavespeed', models: [card, { ...card, id: 'other-model' }] })
  t.match(create(scriptedUpstream().upstream), { specificationVersion: 'v1', account: 'wavespeed', cancel: undefined })
})

t.test('asks the model that the edit names, with its own fields and both switches', async t => {
  const pending = { data: { id: 'ab12' } }
  const { upstream, calls } = scriptedUpstream(pending, pending, pending)
  const some = create(upstream)
  const mask = { bytes: reference, mediaType: 'image/png', ...size } as const
  t.same(await some.submit(providerEdit({ mask, parameters: { seed: -1 } }), contextOf()), { state: 'pending', handle: { id: 'ab12' }, pollAfterMs: 123 })
  await some.submit(providerEdit({ card: { ...card, id: 'other-model' } }), contextOf())
  await some.submit(providerEdit({ card: { ...card, id: 'unlisted' } }), contextOf())
  const sent = (bytes: Buffer) => ({ base64: bytes, prefix: 'data:image/png;base64,' })
  t.match(calls, [
    { path: '/api/v3/a/some', free: undefined, body: { json: { prompt, images: [sent(image)], mask: sent(reference), seed: -1, enable_sync_mode: true, enable_base64_output: false } } },
    { path: '/api/v3/a/other', body: { json: { prompt, enable_sync_mode: false, enable_base64_output: false } } },
    { path: '/api/v3/a/some' }
  ])
})

t.test('takes no handle that would lead elsewhere', async t => {
  const { upstream, calls } = scriptedUpstream()
  await t.rejects(Promise.resolve(create(upstream).poll?.({ id: '../balance' }, contextOf())))
  t.same(calls, [])
})

t.test('what is no answer of the vendor passes through', async t => {
  const reason = new Error('the caller has gone')
  const { upstream } = scriptedUpstream(reason, reason, reason)
  const some = create(upstream)
  await t.rejects(some.submit(providerEdit(), contextOf()), reason)
  await t.rejects(Promise.resolve(some.poll?.({ id: 'ab12' }, contextOf())), reason)
  await t.rejects(Promise.resolve(some.recover?.(providerEdit(), { ...contextOf(), submittedAt: 0 })), reason)
})
