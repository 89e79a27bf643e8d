import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { serveSocket } from '../core/upstream/servers.ts'
import { jsonAnswer } from '../vendors/answer.ts'
import { serve, type Service } from './chain.ts'
import { createLine } from './line.ts'
import { serveAlone, servePair } from './pair.ts'
import { endless } from './sabotages.ts'
import { createVendor } from './vendor.ts'

t.jobs = 8

/** Longer than any pause, slice or poll that could still bring a call. */
const afterwards = async () => await delay(1300)
const shortSlice = { shortestSliceMs: 1000, deadlineMs: 30_000 }

async function until (holds: () => boolean): Promise<void> {
  while (!holds()) await delay(5)
}

/** Sends an edit, leaves as soon as `when` says so, and waits until the service knows. */
async function leave (t: Test, { edit, logs }: Service, when: () => boolean | Promise<unknown>): Promise<void> {
  const controller = new AbortController()
  const running = edit({}, controller.signal).then(() => 'answered', () => 'left')
  const moment = when()
  await (typeof moment === 'boolean' ? until(() => when() === true) : moment)
  controller.abort()
  t.equal(await running, 'left')
  await until(() => logs.some(({ msg }) => msg === 'the caller left before the edit was done'))
}

t.test('a call that is under way is broken off: its connection closes', { buffered: true }, async t => {
  const arrived = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  const { origin } = await serveSocket(t, socket => {
    socket.once('data', () => arrived.resolve())
    socket.once('close', () => closed.resolve())
  })
  const second = await createVendor(t)
  const service = await serve(t, { first: { baseUrl: origin }, second: { baseUrl: second.url } })
  await leave(t, service, () => arrived.promise)
  await closed.promise
  await afterwards()
  t.equal(second.calls.length, 0)
})

t.test('a job is cancelled, and polled no more', { buffered: true }, async t => {
  const service = await servePair(t, { first: { words: ['running'] }, options: { jobs: true } })
  const { first, second } = service
  await leave(t, service, () => first.calls.length > 2)
  await until(() => first.cancelled().length === 1)
  const { length } = first.calls
  await afterwards()
  t.equal(first.calls.length, length)
  t.equal(first.calls.filter(({ method }) => method === 'PUT').length, 1)
  t.equal(second.calls.length, 0)
})

t.test('a job that outlived its slice is cancelled too, and the call that runs beside it broken off', { buffered: true }, async t => {
  const service = await servePair(t, { first: { words: ['running'] }, options: { jobs: true }, settings: shortSlice })
  const { first, second } = service
  second.script.next(1, 'hang')
  await leave(t, service, () => second.calls.length > 0)
  await until(() => first.cancelled().length === 1)
  const { length } = first.calls
  await afterwards()
  t.equal(first.calls.length, length)
  t.equal(second.calls.length, 1)
})

t.test('a job whose picture is being fetched costs no further call', { buffered: true }, async t => {
  const first = await createVendor(t, { words: ['done'], resultUrl: id => `${line.url}/v1/files/${id}.png` })
  const line = await createLine(t, first.url)
  line.next(9, endless['a body that drips'], 'GET /v1/files')
  const service = await serve(t, { first: { baseUrl: line.url, jobs: true } })
  await leave(t, service, () => line.hits() > 0)
  const { length } = first.calls
  await afterwards()
  t.equal(first.calls.length, length)
})

t.test('a retry that waits for its time is not made', { buffered: true }, async t => {
  const service = await serveAlone(t)
  service.first.script.next(9, { instead: jsonAnswer(429, { error: 'slow down' }, { 'retry-after': '1' }) })
  await leave(t, service, () => service.first.calls.some(({ status }) => status === 429))
  await delay(1500)
  t.equal(service.first.calls.length, 1)
})

t.test('an edit that waits for its turn is never sent', { buffered: true }, async t => {
  const service = await serveAlone(t, { settings: { concurrency: { limit: 1 } } })
  const { first, edit } = service
  first.script.next(1, 'delay:1000')
  const running = edit({ prompt: 'the one before' })
  await until(() => first.calls.length === 1)
  await leave(t, service, () => delay(100))
  t.equal((await running).status, 200)
  await afterwards()
  t.same(first.accepted.map(({ prompt }) => prompt), ['the one before'])
})

t.test('a caller who leaves is nobody\'s failure', { buffered: true }, async t => {
  const service = await serveAlone(t, { options: { expectedSeconds: 60 }, settings: { breakers: { consecutiveFailures: 1 } } })
  service.first.script.next(1, 'hang')
  await leave(t, service, () => service.first.calls.length > 0)
  t.equal((await service.edit()).status, 200)
})

t.test('a caller who leaves a whole chain of faults behind leaves no connection open', { buffered: true }, async t => {
  const sockets = new Set<object>()
  const { origin } = await serveSocket(t, socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const service = await serve(t, { first: { baseUrl: origin } })
  const controllers = Array.from({ length: 10 }, () => new AbortController())
  const running = controllers.map(({ signal }) => service.edit({}, signal).catch(() => {}))
  await until(() => sockets.size === 10)
  controllers.forEach(controller => controller.abort())
  await Promise.all(running)
  await until(() => sockets.size === 0)
  t.pass('all have closed')
})
