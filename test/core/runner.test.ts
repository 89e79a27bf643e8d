import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import type { EditProvider, JobHandle, ProviderEdit, Submission } from '../../core/contract.ts'
import { EditError } from '../../core/errors.ts'
import { runAttempt } from '../../core/runner.ts'
import { card, image, provider } from './fixtures.ts'

const edit: ProviderEdit = {
  operation: 'general_edit', model: 'paint', card: card(), images: [image()], prompt: 'a hat', parameters: {}, output: { format: 'image/png' }
}
const done: Submission = { state: 'done', result: { images: [{ url: 'https://example.org/a.png' }] } }
const pending = (handle: JobHandle, pollAfterMs = 1): Submission => ({ state: 'pending', handle, pollAfterMs })
const run = (changes: Partial<EditProvider>, signal = new AbortController().signal) => runAttempt(provider(changes), edit, {
  signal, log: pino({ level: 'silent' }), deadlineAt: Date.now() + 1000, attemptId: 'a'
})

t.test('a result that is there at once is the attempt\'s', async t => {
  t.equal(await run({ submit: async () => done }), done.result)
})

t.test('a job is polled with its newest handle until it is done', async t => {
  const seen: JobHandle[] = []
  const result = await run({
    submit: async () => pending({ id: 1 }),
    poll: async handle => {
      seen.push(handle)
      return seen.length < 3 ? pending({ id: seen.length + 1 }) : done
    }
  })
  t.equal(result, done.result)
  t.same(seen, [{ id: 1 }, { id: 2 }, { id: 3 }])
})

t.test('what a provider throws of the table passes, anything else is a bad response with the cause kept from the caller', async t => {
  const known = new EditError('EDIT_ERR_PROVIDER_QUOTA', 'no credit')
  await t.rejects(run({ submit: async () => { throw known } }), known)
  const secret = new Error('secret detail')
  await t.rejects(run({ submit: () => { throw secret } }), {
    code: 'EDIT_ERR_PROVIDER_RESPONSE', message: 'the provider failed in an unforeseen way', cause: secret
  })
})

t.test('an answer that is no submission is a bad response', async t => {
  await t.rejects(run({ submit: async () => ({ state: 'finished' }) as unknown as Submission }), { code: 'EDIT_ERR_PROVIDER_RESPONSE' }) // what JavaScript would let pass
})

t.test('a poll that fails in passing is made again, as the job goes on; what fails for good ends it', async t => {
  let polls = 0
  const flaky = async () => {
    if (++polls < 4) throw new EditError(polls % 2 === 0 ? 'EDIT_ERR_PROVIDER_RATE_LIMITED' : 'EDIT_ERR_PROVIDER_UNAVAILABLE', 'later', { retryAfterMs: 1 })
    return done
  }
  t.equal(await run({ submit: async () => pending({ id: 1 }), poll: flaky }), done.result)
  const gone = new EditError('EDIT_ERR_PROVIDER_RESPONSE', 'no such job')
  await t.rejects(run({ submit: async () => pending({ id: 1 }), poll: async () => { throw gone } }), gone)
  let failed = 0
  const down = async () => { failed++; throw new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', 'down') }
  await t.rejects(run({ submit: async () => pending({ id: 1 }), poll: down }), { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE' })
  t.equal(failed, 10)
})

t.test('a lost submit is looked for once, and gone on with when it is found', async t => {
  const lost = new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'no answer')
  const submit = async () => { throw lost }
  const asked: number[] = []
  const found = await run({ submit, recover: async (_, { submittedAt }) => { asked.push(submittedAt); return pending({ id: 1 }) }, poll: async () => done })
  t.equal(found, done.result)
  t.equal(asked.length, 1)
  t.ok(Date.now() - Number(asked[0]) < 60_000)
  await t.rejects(run({ submit, recover: async () => null }), lost)
  await t.rejects(run({ submit, recover: async () => { throw new Error('no history') } }), lost)
})

t.test('what was refused, or surely not sent, is not looked for', async t => {
  const recover = async () => {
    t.fail('looked for')
    return null
  }
  for (const error of [new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', 'x'), new EditError('EDIT_ERR_CONTENT_REJECTED', 'x')]) {
    await t.rejects(run({ submit: async () => { throw error }, recover }), error)
  }
})

t.test('a job of an earlier attempt is polled, nothing is submitted', async t => {
  const seen: JobHandle[] = []
  const result = await runAttempt(provider({
    submit: async () => { throw new TypeError('submitted') }, poll: async handle => { seen.push(handle); return done }
  }), edit, { signal: new AbortController().signal, log: pino({ level: 'silent' }), deadlineAt: 0, attemptId: 'a' }, { resume: { id: 9 } })
  t.equal(result, done.result)
  t.same(seen, [{ id: 9 }])
})

t.test('a job that is to be kept is not cancelled', async t => {
  const controller = new AbortController()
  const attempt = runAttempt(provider({
    submit: async () => pending({ id: 7 }, 60_000), cancel: async () => { t.fail('cancelled') }
  }), edit, { signal: controller.signal, log: pino({ level: 'silent' }), deadlineAt: 0, attemptId: 'a' }, { shallCancel: () => false })
  await delay(10)
  controller.abort()
  await t.rejects(attempt, { name: 'AbortError' })
  await delay(10)
})

t.test('a pending job of a provider without poll is a bad response', async t => {
  await t.rejects(run({ submit: async () => pending({}) }), { code: 'EDIT_ERR_PROVIDER_RESPONSE' })
})

t.test('an aborted signal ends the attempt even if the provider does not listen', async t => {
  const controller = new AbortController()
  const reason = new Error('gone')
  const attempt = run({ submit: () => new Promise(() => {}) }, controller.signal)
  setImmediate(() => controller.abort(reason))
  await t.rejects(attempt, reason)
  let calls = 0
  await t.rejects(run({ submit: async () => { calls++; return done } }, controller.signal), reason)
  t.equal(calls, 0, 'nothing is submitted after the abort')
})

t.test('while a job waits for its poll an abort cancels it at the vendor, with a signal that is still alive', async t => {
  const controller = new AbortController()
  const reason = new Error('gone')
  const cancelled = Promise.withResolvers<[JobHandle, boolean]>()
  const attempt = run({
    submit: async () => pending({ id: 7 }, 60_000),
    poll: async () => done,
    cancel: async (handle, { signal }) => { cancelled.resolve([handle, signal.aborted]) }
  }, controller.signal)
  await delay(10)
  controller.abort(reason)
  await t.rejects(attempt, reason)
  t.same(await cancelled.promise, [{ id: 7 }, false])
})

t.test('a failing cancel is only logged', async t => {
  const controller = new AbortController()
  const lines: string[] = []
  const logged = new EventTarget()
  const log = pino({ level: 'warn' }, { write: line => { lines.push(line); logged.dispatchEvent(new Event('line')) } })
  const attempt = runAttempt(provider({
    submit: async () => pending({ id: 7 }, 60_000),
    cancel: () => { throw new Error('too late') }
  }), edit, { signal: controller.signal, log, deadlineAt: 0, attemptId: 'a' })
  await delay(10)
  const line = once(logged, 'line')
  controller.abort()
  await t.rejects(attempt, { name: 'AbortError' })
  await line
  t.match(lines[0], /too late/)
})

t.test('a provider that cannot cancel is left alone', async t => {
  const controller = new AbortController()
  const attempt = run({ submit: async () => pending({}, 60_000) }, controller.signal)
  await delay(10)
  controller.abort()
  await t.rejects(attempt, { name: 'AbortError' })
})
