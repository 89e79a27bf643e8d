/** The sixteen faults by which gateways are compared, on edits. Each has many more sisters in the matrix beside this file. */
import { setTimeout as delay } from 'node:timers/promises'
import sharp from 'sharp'
import t from 'tap'
import { jsonAnswer } from '../vendors/answer.ts'
import { image, mask, prompt, type Reply } from './chain.ts'
import { checkMoney } from './money.ts'
import { serveAlone, servePair } from './pair.ts'

t.jobs = 8

const limited = (retryAfter: string) => ({ instead: jsonAnswer(429, { error: 'slow down' }, { 'retry-after': retryAfter }) })
const shortSlice = { shortestSliceMs: 1000 }
const trail = ({ attempts }: Reply) => attempts.map(({ provider, code, billed }) => [provider, code?.replace('EDIT_ERR_PROVIDER_', '') ?? null, billed].join(' '))

t.test('1. connection refused: the next vendor is asked, and nobody has been paid twice', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t, { options: { baseUrl: 'http://127.0.0.1:1' } })
  const reply = await edit()
  t.same(trail(reply), ['first UNAVAILABLE no', 'first UNAVAILABLE no', 'second  yes'])
  checkMoney(t, reply, { vendors: { first, second }, policy: 'next' })
})

t.test('2. a 401 for the key: the next vendor is asked, and the provider rests', { buffered: true }, async t => {
  const { edit, first } = await servePair(t)
  first.script.next(9, 'status:401')
  t.same(trail(await edit()), ['first AUTH no', 'second  yes'])
  t.match(await edit(), { provider: 'second', attempts: [{ provider: 'second' }], skipped: [{ provider: 'first', reason: 'breaker' }] })
  t.equal(first.calls.length, 1)
})

t.test('3. a 402 for the credit: the next vendor is asked, and the provider rests', { buffered: true }, async t => {
  const { edit, first } = await servePair(t)
  first.script.next(9, 'status:402')
  t.same(trail(await edit()), ['first QUOTA no', 'second  yes'])
  t.match(await edit({ operation: 'general_edit' }), { provider: 'second', skipped: [{ provider: 'first', reason: 'breaker' }] }, 'for everything that it does')
  t.equal(first.calls.length, 1)
})

t.test('4. a 429 with Retry-After: others are asked meanwhile, and where there are none the time is waited', { buffered: true }, async t => {
  const { edit, first } = await servePair(t)
  first.script.next(1, limited('60'))
  t.same(trail(await edit()), ['first RATE_LIMITED no', 'second  yes'])
  t.match(await edit(), { provider: 'second', skipped: [{ provider: 'first', reason: 'breaker' }] })
  t.equal(first.calls.length, 1, 'it is left in peace')
  const alone = await serveAlone(t)
  alone.first.script.next(1, limited('1'))
  const waited = await alone.edit()
  t.same(trail(waited), ['first RATE_LIMITED no', 'first  yes'])
  checkMoney(t, waited, { vendors: { first: alone.first }, policy: 'next' })
})

t.test('5. a retry storm: an outage is not amplified by more than a tenth', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t, { settings: { breakers: { consecutiveFailures: 1000, minCalls: 1000 } } })
  first.script.next(1000, 'unavailable')
  const requests = 60
  for (let sent = 0; sent < requests; sent += 10) {
    for (const { provider } of await Promise.all(Array.from({ length: 10 }, () => edit()))) t.equal(provider, 'second')
  }
  t.ok(first.calls.length <= requests * 1.1 + 1, `${first.calls.length} calls`)
  t.equal(second.orders().length, requests)
})

t.test('6. a refusal of the content is not shopped around', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t)
  first.script.next(1, { instead: jsonAnswer(403, { refused: 'before' }) })
  t.match(await edit(), { status: 422, code: 'EDIT_ERR_CONTENT_REJECTED', attempts: { length: 1 } })
  t.equal(first.calls.length, 1)
  t.equal(second.calls.length, 0)
})

t.test('7. a silent upstream is left when its slice is over, long before the deadline', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t, { settings: { ...shortSlice, deadlineMs: 60_000 } })
  first.script.next(1, 'hang')
  const reply = await edit()
  t.same(trail(reply), ['first TIMEOUT maybe', 'second  yes'])
  checkMoney(t, reply, { vendors: { first, second }, policy: 'next' })
})

t.test('8. a slow drip: that something comes is not that it will end', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t, { settings: { ...shortSlice, deadlineMs: 60_000 } })
  first.script.next(1, 'slow_body:20000')
  const reply = await edit()
  t.same(trail(reply), ['first TIMEOUT maybe', 'second  yes'])
  checkMoney(t, reply, { vendors: { first, second }, policy: 'next' })
})

