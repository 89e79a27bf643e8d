import { pino } from 'pino'
import t from 'tap'
import { EditError, type Billed } from '../../core/errors.ts'
import { createMemoryStore } from '../../core/idempotency.ts'
import { createKeyedRuns, type KeyOptions, type Outcome } from '../../core/keyed.ts'
import { openLoan } from '../../core/loan.ts'
import type { EditInput, EditResult, Leftover } from '../../core/request.ts'
import type { RouteOptions } from '../../core/router.ts'

const input: EditInput = {
  operation: 'erase',
  fields: { image: 'a', mask: 'b', background: 'c', lighting: 'd', prompt: 'e', searchPrompt: 'f', selectPrompt: 'g', expansion: 'h' },
  images: [Buffer.from('image')],
  parameters: {},
  output: { format: 'image/png' },
  route: {}
}
const other: EditInput = { ...input, prompt: 'another' }
const result: EditResult = {
  operation: 'erase',
  images: [{ bytes: Buffer.from('edited'), mediaType: 'image/png', width: 4, height: 3 }],
  provider: 'acme',
  vendor: 'acme',
  model: 'paint',
  seed: null,
  seeds: [null],
  requested: 1,
  costUsd: 0.02,
  durationMs: 5,
  attempts: [],
  skipped: [],
  adaptations: [],
  emulation: null,
  warnings: [],
  preservation: null,
  vendorRequestId: null
}
const job: Leftover = { provider: 'acme', model: 'paint', handle: { id: 'task-1' } }
const log = pino({ level: 'silent' })

function failure (billed: Billed, leftovers?: readonly Leftover[]): EditError {
  const error = new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'late')
  const attempt = { provider: 'acme', model: 'paint', code: error.code, message: error.message, ms: 1, costUsd: 0.02, billed, resumed: false }
  error.trail = { attempts: [attempt], skipped: [], ...leftovers && { leftovers } }
  return error
}

/** Requests before work that ends when, and as, the test says. `runs` are those that were begun, `replays` the answers that were said to be replayed. */
function office () {
  const runs: Array<{ options: RouteOptions, done: (result: EditResult) => void, fail: (reason: unknown) => void }> = []
  const store = createMemoryStore<Outcome>({ ttlMs: 1e6, maxBytes: 1e6 })
  const run = createKeyedRuns(store, async (_, options) => {
    const { promise, resolve, reject } = Promise.withResolvers<EditResult>()
    runs.push({ options, done: resolve, fail: reject })
    options.signal.addEventListener('abort', () => reject(options.signal.reason))
    return await promise
  })
  const replays: string[] = []
  const ask = (asked: EditInput, options: KeyOptions, signal = new AbortController().signal) =>
    run(asked, { signal, log, onReplay: () => replays.push(options.idempotencyKey ?? ''), ...options })
  return { runs, replays, store, ask, run }
}

t.test('a request without a key is made each time', async t => {
  const { runs, replays, ask } = office()
  const both = [ask(input, {}), ask(input, {})]
  runs.forEach(({ done }) => done(result))
  t.same(await Promise.all(both), [result, result])
  t.equal(runs.length, 2)
  t.same(replays, [])
  t.notOk(runs[0]?.options.keepJobs)
})

t.test('memory is lent on to a request of its own only: what several may get is nobody\'s to give back', async t => {
  const { runs, run } = office()
  const loan = openLoan(undefined)
  const all = [{}, { idempotencyKey: 'k' }, { coalesce: true }].map(options => run(input, { signal: new AbortController().signal, log, loan, ...options }))
  runs.forEach(({ done }) => done(result))
  await Promise.all(all)
  t.same(runs.map(({ options }) => options.loan), [loan, undefined, undefined])
})

t.test('a request with a key that is running is joined', async t => {
  const { runs, replays, ask } = office()
  const [first, second] = [ask(input, { idempotencyKey: 'k' }), ask(input, { idempotencyKey: 'k' })]
  runs[0]?.done(result)
  t.same(await Promise.all([first, second]), [result, result])
  t.same(replays, ['k'], 'the one that has joined')
  t.equal(runs.length, 1)
  t.equal(runs[0]?.options.keepJobs, true)
})

t.test('a request that is done is replayed, a failure that may have cost something too', async t => {
  const { runs, replays, run, ask } = office()
  const first = ask(input, { idempotencyKey: 'done' })
  runs[0]?.done(result)
  await first
  t.equal(await ask({ ...input }, { idempotencyKey: 'done' }), result)
  t.equal(await run(input, { idempotencyKey: 'done', signal: new AbortController().signal, log }), result, 'also when nobody wants to know')
  for (const billed of ['maybe', 'yes'] as const) {
    const error = failure(billed)
    const failing = ask(input, { idempotencyKey: billed })
    runs.at(-1)?.fail(error)
    await t.rejects(failing, error)
    await t.rejects(ask(input, { idempotencyKey: billed }), error)
  }
  t.equal(runs.length, 3)
  t.same(replays, ['done', 'maybe', 'yes'])
})

