import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import type { AttemptFailure, AttemptSuccess, RunningAttempt } from '../../core/attempt.ts'
import { callsOf } from '../../core/calls.ts'
import { EditError, type ErrorCode } from '../../core/errors.ts'
import { startLot, type Call, type LotOptions } from '../../core/lot.ts'
import { plan } from '../../core/planner.ts'
import { offer, request } from './fixtures.ts'

type Fate = ErrorCode | 'done' | 'busy' | 'hangs' | 'job'

const report = { provider: 'acme', model: 'paint', code: null, message: null, ms: 1, costUsd: 0.02, billed: 'yes', resumed: false } as const
const image = { bytes: Buffer.from('x'), mediaType: 'image/png', width: 1, height: 1 } as const
const success: AttemptSuccess = {
  state: 'done', report, result: { images: [image] }, images: [image], adaptations: [], preservation: null, warnings: []
}
const failed = (error: EditError): AttemptFailure => ({
  state: 'failed', error, report: { ...report, code: error.code, billed: error.billed, costUsd: error.billed === 'no' ? 0 : 0.02 }
})
const busy = failed(new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', 'busy', { details: { busy: true } }))
const reason = new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'slice')

/** An account with so many places: whoever finds none is turned away. */
class Account {
  readonly #places: number
  inFlight = 0
  mostInFlight = 0
  /** Calls that were made, by their index. */
  readonly made: number[] = []
  readonly outlived: number[] = []

  constructor (places = Infinity) {
    this.#places = places
  }

  attempt ({ index, candidate }: Call, fate: Fate): RunningAttempt {
    const { promise, resolve } = Promise.withResolvers<AttemptSuccess | AttemptFailure>()
    const full = this.inFlight >= this.#places
    if (full || fate === 'busy') resolve(busy)
    else {
      this.made.push(index)
      this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight)
      const settle = (outcome: AttemptSuccess | AttemptFailure) => {
        this.inFlight--
        resolve(outcome)
      }
      if (fate !== 'hangs' && fate !== 'job') setImmediate(() => settle(fate === 'done' ? success : failed(new EditError(fate, fate))))
      promise.then(() => { this.#ended.add(index) })
      return this.#running(index, candidate, promise, fate, ended => settle(failed(ended)))
    }
    return this.#running(index, candidate, promise, fate, () => {})
  }

  readonly #ended = new Set<number>()

  #running (index: number, candidate: Call['candidate'], outcome: RunningAttempt['outcome'], fate: Fate, end: (error: EditError) => void): RunningAttempt {
    return {
      candidate,
      outcome,
      job: () => fate === 'job' ? { id: index } : undefined,
      isAtStake: () => fate === 'hangs',
      canOutlive: () => fate === 'job',
      outlive: () => { this.outlived.push(index) },
      end: cause => { if (!this.#ended.has(index)) end(cause instanceof EditError ? cause : new EditError('EDIT_ERR_PROVIDER_TIMEOUT', 'ended')) }
    }
  }
}

/** `fates` of each call's tries; the last one stays. */
function begin (fates: readonly Fate[][], options: Partial<LotOptions> = {}, account = new Account()) {
  const [candidate] = plan(request({ count: fates.length }), [offer()], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  const [first, ...rest] = callsOf(candidate)
  const calls = [{ candidate: first, index: 0 }, ...rest.map((call, index) => ({ candidate: call, index: index + 1 }))] as const
  const left = fates.map(list => [...list])
  const start = (call: Call) => {
    const list = left[call.index] ?? []
    return account.attempt(call, (list.length > 1 ? list.shift() : list[0]) ?? 'done')
  }
  const lot = startLot({ candidate, calls, limit: 16, start, retryDelay: () => undefined, isOver: () => false, ...options })
  return { lot, account }
}

const individual: ErrorCode[] = ['EDIT_ERR_PROVIDER_TIMEOUT', 'EDIT_ERR_PROVIDER_RESPONSE', 'EDIT_ERR_OUTPUT_REJECTED']

t.test('whichever of the calls fail, the others\' results are kept, each call is made once, and never more at a time than the limit', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.constantFrom<Fate>('done', ...individual), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 4 }), fc.constantFrom(1, 2, Infinity),
    async (fates, limit, places) => {
      const account = new Account(places)
      const { lot } = begin(fates.map(fate => [fate]), { limit }, account)
      const outcome = await lot.outcome
      const good = fates.filter(fate => fate === 'done').length
      if (outcome.state === 'done') {
        if (outcome.successes.length !== good || outcome.failures.length !== fates.length - good || outcome.missing !== fates.length - good) throw new Error('results were lost')
      } else if (good > 0) throw new Error('all were lost')
      if (account.made.toSorted().join() !== fates.map((_, index) => index).join()) throw new Error(`calls: ${account.made.join()}`)
      if (account.mostInFlight > Math.min(limit, places)) throw new Error('too many at a time')
    }
  ), { numRuns: 200 })
})

t.test('results come in the order of the calls, not of their ends', async t => {
  const places: number[] = []
  const { lot } = begin([['done'], ['done']], {
    start: ({ index, candidate }) => ({
      ...new Account().attempt({ index, candidate }, 'done'),
      outcome: delay(index === 0 ? 20 : 1).then(() => { places.push(index); return { ...success, warnings: [String(index)] } })
    })
  })
  t.match(await lot.outcome, { successes: [{ warnings: ['0'] }, { warnings: ['1'] }], missing: 0 })
  t.same(places, [1, 0])
})