t.test('9. a reset in the body: it is not sent again to the vendor who has done the work', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t)
  first.script.next(1, 'truncated_body')
  const reply = await edit()
  t.same(trail(reply), ['first RESPONSE maybe', 'second  yes'])
  t.equal(first.orders().length, 1)
  checkMoney(t, reply, { vendors: { first, second }, policy: 'next' })
})

t.test('10. a malformed 200 is no success', { buffered: true }, async t => {
  const { edit, first } = await servePair(t)
  first.script.next(1, 'html_200')
  t.same(trail(await edit()), ['first RESPONSE maybe', 'second  yes'])
})

t.test('11. a truncated picture is no picture, though its head is faultless', { buffered: true }, async t => {
  const { edit, first } = await servePair(t)
  first.script.next(1, { change: answer => ({ ...answer, body: answer.body.subarray(0, answer.body.length - 30) }) })
  const reply = await edit()
  t.same(trail(reply), ['first EDIT_ERR_OUTPUT_REJECTED yes', 'second  yes'])
  t.equal((await sharp(Buffer.from(String(reply.picture).split(',')[1] ?? '', 'base64')).raw().toBuffer()).length > 0, true)
})

t.test('12. a timeout after the order was accepted is not repeated', { buffered: true }, async t => {
  for (const options of [{}, { jobs: true }]) {
    const { edit, first, second } = await servePair(t, { options, settings: { ...shortSlice, afterMaybeBilled: 'next' } })
    first.script.next(9, 'delay:5000', 'POST')
    const reply = await edit()
    t.same(trail(reply), ['first TIMEOUT maybe', 'second  yes'])
    t.equal(first.orders().length, 1)
    checkMoney(t, reply, { vendors: { first, second }, policy: 'next' })
  }
})

t.test('13. the next vendor gets the picture, the mask and the words, byte by byte', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t)
  first.script.next(1, 'reset_after')
  const reply = await edit({ seed: 7 })
  t.equal(reply.provider, 'second')
  const [order] = second.accepted
  t.same(order, first.accepted[0], 'the same as the first')
  t.match(order, { prompt, image: image.toString('base64'), seed: 7 })
  const pixels = async (png: Buffer) => await sharp(png).toColourspace('b-w').extractChannel(0).raw().toBuffer()
  t.same(await pixels(Buffer.from(order?.mask ?? '', 'base64')), await pixels(mask))
  t.same(reply.warnings, [])
})

t.test('14. a single provider has a breaker too', { buffered: true }, async t => {
  const breakers = { consecutiveFailures: 2 }
  const ways = [
    { fault: 'status:500' },
    { fault: 'hang', deadlineMs: 800 },
    { fault: 'nothing goes wrong but the time', options: { jobs: true }, first: { words: ['running'] }, deadlineMs: 800 }
  ]
  for (const { fault, deadlineMs = 5000, ...rest } of ways) {
    const { edit, first } = await serveAlone(t, { ...rest, settings: { breakers, deadlineMs, maxTries: 1 } })
    if (!fault.includes(' ')) first.script.next(9, fault)
    for (const time of ['first', 'second']) t.not((await edit()).code, 'EDIT_ERR_NO_PROVIDER_AVAILABLE', time)
    const refused = await edit()
    t.match(refused, { status: 503, code: 'EDIT_ERR_NO_PROVIDER_AVAILABLE', attempts: [], skipped: [{ provider: 'first', reason: 'breaker' }] }, fault)
    t.equal(refused.headers.get('retry-after'), '30')
    t.equal(first.orders().length, 2, 'nobody calls')
  }
})

t.test('15. a client who disconnects stops the work', { buffered: true }, async t => {
  const { edit, first, second, logs } = await servePair(t, { settings: shortSlice })
  first.script.next(1, 'hang')
  const leave = new AbortController()
  const running = edit({}, leave.signal)
  while (first.calls.length === 0) await delay(5)
  leave.abort()
  await t.rejects(running)
  while (!logs.some(({ msg }) => msg === 'the caller left before the edit was done')) await delay(5)
  // Longer than the slice after which the second would be asked.
  await delay(1300)
  t.equal(first.calls.length, 1)
  t.equal(second.calls.length, 0)
})

t.test('16. all are down: a 503 with Retry-After, at once and without a call', { buffered: true }, async t => {
  const { edit, first, second } = await servePair(t, { settings: { breakers: { consecutiveFailures: 1 }, maxTries: 1 } })
  for (const { script } of [first, second]) script.next(9, 'unavailable')
  t.match(await edit(), { status: 502, code: 'EDIT_ERR_ALL_PROVIDERS_FAILED', attempts: { length: 2 } })
  const refused = await edit()
  t.match(refused, { status: 503, code: 'EDIT_ERR_NO_PROVIDER_AVAILABLE', attempts: [], skipped: { length: 2 } })
  t.equal(refused.headers.get('retry-after'), '30')
  t.equal(first.calls.length + second.calls.length, 2)
})