t.test('the same key with another request is refused, running or done', async t => {
  const { runs, ask } = office()
  const first = ask(input, { idempotencyKey: 'k' })
  const refused = { code: 'EDIT_ERR_INVALID_REQUEST', statusCode: 422, details: { field: 'Idempotency-Key' } }
  await t.rejects(ask(other, { idempotencyKey: 'k' }), refused)
  runs[0]?.done(result)
  await first
  await t.rejects(ask(other, { idempotencyKey: 'k' }), refused)
  t.equal(runs.length, 1)
})

t.test('what has cost nothing is made again', async t => {
  const { runs, replays, ask } = office()
  for (const error of [failure('no'), new EditError('EDIT_ERR_IMAGE_INVALID', 'no image'), new TypeError('a mistake')]) {
    const failing = ask(input, { idempotencyKey: 'k' })
    runs.at(-1)?.fail(error)
    await t.rejects(failing, error)
  }
  const last = ask(other, { idempotencyKey: 'k' })
  runs.at(-1)?.done(result)
  t.equal(await last, result, 'even as another request')
  t.equal(runs.length, 4)
  t.same(replays, [])
})

t.test('who has joined what came to nothing never gets the answer to another request', async t => {
  const { runs, store, ask } = office()
  const first = ask(input, { idempotencyKey: 'k' })
  const joined = ask(input, { idempotencyKey: 'k' })
  const error = failure('no')
  // As soon as the key is free somebody takes it, before those who have waited hear of it.
  store.get('k')?.outcome.then(() => { ask(other, { idempotencyKey: 'k' }) })
  runs[0]?.fail(error)
  await t.rejects(first, error)
  await t.rejects(joined, error)
  t.equal(runs.length, 2)
})

t.test('jobs that are left over are resumed, once', async t => {
  const { runs, replays, store, ask } = office()
  const first = ask(input, { idempotencyKey: 'k' })
  const error = failure('maybe', [job])
  runs[0]?.fail(error)
  await t.rejects(first, error)
  const again = [ask(input, { idempotencyKey: 'k' }), ask(input, { idempotencyKey: 'k' })]
  await store.get('k')?.outcome
  await new Promise(resolve => setImmediate(resolve))
  t.equal(runs.length, 2)
  t.same(runs[1]?.options.resume, [job])
  runs[1]?.done(result)
  t.same(await Promise.all(again), [result, result])
  t.same(replays, ['k'], 'one has resumed it, the other has joined')
})

t.test('a keyed request goes on when its caller leaves', async t => {
  const { runs, ask } = office()
  const caller = new AbortController()
  const [first, second] = [ask(input, { idempotencyKey: 'k' }, caller.signal), ask(input, { idempotencyKey: 'k' }, caller.signal)]
  const reason = new Error('gone')
  caller.abort(reason)
  await t.rejects(first, reason)
  await t.rejects(second, reason)
  t.notOk(runs[0]?.options.signal.aborted)
  runs[0]?.done(result)
  t.equal(await ask(input, { idempotencyKey: 'k' }), result)
  t.equal(runs.length, 1)
})

t.test('nothing is begun for a caller who has gone already', async t => {
  const { runs, ask } = office()
  const reason = new Error('gone')
  for (const options of [{}, { idempotencyKey: 'k' }, { coalesce: true }]) await t.rejects(ask(input, options, AbortSignal.abort(reason)), reason)
  t.same(runs, [])
})

t.test('identical requests that may be joined are one, others are their own', async t => {
  const { runs, replays, ask } = office()
  const [first, second, third] = [ask(input, { coalesce: true }), ask({ ...input }, { coalesce: true }), ask(other, { coalesce: true })]
  t.equal(runs.length, 2)
  runs.forEach(({ done }) => done(result))
  t.same(await Promise.all([first, second, third]), [result, result, result])
  const later = ask(input, { coalesce: true })
  t.equal(runs.length, 3, 'what is done is not kept')
  const error = failure('yes')
  runs[2]?.fail(error)
  await t.rejects(later, error)
  t.same(replays, [])
})

t.test('joined requests go on while anybody waits, and stop when all have left', async t => {
  const { runs, ask } = office()
  const callers = [new AbortController(), new AbortController()] as const
  const waiting = callers.map(({ signal }) => ask(input, { coalesce: true }, signal))
  const settled = Promise.allSettled(waiting)
  callers[0].abort(new Error('the first has gone'))
  t.notOk(runs[0]?.options.signal.aborted)
  callers[1].abort(new Error('the second has gone'))
  t.ok(runs[0]?.options.signal.aborted)
  const late = ask(input, { coalesce: true })
  t.equal(runs.length, 2, 'nobody joins what is being stopped')
  t.match(await settled, [{ reason: { message: 'the first has gone' } }, { reason: { message: 'the second has gone' } }])
  const joined = ask(input, { coalesce: true })
  runs[1]?.done(result)
  t.same(await Promise.all([late, joined]), [result, result], 'the end of the first takes nothing from the second')
  t.equal(runs.length, 2)
})
