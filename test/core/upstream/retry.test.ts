import pino from 'pino'
import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { repeat, type Outcome } from '../../../core/upstream/retry.ts'
import { silent } from './servers.ts'

const fails = (retryAfterMs?: number, passing = true): Outcome<string> =>
  ({ error: new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', 'down', { retryAfterMs, details: { status: 503 } }), passing })
const never = new AbortController().signal

/** Runs the outcomes one after another; the last one again and again. */
function run (outcomes: readonly Outcome<string>[], { signal = never, backoffMs = 1, log = silent } = {}) {
  let tries = 0
  const attempt = async () => outcomes[Math.min(tries++, outcomes.length - 1)] ?? fails()
  return { ended: repeat(attempt, { signal, backoffMs, log }), tries: () => tries }
}

t.test('a success needs no repetition', async t => {
  const { ended, tries } = run([{ value: 'done' }])
  t.equal(await ended, 'done')
  t.equal(tries(), 1)
})

t.test('a failure that passes is repeated until it does', async t => {
  const { ended, tries } = run([fails(), fails(1), { value: 'done' }])
  t.equal(await ended, 'done')
  t.equal(tries(), 3)
})

t.test('after three repetitions the last error is thrown', async t => {
  const { ended, tries } = run([fails()])
  await t.rejects(ended, { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE' })
  t.equal(tries(), 4)
})

t.test('a failure that does not pass is not repeated', async t => {
  const { ended, tries } = run([fails(undefined, false)])
  await t.rejects(ended, EditError)
  t.equal(tries(), 1)
})

t.test('who asks for a long pause is not waited for', async t => {
  const { ended, tries } = run([fails(30_001)])
  t.equal((await ended.catch(error => error)).retryAfterMs, 30_001)
  t.equal(tries(), 1)
})

t.test('a pause ends with the signal, by its reason', async t => {
  const abort = new AbortController()
  const { ended, tries } = run([fails(30_000)], { signal: abort.signal })
  const reason = new Error('the caller has gone')
  setImmediate(() => abort.abort(reason))
  t.equal(await ended.catch(error => error), reason)
  t.equal(tries(), 1)
})

t.test('each repetition is logged with what failed and how long it waits', async t => {
  const lines: { code: string, details: object, ms: number, msg: string }[] = []
  const log = pino({ base: null }, { write: line => { lines.push(JSON.parse(line)) } })
  await t.rejects(run([fails(2)], { log }).ended)
  t.equal(lines.length, 3)
  for (const [index, line] of lines.entries()) {
    t.match(line, { code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', details: { status: 503 }, msg: 'a free call failed, repeating it' })
    t.ok(line.ms >= 2 && line.ms <= 2 + 2 ** index, 'what was asked and a part of a doubling pause')
  }
})