t.test('what all calls would meet is not tried with those that have not begun', async t => {
  for (const code of ['EDIT_ERR_CONTENT_REJECTED', 'EDIT_ERR_PROVIDER_AUTH', 'EDIT_ERR_PROVIDER_QUOTA', 'EDIT_ERR_PROVIDER_UNSUPPORTED', 'EDIT_ERR_PROVIDER_RATE_LIMITED', 'EDIT_ERR_PROVIDER_UNAVAILABLE'] as const) {
    const { lot, account } = begin([['done'], [code], ['done'], ['done']], { limit: 1 })
    t.match(await lot.outcome, { state: 'done', missing: 3, successes: { length: 1 }, failures: [{ error: { code } }] }, code)
    t.same(account.made, [0, 1])
  }
})

t.test('when all fail the one that stops a chain speaks, else the one that may have charged, and all their costs count', async t => {
  const ends = async (...fates: Fate[]) => await begin(fates.map(fate => [fate])).lot.outcome
  t.match(await ends('EDIT_ERR_PROVIDER_UNAVAILABLE', 'EDIT_ERR_OUTPUT_REJECTED', 'EDIT_ERR_CONTENT_REJECTED'), { state: 'failed', error: { code: 'EDIT_ERR_CONTENT_REJECTED' }, costUsd: 0.04 })
  t.match(await ends('EDIT_ERR_PROVIDER_UNAVAILABLE', 'EDIT_ERR_PROVIDER_TIMEOUT', 'EDIT_ERR_OUTPUT_REJECTED'), { error: { code: 'EDIT_ERR_OUTPUT_REJECTED' } })
  t.match(await ends('EDIT_ERR_PROVIDER_QUOTA', 'EDIT_ERR_PROVIDER_UNAVAILABLE'), { error: { code: 'EDIT_ERR_PROVIDER_QUOTA' }, costUsd: 0 })
})

t.test('each call is retried by itself, and told whether the others made something or are at it', async t => {
  const asked: unknown[] = []
  const retryDelay: LotOptions['retryDelay'] = ({ code }, tries, alone) => {
    asked.push([code, tries, alone])
    return code === 'EDIT_ERR_PROVIDER_UNAVAILABLE' ? 1 : undefined
  }
  const { lot, account } = begin([['EDIT_ERR_PROVIDER_UNAVAILABLE', 'done'], ['done']], { retryDelay, limit: 1 })
  t.match(await lot.outcome, { state: 'done', missing: 0 })
  t.same(account.made, [0, 0, 1])
  t.same(asked, [['EDIT_ERR_PROVIDER_UNAVAILABLE', 1, true]])
  await begin([['done'], ['EDIT_ERR_PROVIDER_TIMEOUT']], { retryDelay, limit: 1 }).lot.outcome
  t.same(asked.at(-1), ['EDIT_ERR_PROVIDER_TIMEOUT', 1, false])
})

t.test('nobody waits any more: no call begins, and none is made again', async t => {
  const { lot, account } = begin([['done'], ['done']], { limit: 1, isOver: () => true })
  t.match(await lot.outcome, { state: 'done', missing: 1, failures: [] })
  t.same(account.made, [0])
  const again = begin([['EDIT_ERR_PROVIDER_UNAVAILABLE', 'done']], { isOver: () => true, retryDelay: () => 1 })
  t.match(await again.lot.outcome, { state: 'failed' })
})

t.test('a call that finds no place waits for one of its own lot; alone it fails', async t => {
  const { lot, account } = begin([['done'], ['done'], ['done']], {}, new Account(1))
  t.match(await lot.outcome, { state: 'done', missing: 0 })
  t.same([account.made.toSorted(), account.mostInFlight], [[0, 1, 2], 1])
  t.match(await begin([['busy'], ['busy']]).lot.outcome, { state: 'failed', error: { details: { busy: true } } })
})

t.test('when it is ended every call is, and no other begins, not even after a pause', async t => {
  const { lot, account } = begin([['hangs'], ['EDIT_ERR_PROVIDER_UNAVAILABLE'], ['done']], { limit: 2, retryDelay: () => 60_000 })
  await delay(10)
  t.same([lot.isAtStake(), lot.canOutlive(), lot.hasDelivered()], [true, false, false])
  lot.end(reason)
  t.match(await lot.outcome, { state: 'failed', error: { code: 'EDIT_ERR_PROVIDER_TIMEOUT' } })
  t.same([account.made, account.inFlight], [[0, 1], 0])
})

t.test('past its slice jobs go on, and the rest is broken off', async t => {
  const { lot, account } = begin([['job'], ['hangs'], ['done'], ['done']], { limit: 2 })
  await delay(5)
  t.same([lot.isAtStake(), lot.canOutlive()], [true, true])
  lot.outlive(reason)
  await delay(5)
  t.same([account.outlived, account.made, account.inFlight], [[0], [0, 1], 1])
  lot.end(reason)
  t.match(await lot.outcome, { state: 'failed' })
})

t.test('a job of an earlier request is not made again when it has failed', async t => {
  const [candidate] = plan(request(), [offer()], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  const { lot, account } = begin([['EDIT_ERR_PROVIDER_UNAVAILABLE', 'done']], { calls: [{ candidate, index: 0, resume: { id: 1 } }], retryDelay: () => 1 })
  t.match(await lot.outcome, { state: 'failed' })
  t.same(account.made, [0])
})
