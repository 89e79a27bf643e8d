import t from 'tap'
import type { ErrorCode } from '../../core/errors.ts'
import { Health, type HealthOptions } from '../../core/health.ts'

const key = { provider: 'acme', model: 'paint', operation: 'erase' }
const other = { ...key, model: 'draw' }

function create (options: Partial<HealthOptions> = {}) {
  const clock = { now: 1000 }
  const health = new Health({ consecutiveFailures: 3, openMs: 100, maxOpenMs: 300, refusedMs: 1000, windowMs: 500, minCalls: 10, ...options }, () => clock.now)
  const call = (code: ErrorCode | null, more = {}) => {
    const permit = health.admit(key)
    if (permit === null) throw new TypeError('not admitted')
    permit.end({ code, ms: 10, ...more })
  }
  return { clock, health, call }
}

const fail = 'EDIT_ERR_PROVIDER_UNAVAILABLE'

t.test('a breaker opens after failures in a row, for that model and operation alone', async t => {
  const { health, call } = create()
  call(fail)
  call(fail)
  call(null)
  call(fail)
  call(fail)
  t.match(health.condition(key), { state: 'closed' })
  call(fail)
  t.same(health.condition(key), { state: 'open', retryAfterMs: 100, code: fail })
  t.equal(health.admit(key), null)
  t.match(health.condition(other), { state: 'closed' })
  t.ok(health.admit(other))
  t.same(health.troubles('acme'), [{ model: 'paint', operation: 'erase', state: 'open', retryAfterMs: 100, code: fail }])
  t.same(health.troubles('nobody'), [])
})

t.test('a breaker opens when too large a share of the last calls failed', async t => {
  const { health, call, clock } = create({ consecutiveFailures: 99 })
  for (let turn = 0; turn < 5; turn++) { call(null); call(fail) }
  t.match(health.condition(key), { state: 'open' })
  const calm = create({ consecutiveFailures: 99 })
  for (let turn = 0; turn < 20; turn++) { calm.call(turn % 2 === 0 ? null : fail); calm.clock.now += 200 }
  t.match(calm.health.condition(key), { state: 'closed' }, 'old calls do not count')
  t.ok(clock.now)
})

t.test('the longest rest bounds the first one, too', async t => {
  const { health, call } = create({ openMs: 100, maxOpenMs: 40 })
  for (let turn = 0; turn < 3; turn++) call(fail)
  t.match(health.condition(key), { state: 'open', retryAfterMs: 40 })
})

t.test('without a rest the next call is the probe', async t => {
  const { health, call } = create({ openMs: 0, refusedMs: 0, maxOpenMs: 0 })
  for (const code of [fail, fail, fail, fail, 'EDIT_ERR_PROVIDER_AUTH', 'EDIT_ERR_PROVIDER_RATE_LIMITED'] as const) call(code, { retryAfterMs: 9000 })
  t.match(health.condition(key), { state: 'half-open', retryAfterMs: 0 })
  call(null)
  t.match(health.condition(key), { state: 'closed' })
})

t.test('when its time is up one probe goes through and decides', async t => {
  const { health, call, clock } = create()
  for (let turn = 0; turn < 3; turn++) call(fail)
  clock.now += 100
  t.same(health.condition(key), { state: 'half-open', retryAfterMs: 0, code: fail })
  const probe = health.admit(key)
  t.ok(probe)
  t.equal(health.admit(key), null, 'a second one waits for the probe')
  probe?.end({ code: fail, ms: 5 })
  t.match(health.condition(key), { state: 'open', retryAfterMs: 200 }, 'twice as long')
  clock.now += 200
  call(fail)
  t.match(health.condition(key), { retryAfterMs: 300 }, 'but never above the longest')
  clock.now += 300
  call(null)
  t.match(health.condition(key), { state: 'closed' })
  for (let turn = 0; turn < 3; turn++) call(fail)
  t.match(health.condition(key), { retryAfterMs: 100 }, 'and begins anew')
})

t.test('a probe whose caller went away says nothing, the next one decides', async t => {
  const { health, call, clock } = create()
  for (let turn = 0; turn < 3; turn++) call(fail)
  clock.now += 100
  const probe = health.admit(key)
  probe?.end()
  probe?.end({ code: fail, ms: 5 })
  t.match(health.condition(key), { state: 'half-open' })
  call('EDIT_ERR_CONTENT_REJECTED')
  t.match(health.condition(key), { state: 'closed' }, 'a vendor that moderates works')
})

t.test('a refused key or an empty credit opens the whole provider at once', async t => {
  for (const code of ['EDIT_ERR_PROVIDER_AUTH', 'EDIT_ERR_PROVIDER_QUOTA'] as const) {
    const { health, call, clock } = create()
    call(code)
    t.same(health.condition(other), { state: 'open', retryAfterMs: 1000, code })
    t.match(health.troubles('acme'), [{ model: null, operation: null, code }])
    clock.now += 1000
    call(null)
    t.match(health.condition(other), { state: 'closed' })
  }
})

t.test('a rate limit rests the model as long as the vendor says, and does not lengthen the next rest', async t => {
  const { health, call, clock } = create()
  call('EDIT_ERR_PROVIDER_RATE_LIMITED', { retryAfterMs: 250 })
  t.match(health.condition(key), { state: 'open', retryAfterMs: 250 })
  clock.now += 250
  call('EDIT_ERR_PROVIDER_RATE_LIMITED')
  t.match(health.condition(key), { retryAfterMs: 100 })
})

t.test('the latency is smoothed over successful calls', async t => {
  const { health, call } = create()
  t.equal(health.latencyMs(key), undefined)
  call(null, { ms: 100 })
  call(fail, { ms: 9999 })
  call(null, { ms: 200 })
  t.equal(health.latencyMs(key), 120)
})

t.test('the defaults are a real clock and the documented limits', async t => {
  const health = new Health()
  health.admit(key)?.end({ code: 'EDIT_ERR_PROVIDER_AUTH', ms: 1 })
  const { retryAfterMs } = health.condition(key)
  t.ok(retryAfterMs > 50_000 && retryAfterMs <= 60_000)
})
