import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import type { EditContext, JobHandle, Upstream, UpstreamAnswer } from '../../../core/index.ts'
import * as plugin from '../../../plugins/stability/index.ts'
import { createProvider } from '../../../plugins/stability/provider.ts'
import { testProvider } from '../../contract/index.ts'
import { createStabilityEmulator } from '../../vendors/stability/index.ts'
import { decode } from '../../vendors/stability/pictures.ts'
import { image, inputs, mask, providerEdit, scene, size, startService, type StabilityOperation } from './fixtures.ts'

t.test('stability keeps the contract', async t => await testProvider(t, {
  plugin,
  options: { apiKey: 'sk-a-key-for-the-contract-kit', pollMs: 50 },
  async prepare ({ after }) {
    const emulator = await createStabilityEmulator({ accounts: { 'sk-a-key-for-the-contract-kit': 1000 }, pollIntervalMs: 0 })
    after(() => emulator.close())
    return { options: { baseUrl: emulator.url } }
  }
}))

const operations = Object.keys(inputs) as StabilityOperation[] // Object.keys forgets which

t.test('every operation is accepted by the vendor and costs what its card says', async t => {
  const { emulator, run } = await startService(t)
  for (const operation of operations) {
    const result = await run(operation)
    t.match(result, {
      provider: 'stability',
      attempts: [{ code: null, billed: 'yes' }],
      images: [{ mediaType: 'image/png', ...operation === 'outpaint' ? { width: 112, height: 112 } : size }],
      vendorRequestId: /^[0-9a-f]{32}$/
    }, operation)
    const call = emulator.calls.findLast(({ method }) => method === 'POST')
    t.equal(call?.headers.authorization, `Bearer ${emulator.key}`)
    t.equal(Math.round(result.costUsd * 100), call?.charged)
    t.equal(typeof result.seed, operation === 'remove_background' ? 'object' : 'number')
  }
  t.equal(emulator.calls.filter(({ method }) => method === 'POST').length, operations.length)
  t.equal(emulator.spent(), 37)
})

t.test('every parameter of every card is accepted', async t => {
  const { app, emulator, run } = await startService(t)
  for (const { card } of app.edits.offers().filter(({ provider }) => provider === 'stability')) {
    const operation = operations.find(name => card.operations.includes(name)) ?? 'erase'
    const parameters = Object.fromEntries(Object.entries(card.parameters).map(([name, rule]) =>
      [name, rule.type === 'boolean' ? true : rule.values?.[0] ?? (rule.type === 'string' ? 'words' : rule.maximum ?? 0)]))
    const { warnings } = await run(operation, { parameters })
    t.same(warnings, [])
    const { fields } = emulator.calls.findLast(({ method }) => method === 'POST') ?? {}
    t.match(fields, Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)])))
  }
})

t.test('results come in the format that was asked for, without a conversion', async t => {
  const { emulator, run } = await startService(t)
  for (const format of ['image/jpeg', 'image/webp'] as const) {
    t.match(await run('erase', { output: { format } }), { images: [{ mediaType: format }], adaptations: [] })
    t.match(emulator.calls.at(-1)?.fields, { output_format: format.slice(6) })
  }
  t.match(await run('remove_background', { output: { format: 'image/jpeg' } }), { adaptations: [{ kind: 'output' }] })
})

t.test('a mask edits where it is white', async t => {
  const { run } = await startService(t)
  const { images: [{ bytes }] } = await run('inpaint', { parameters: { grow_mask: 0 } })
  const [before, after, region] = await Promise.all([image, bytes, mask].map(decode))
  for (let pixel = 0; pixel < size.width * size.height; pixel++) {
    const same = [0, 1, 2].every(channel => before?.data[pixel * 3 + channel] === after?.data[pixel * 3 + channel])
    if (same === ((region?.data[pixel * (region?.info.channels ?? 1)] ?? 0) > 0)) t.fail(`pixel ${pixel}`)
  }
})

