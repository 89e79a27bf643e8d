import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { oneCallEach } from '../../fixtures/one-call-each.ts'
import { prefix } from './studio.ts'
import { buildWavespeedStudio, edit } from './wavespeed-studio.ts'

const key = { 'idempotency-key': 'k-1' }
const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

t.test('a request that is sent again with its key is answered from the first, and nothing is paid', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  const first = await post('/edit/process', edit, key)
  const spent = emulator.spent()
  t.match(first, { status: 200, headers: { 'idempotency-replayed': undefined } })
  const again = await post('/edit/process', edit, { 'idempotency-key': '"k-1"' })
  t.match(again, { status: 200, headers: { 'idempotency-replayed': 'true' } })
  t.same(again.body, first.body)
  t.equal(emulator.spent(), spent)
  t.match(await post('/edit/process', { ...edit, prompt: 'a red ball' }, key), {
    status: 422, body: { detail: { code: 'EDIT_ERR_INVALID_REQUEST', field: 'Idempotency-Key' } }
  })
  t.equal(emulator.spent(), spent)
})

t.test('requests with one key at the same time, and identical ones that may be joined, are one call', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  const keyed = await Promise.all(Array.from({ length: 5 }, async () => await post('/edit/process', edit, key)))
  t.equal(emulator.spent(), 0.02)
  t.same(keyed.map(({ status }) => status), [200, 200, 200, 200, 200])
  t.equal(keyed.filter(({ headers }) => headers['idempotency-replayed'] === 'true').length, 4)
  const joined = await Promise.all(Array.from({ length: 5 }, async () => await post('/edit/process', { ...edit, prompt: 'two balls', coalesce: true })))
  t.equal(emulator.spent(), 0.04)
  t.same(joined.map(({ status, headers }) => [status, headers['idempotency-replayed']]), joined.map(() => [200, undefined]))
  await Promise.all([1, 2].map(async () => await post('/edit/process', { ...edit, prompt: 'three balls' })))
  t.equal(emulator.spent(), 0.08, 'nobody is joined who does not want it')
})

t.test('a failure is replayed when it may have cost something, and tried again when it did not', async t => {
  const { emulator, post } = await buildWavespeedStudio(t, oneCallEach)
  const fields = { ...edit, fallback: 'none' }
  emulator.script.next(1, 'reset_after')
  const lost = await post('/edit/process', fields, key)
  t.match(lost, { status: 502, headers: { 'x-retouch-attempts': '1', 'x-retouch-cost-usd': '0.02', 'idempotency-replayed': undefined } })
  t.match(await post('/edit/process', fields, key), { status: 502, headers: { 'idempotency-replayed': 'true' }, body: lost.body })
  emulator.script.next(1, 'payment_required')
  const other = { 'idempotency-key': 'k-2' }
  t.match(await post('/edit/process', { ...fields, provider: 'wavespeed-seedream' }, other), { status: 502, headers: { 'x-retouch-cost-usd': '0' } })
  t.match(await post('/edit/process', { ...fields, provider: 'wavespeed-seedream' }, other), { status: 200, headers: { 'idempotency-replayed': undefined } })
})

t.test('a job that outlives the deadline is named, and the same key picks it up', async t => {
  let now = Date.now()
  const { emulator, post } = await buildWavespeedStudio(t, { deadlineMs: 1000 }, { taskMs: 1e6, now: () => now })
  const fields = { ...edit, provider: 'wavespeed-qwen', fallback: 'none' }
  const late = await post('/edit/process', fields, key)
  t.match(late, {
    status: 504,
    headers: { 'x-retouch-provider': 'wavespeed-qwen', 'x-retouch-model': 'qwen-edit-plus', 'x-retouch-attempts': '1', 'x-retouch-cost-usd': '0.02' },
    body: {
      detail: {
        code: 'EDIT_ERR_DEADLINE',
        message: /^no result within 1 s; the vendor goes on with it: send the same request with the same Idempotency-Key/,
        attempts: [{ billed: 'maybe' }],
        jobs: [{ provider: 'wavespeed-qwen', model: 'qwen-edit-plus', id: String }]
      }
    }
  })
  const [{ id }] = late.body.detail.jobs
  now += 1e6
  const picked = await post('/edit/process', fields, key)
  t.match(picked, { status: 200, headers: { 'idempotency-replayed': undefined }, body: { metadata: { attempts: [{ code: null, resumed: true }] } } })
  t.equal(emulator.spent(), 0.02)
  t.ok(emulator.calls.some(({ path }) => path.includes(id)), 'the id is the vendor\'s')
  t.match(await post('/edit/process', fields, key), { status: 200, headers: { 'idempotency-replayed': 'true' } })
})

t.test('without a key no job is left behind', async t => {
  const { post } = await buildWavespeedStudio(t, { deadlineMs: 1000 }, { taskMs: 1e6 })
  const { status, body } = await post('/edit/process', { ...edit, fallback: 'none' })
  t.equal(status, 504)
  t.equal(body.detail.message, 'no result within 1 s')
  t.notOk('jobs' in body.detail)
})

t.test('a caller who leaves finds the answer under the key', async t => {
  const { app, emulator, post } = await buildWavespeedStudio(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // It listens on TCP.
  emulator.script.next(1, 'delay:200')
  const client = httpRequest({
    host: '127.0.0.1', port, path: `${prefix}/edit/process`, method: 'POST', headers: { 'content-type': 'application/json', ...key }
  })
  client.on('error', () => {})
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  client.on('close', resolve)
  client.end(JSON.stringify(edit))
  while (app.edits.running() === 0) await new Promise(resolve => setImmediate(resolve))
  client.destroy()
  await closed
  t.match(await post('/edit/process', edit, key), { status: 200, headers: { 'idempotency-replayed': 'true' } })
  t.equal(emulator.spent(), 0.02)
})

t.test('the trace of the caller reaches the vendor with an id of ours, and nonsense does not', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  await post('/edit/process', edit, { traceparent: `00-${trace}-00f067aa0ba902b7-01` })
  t.ok(emulator.calls.length > 0)
  for (const { headers } of emulator.calls) t.match(headers.traceparent, new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`))
  const before = emulator.calls.length
  t.equal((await post('/edit/process', edit, { traceparent: 'nonsense' })).status, 200)
  for (const { headers } of emulator.calls.slice(before)) t.equal(headers.traceparent, undefined)
})

t.test('a key that is none is a 422 that names the header, and spends nothing', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  t.match(await post('/edit/process', edit, { 'idempotency-key': 'two words' }), {
    status: 422, body: { detail: [{ loc: ['header', 'Idempotency-Key'] }] }
  })
  t.same(emulator.calls, [])
})
