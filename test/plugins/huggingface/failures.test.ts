import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { models, startService } from './fixtures.ts'

type Row = readonly [fault: string, code: string, billed: string, retryAfterMs?: number]

// Every row has a service of its own: after some failures the kernel lets a provider rest.
t.test('each failure has its code, is asked once and reported as billed or not', async t => {
  const rows: readonly Row[] = [
    ['not_supported', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['unknown_token', 'EDIT_ERR_PROVIDER_AUTH', 'no'],
    ['monthly_credits', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['pay_as_you_go', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['prepaid_credits', 'EDIT_ERR_PROVIDER_QUOTA', 'no'],
    ['no_permission', 'EDIT_ERR_PROVIDER_AUTH', 'no'],
    ['gated', 'EDIT_ERR_PROVIDER_AUTH', 'no'],
    ['not_found', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['gone', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['fal_validation', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['fal_text', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['fal_policy', 'EDIT_ERR_CONTENT_REJECTED', 'no'],
    ['replicate_problem', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['together_nested', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['together_nsfw', 'EDIT_ERR_CONTENT_REJECTED', 'no'],
    ['wavespeed_message', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['wavespeed_envelope_200', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['error_list', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'no'],
    ['rate_limited:200', 'EDIT_ERR_PROVIDER_RATE_LIMITED', 'no', 200_000],
    ['rate_limited_retry_after:300', 'EDIT_ERR_PROVIDER_RATE_LIMITED', 'no', 300_000],
    ['cold_start:300', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'no', 300_000],
    ['cold_start_200:300', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'no', 300_000],
    ['timeout_524', 'EDIT_ERR_PROVIDER_TIMEOUT', 'maybe'],
    ['gateway_timeout', 'EDIT_ERR_PROVIDER_TIMEOUT', 'maybe'],
    ['bad_gateway', 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'maybe'],
    ['html_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['empty_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['other_json_200', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['truncated_body', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['reset_before', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['reset_after', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe']
  ]
  for (const [fault, code, billed, retryAfterMs] of rows) {
    const { emulator, run } = await startService(t)
    emulator.script.next(1, fault, 'POST')
    const error = await run().catch((err: unknown) => err)
    t.ok(error instanceof EditError)
    if (!(error instanceof EditError)) continue
    t.match(error, { code, billed, trail: { attempts: [{ code, billed }] } }, fault)
    t.equal(error.retryAfterMs, retryAfterMs)
    t.equal(emulator.calls.length, 1, `${fault} is asked once`)
    t.notMatch(JSON.stringify([error, error.message, error.details]), emulator.key)
  }
})

t.test('an edit that was accepted and then lost its connection is seen once, and may be billed', async t => {
  for (const model of Object.values(models)) {
    const { emulator, run, posts } = await startService(t)
    emulator.script.next(1, 'reset_after', 'POST')
    await t.rejects(run({ model }), { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe', trail: { attempts: [{ billed: 'maybe' }] } }, model)
    t.equal(posts().length, 1)
    t.ok(emulator.spent() > 0, 'it was done')
  }
})

t.test('a job that comes to nothing may be on the bill, whatever its vendor calls it', async t => {
  const rows: ReadonlyArray<readonly [model: keyof typeof models, ...Row]> = [
    ['fal-ai', 'hidden_validation', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'maybe'],
    ['fal-ai', 'hidden_policy', 'EDIT_ERR_CONTENT_REJECTED', 'maybe'],
    ['fal-ai', 'job_fails', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['fal-ai', 'nsfw', 'EDIT_ERR_CONTENT_REJECTED', 'maybe'],
    ['fal-ai', 'no_output', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['fal-ai', 'unknown_status', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['replicate', 'job_fails', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['replicate', 'nsfw', 'EDIT_ERR_CONTENT_REJECTED', 'maybe'],
    ['replicate', 'no_output', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['replicate', 'unknown_status', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['wavespeed', 'job_fails', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['wavespeed', 'hidden_policy', 'EDIT_ERR_CONTENT_REJECTED', 'maybe'],
    ['wavespeed', 'nsfw', 'EDIT_ERR_CONTENT_REJECTED', 'maybe'],
    ['wavespeed', 'no_output', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['wavespeed', 'unknown_status', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe'],
    ['together', 'no_output', 'EDIT_ERR_PROVIDER_RESPONSE', 'maybe']
  ]
  for (const [name, fault, code, billed] of rows) {
    const { emulator, run, posts } = await startService(t, { jobPolls: 0 })
    emulator.script.next(1, fault, 'POST')
    await t.rejects(run({ model: models[name] }), { code, billed }, `${name} ${fault}`)
    t.equal(posts().length, 1, `${name} ${fault}`)
  }
})

t.test('a job outlives a question that broke, and is lost only when it is not known any more', async t => {
  const { emulator, run, posts } = await startService(t, { jobPolls: 0 })
  for (const fault of ['internal', 'overloaded', 'reset_after', 'bad_gateway', 'rate_limited:1']) {
    emulator.script.next(1, fault, 'GET')
    t.equal((await run()).images.length, 1, fault)
  }
  t.equal(posts().length, 5)
  for (const [fault, code] of [['not_found', 'EDIT_ERR_PROVIDER_RESPONSE'], ['unknown_token', 'EDIT_ERR_PROVIDER_AUTH']] as const) {
    const { emulator, run } = await startService(t)
    emulator.script.next(1, fault, 'GET')
    await t.rejects(run(), { code, billed: 'maybe' }, fault)
  }
})

t.test('a Hub that fails costs nothing, and one that is away for a moment is not noticed', async t => {
  for (const [fault, code] of [['unknown_token', 'EDIT_ERR_PROVIDER_AUTH'], ['rate_limited:200', 'EDIT_ERR_PROVIDER_RATE_LIMITED'], ['html_200', 'EDIT_ERR_PROVIDER_RESPONSE']] as const) {
    const { emulator, run } = await startService(t)
    emulator.hub.script.next(1, fault)
    await t.rejects(run(), { code, billed: 'no' }, fault)
    t.same(emulator.calls, [])
  }
  const { emulator, run } = await startService(t)
  emulator.hub.script.next(1, 'reset_after')
  emulator.hub.script.next(1, 'unavailable')
  t.equal((await run()).images.length, 1)
})

t.test('a model that is being loaded is asked again when it should be there, and paid once', async t => {
  for (const fault of ['cold_start:1', 'cold_start_200:1']) {
    const { emulator, run, posts } = await startService(t, {}, {}, { maxTries: 2 })
    emulator.script.next(1, fault, 'POST')
    t.match(await run({ model: models['hf-inference'] }), { attempts: [{ code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no' }, { code: null, billed: 'yes' }] }, fault)
    t.same(posts().map(({ charged }) => charged), [0, 0.001])
  }
})

t.test('a vendor that is not there is not billed', async t => {
  const { emulator, run } = await startService(t)
  await run()
  await emulator.close()
  // Until its end of the connection is closed, too: what is written before that may have arrived, and counts as billed, maybe.
  await delay(200)
  await t.rejects(run(), { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', billed: 'no' })
})
