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

const garbage: Array<[string, unknown]> = [
  ['nothing', undefined],
  ['text', 'done'],
  ['an unknown state', { state: 'finished' }],
  ['done without a result', { state: 'done' }],
  ['done without images', { state: 'done', result: {} }],
  ['done with an empty list', { state: 'done', result: { images: [] } }],
  ['an image that is neither bytes nor address', { state: 'done', result: { images: [{ data: 'x' }] } }],
  ['an image that is null', { state: 'done', result: { images: [null] } }],
  ['pending without a handle', { state: 'pending', pollAfterMs: 1 }],
  ['pending with too large a handle', { state: 'pending', handle: { id: 'x'.repeat(5000) }, pollAfterMs: 1 }],
  ['pending without a time', { state: 'pending', handle: {} }],
  ['pending with a time in the past', { state: 'pending', handle: {}, pollAfterMs: -1 }],
  ['pending with an endless time', { state: 'pending', handle: {}, pollAfterMs: Infinity }]
]
for (const [title, answer] of garbage) {
  t.test(`an answer that is ${title} is a bad response`, async t => {
    await t.rejects(run({ submit: async () => answer as Submission }), { code: 'EDIT_ERR_PROVIDER_RESPONSE' }) // what JavaScript would let pass
  })
}

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
