import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { serveAlone, servePair } from './pair.ts'

t.jobs = 8

const requests = 24

for (const { name, options, first: made, fault } of [
  { name: 'silent', options: {}, first: {}, fault: 'hang' },
  { name: 'with jobs that never end', options: { jobs: true }, first: { words: ['running'] }, fault: undefined }
]) {
  t.test(`with one vendor ${name} every edit succeeds, and once the breaker is open nobody waits for it`, { buffered: true }, async t => {
    const { edit, first, second } = await servePair(t, {
      first: made, options, settings: { shortestSliceMs: 1500, breakers: { consecutiveFailures: 4, openMs: 60_000 } }
    })
    if (fault !== undefined) first.script.next(requests, fault, 'POST')
    const before = await Promise.all(Array.from({ length: 4 }, () => edit()))
    t.ok(before.every(({ status, provider, attempts }) => status === 200 && provider === 'second' && attempts.length === 2), 'left after their slices')
    const after = await Promise.all(Array.from({ length: requests - 4 }, () => edit()))
    t.ok(after.every(({ status, attempts, skipped }) => status === 200 && attempts.length === 1 && skipped[0]?.reason === 'breaker'), 'straight to the second')
    t.equal(first.orders().length, 4)
    t.equal(second.orders().length, requests)
  })
}

t.test('one probe finds out that a vendor has recovered, and the others are not kept waiting for it', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t, { settings: { maxTries: 1, breakers: { consecutiveFailures: 2, openMs: 500 } } })
  first.script.next(2, 'unavailable')
  for (const expected of ['second', 'second']) t.equal((await edit()).provider, expected)
  t.equal(first.calls.length, 2)
  await delay(600)
  // It still fails: the one probe that is let through says so.
  first.script.next(1, 'unavailable')
  const probing = await Promise.all(Array.from({ length: 5 }, () => edit()))
  t.ok(probing.every(({ provider }) => provider === 'second'))
  t.equal(first.calls.length, 3)
  await delay(1200)
  t.equal((await edit()).provider, 'first', 'and when it is well again it is the first choice again')
  t.equal(second.orders().length, 7)
})

t.test('an alone provider that is being probed is a 503 for the others, not a failure', { buffered: true }, async t => {
  const { edit, first } = await serveAlone(t, { settings: { maxTries: 1, breakers: { consecutiveFailures: 1, openMs: 300 } } })
  first.script.next(1, 'unavailable')
  t.equal((await edit()).status, 502)
  await delay(400)
  first.script.next(1, 'delay:500')
  const replies = await Promise.all(Array.from({ length: 4 }, () => edit()))
  t.same(replies.map(({ status }) => status).toSorted(), [200, 503, 503, 503])
  for (const { headers } of replies.filter(({ status }) => status === 503)) t.equal(headers.get('retry-after'), '1')
  t.equal(first.calls.length, 2)
})

t.test('more edits than a vendor takes at once wait, and more than may wait go on to the next vendor', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t, { settings: { concurrency: { limit: 2, queue: 2 } } })
  first.script.next(9, 'delay:300')
  second.script.next(9, 'delay:300')
  const replies = await Promise.all(Array.from({ length: 7 }, () => edit()))
  t.ok(replies.every(({ status }) => status === 200))
  t.equal(first.orders().length, 4)
  t.equal(second.orders().length, 3)
  const passedOn = replies.filter(({ provider }) => provider === 'second')
  t.ok(passedOn.every(({ attempts: [busy] }) => busy?.billed === 'no' && busy.cost_usd === 0))
})

t.test('an edit whose slice ends while it waits for its turn has cost nothing, and the next vendor may be asked under every policy', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t, { settings: { shortestSliceMs: 1000, afterMaybeBilled: 'stop', concurrency: { limit: 1, queue: 9 } } })
  first.script.next(1, 'delay:3000')
  const slow = edit({ prompt: 'the one before' })
  while (first.calls.length === 0) await delay(5)
  const reply = await edit()
  t.match(reply, { status: 200, provider: 'second', attempts: [{ provider: 'first', code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'no', cost_usd: 0 }, { provider: 'second' }] })
  // Under `stop` nobody else may be asked for it once it was sent: it is not given up, as that would lose what is paid for.
  t.match(await slow, { status: 200, provider: 'first', attempts: { length: 1 } })
  t.equal(first.orders().length, 1)
  t.equal(second.orders().length, 1)
})