t.test('an inpainting of nothing is refused before it is sent', async t => {
  const { emulator, run } = await startService(t)
  await t.rejects(run('inpaint', { mask: undefined }), { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no' })
  t.same(emulator.calls, [])
})

t.test('each failure of the vendor has its code, is asked once and reported as billed or not', async t => {
  const { emulator, run } = await startService(t)
  const rows: Array<[fault: string, code: string, billed: string, retryAfterMs?: number]> = [
    ['bad_request', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['unauthorized', 'EDIT_ERR_PROVIDER_AUTH', 'no'],
    ['v1_unauthorized', 'EDIT_ERR_PROVIDER_AUTH', 'no'],
    ['payment_required', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['content_moderation', 'EDIT_ERR_CONTENT_REJECTED', 'no'],
    ['payload_too_large', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['invalid_language', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['public_figure', 'EDIT_ERR_CONTENT_REJECTED', 'no'],
    ['rate_limit_exceeded', 'EDIT_ERR_PROVIDER_RATE_LIMITED', 'no', 60_000],
    ['rate_limit_retry_after:7', 'EDIT_ERR_PROVIDER_RATE_LIMITED', 'no', 7000],
    ['internal_error', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'no'],
    ['bad_gateway', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    ['gateway_timeout', 'EDIT_ERR_PROVIDER_TIMEOUT', 'maybe'],
    ['content_filtered', 'EDIT_ERR_CONTENT_REJECTED', 'maybe'],
    ['unknown_finish', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['html_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['empty_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['other_json_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['truncated_body', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['reset_before', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['reset_after', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['garbage_body', 'EDIT_ERR_OUTPUT_REJECTED', 'yes']
  ]
  for (const [fault, code, billed, retryAfterMs] of rows) {
    const before = emulator.calls.length
    emulator.script.next(1, fault)
    const error = await run('inpaint').catch((err: unknown) => err)
    t.ok(error instanceof EditError)
    if (!(error instanceof EditError)) continue
    t.match(error, { code, billed, trail: { attempts: [{ code, billed }] } }, fault)
    t.equal(error.retryAfterMs, retryAfterMs)
    t.equal(emulator.calls.length, before + 1, `${fault} is asked once`)
    t.notMatch(JSON.stringify([error, error.message, error.details]), emulator.key)
  }
})

t.test('an answer that takes longer than the timeout is given up, as one that may be billed', async t => {
  const { emulator, run } = await startService(t, {}, { timeoutMs: 1000 })
  emulator.script.next(1, 'hang')
  await t.rejects(run('erase'), { code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' })
  t.equal(emulator.calls.length, 1)
})

t.test('a late and a slow answer are as good as another', async t => {
  const { emulator, run } = await startService(t)
  emulator.script.next(1, 'delay:20')
  emulator.script.next(1, 'slow_body:2')
  t.equal((await run('erase')).images.length, 1)
  t.equal((await run('erase')).images.length, 1)
})

t.test('a vendor that is not there is not billed', async t => {
  const { emulator, run } = await startService(t)
  await emulator.close()
  await t.rejects(run('erase'), { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no' })
})

t.test('does not show the key where the vendor does', async t => {
  const { emulator, run } = await startService(t)
  const { key } = emulator
  emulator.script.next(1, { instead: { status: 401, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ message: `Incorrect API key provided: ${key}` })) } })
  const error = await run('erase').catch((err: unknown) => err)
  t.match(error, { code: 'EDIT_ERR_PROVIDER_AUTH', message: 'Stability AI does not know the API key: Incorrect API key provided: [redacted]' })
})

t.test('a relight is asked for until it is done, and paid once', async t => {
  const { emulator, run } = await startService(t, { jobPolls: 2 })
  const { seed, images } = await run('relight', { prompt: 'a beach', parameters: { seed: 5 } })
  t.equal(seed, 5)
  t.match(images, [size])
  t.same(emulator.calls.map(({ method, status }) => [method, status]), [['POST', 200], ['GET', 202], ['GET', 202], ['GET', 200]])
  t.equal(emulator.spent(), 8)
})

t.test('a relight with a light alone works, and says what becomes of the background', async t => {
  const { run } = await startService(t)
  const { warnings } = await run('relight', { background: undefined, lighting: scene, parameters: { light_source_strength: 0.4 } })
  t.same(warnings, ['the original background is kept: neither another one nor a prompt was sent'])
})

t.test('a relight outlives a poll that came too early or broke', async t => {
  const { emulator, run } = await startService(t, { jobPolls: 0 })
  for (const fault of ['rate_limit_retry_after:1', 'internal_error', 'reset_after', 'unavailable']) {
    emulator.script.next(1, fault, 'GET /v2beta/results/')
    t.equal((await run('relight')).images.length, 1, fault)
  }
  t.equal(emulator.calls.filter(({ method }) => method === 'POST').length, 4)
})

t.test('a relight that fails after it was accepted may be on the bill', async t => {
  const { emulator, run } = await startService(t, { jobPolls: 0 })
  const rows: Array<[fault: string, code: string, billed: string]> = [
    ['not_found', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['unauthorized', 'EDIT_ERR_PROVIDER_AUTH', 'maybe'],
    ['content_moderation', 'EDIT_ERR_CONTENT_REJECTED', 'no'],
    ['content_filtered', 'EDIT_ERR_CONTENT_REJECTED', 'maybe'],
    ['html_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['empty_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['other_json_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe']
  ]
  for (const [fault, code, billed] of rows) {
    emulator.script.next(1, fault, 'GET /v2beta/results/')
    await t.rejects(run('relight'), { code, billed }, fault)
  }
  emulator.script.next(4, 'internal_error', 'GET /v2beta/results/')
  t.equal((await run('relight')).images.length, 1, 'a result that is there is fetched, however often that fails')
})

t.test('a relight whose answer holds no id of a job fails', async t => {
  const { emulator, run } = await startService(t)
  for (const fault of ['other_json_200', 'empty_200', 'html_200']) {
    emulator.script.next(1, fault)
    await t.rejects(run('relight'), { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', message: 'Stability AI answered without the id of a job' })
  }
  t.equal(emulator.calls.length, 3)
})

t.test('stops at once when the caller goes, and leaves the reason as it is', async t => {
  const { emulator, run } = await startService(t)
  const controller = new AbortController()
  emulator.script.next(1, 'hang')
  const running = run('erase', {}, controller.signal)
  const reason = new Error('the caller has gone')
  while (emulator.spent() === 0) await delay(5)
  controller.abort(reason)
  await t.rejects(running, reason)
  t.equal(emulator.calls.length, 1)
})

t.test('polls as the options say, and throws what a word or a failure means', async t => {
  const answers: Array<UpstreamAnswer | Error> = []
  const upstream: Upstream = {
    async get () {
      const answer = answers.shift()
      if (answer === undefined || answer instanceof Error) throw answer
      return answer
    },
    post: async () => json(200, { id: 'ab12' }),
    put: async () => { throw new TypeError('no') },
    upload: async () => { throw new TypeError('no') }
  }
  const provider = createProvider({ upstream, EditError, pollMs: 123 })
  const context = { signal: new AbortController().signal } as EditContext // all that it uses
  const poll = async (handle: JobHandle) => await provider.poll?.(handle, context)
  const handle = { id: 'ab12', warnings: ['w'] }

  t.same(await provider.submit(providerEdit('relight', { prompt: 'a beach' }), context), { state: 'pending', handle: { id: 'ab12', warnings: [] }, pollAfterMs: 123 })
  answers.push(json(202, { id: 'ab12', status: 'in-progress' }))
  t.same(await poll(handle), { state: 'pending', handle, pollAfterMs: 123 })
  answers.push({ status: 200, headers: { 'content-type': 'image/png' }, body: image, json: undefined })
  t.same(await poll(handle), { state: 'done', result: { images: [{ bytes: image }], warnings: ['w'] } })
  answers.push(json(202, { id: 'ab12', status: 'paused' }))
  await t.rejects(poll(handle), { code: 'EDIT_ERR_PROVIDER_RESPONSE', message: /unknown status/ })
  const reason = new Error('the caller has gone')
  answers.push(reason)
  await t.rejects(poll(handle), reason)
  await t.rejects(poll({ id: '../secret', warnings: [] }))
})

function json (status: number, value: unknown): UpstreamAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)), json: value }
}
