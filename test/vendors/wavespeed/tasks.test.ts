import t from 'tap'
import { complete, qwen, seedream, start } from './client.ts'

const week = 7 * 24 * 60 * 60 * 1000

t.test('a task goes from created over processing to completed, by polls and by time', async t => {
  let now = 1_000_000
  const { create, poll, send } = await start(t, { polls: 2, taskMs: 5000, now: () => now })
  const created = await create(qwen)
  t.match(created.json.data, { status: 'created', outputs: [], created_at: '1970-01-01T00:16:40.000000000Z' })
  for (let polls = 0; polls < 4; polls++) t.match((await poll(created)).json.data, { status: 'processing', outputs: [] })
  now += 5000
  t.match((await poll(created)).json.data, { status: 'completed', outputs: [/^http:\/\/127\.0\.0\.1:\d+\/outputs\//], timings: { inference: 5000 } })
  for (const path of ['/api/v2/predictions/ID/result', '/api/v3/predictions/ID']) {
    t.match((await send(path.replace('ID', created.json.data?.id ?? ''))).json, { data: { status: 'completed' } })
  }
})

t.test('tasks and files are kept for a week, and shown to the key that made them', async t => {
  let now = 1_000_000
  const { create, poll, send, download } = await start(t, { polls: 0, accounts: { one: 1, two: 1 }, now: () => now })
  const created = await create(qwen)
  const other = { headers: { authorization: 'Bearer two' } }
  t.match(await send(`/api/v3/predictions/${created.json.data?.id}/result`, other), { status: 404, json: { code: 404, message: 'task not found' } })
  const url = (await poll(created)).json.data?.outputs?.[0]
  now += week - 1
  t.equal((await poll(created)).status, 200)
  t.equal((await download(url)).status, 200)
  now += 1
  t.equal((await poll(created)).status, 404)
  t.equal((await download(url)).status, 404)
  t.equal((await send('/api/v3/predictions/unknown/result')).status, 404)
})

t.test('results lie at another host, which knows no keys', async t => {
  const { emulator, create, download } = await start(t)
  const { json } = await create(qwen, { enable_sync_mode: true })
  const url = json.data?.outputs?.[0] ?? ''
  t.not(new URL(url).host, new URL(emulator.url).host)
  t.equal((await download(url)).status, 200)
  t.match(emulator.storage.calls, [{ method: 'GET', path: /^\/outputs\//, status: 200 }])
  t.equal((await download(`${emulator.storage.url}/outputs/unknown`)).status, 404)
})

t.test('a synchronous call is answered with the result, with base64 if that is asked for', async t => {
  const { create } = await start(t, { polls: 9, taskMs: 59_000 })
  t.match((await create(qwen, { enable_sync_mode: true })).json.data, { status: 'completed', outputs: [/^http/] })
  const { json } = await create(qwen, { enable_sync_mode: true, enable_base64_output: true, output_format: 'png' })
  t.match(json.data, { outputs: [/^iVBORw0KGgo/] })
})

t.test('a synchronous call that takes too long is answered with 5004, and goes on', async t => {
  let now = 1_000_000
  const { create, poll } = await start(t, { polls: 0, taskMs: 61_000, now: () => now })
  const late = await create(seedream, { enable_sync_mode: true })
  t.match(late, { status: 200, json: { code: 200, data: { status: 'processing', code: 5004, error: /^Sync mode timed out/, urls: { get: /\/result$/ } } } })
  t.match((await poll(late)).json.data, { status: 'processing' })
  now += 61_000
  t.match((await poll(late)).json.data, { status: 'completed' })
})

t.test('a synchronous call may be answered like any other, and an asynchronous one at once', async t => {
  const { create, poll } = await start(t, { polls: 0 })
  const cases = { sync_timeout: 'processing', sync_processing: 'processing', sync_created: 'created' }
  for (const [fault, status] of Object.entries(cases)) {
    const answer = await create(qwen, { enable_sync_mode: true, prompt: `[fault:${fault}]` })
    t.match(answer, { status: 200, json: { data: { status } } }, fault)
    t.match((await poll(answer)).json.data, { status: 'completed' })
  }
  t.match((await create(qwen, { prompt: '[fault:completed_at_once]' })).json.data, { status: 'completed' })
})

t.test('a task that ends badly is refunded', async t => {
  const { emulator, create, poll } = await start(t, { polls: 0 })
  const ends = { task_failed: 'failed', task_moderated: 'failed', task_unfunded: 'failed', task_cancelled: 'cancelled', task_timeout: 'timeout', task_deleted: 'deleted' }
  for (const [fault, status] of Object.entries(ends)) {
    const created = await create(qwen, { prompt: `[fault:${fault}]` })
    t.equal(emulator.balance(), 99.98)
    t.match((await poll(created)).json.data, { status, outputs: [] })
    t.match((await poll(created)).json.data, { status })
    t.equal(emulator.balance(), 100)
    t.match((await create(qwen, { prompt: `[fault:${fault}]`, enable_sync_mode: true })).json.data, { status })
  }
  t.equal(emulator.spent(), 0)
})

t.test('the work goes on behind a gateway that has given up, and behind a broken connection', async t => {
  const { emulator, create, post } = await start(t)
  emulator.script.next(1, 'gateway_timeout')
  t.match(await create(qwen, { enable_sync_mode: true }), { status: 504, text: /<html>/ })
  emulator.script.next(1, 'reset_after')
  await t.rejects(create(qwen))
  t.equal(emulator.spent(), 0.04)
  t.equal((await post('/api/v3/predictions', { page: 1, page_size: 100 })).json.data?.items?.length, 2)
})

t.test('the history lists a key\'s own tasks by page, model, state and time', async t => {
  let now = Date.parse('2026-09-01T12:00:00Z')
  const { emulator, create, post } = await start(t, { polls: 0, now: () => now, accounts: { one: 1, two: 1 } })
  for (const model of [qwen, qwen, seedream] as const) {
    await create(model)
    now += 1000
  }
  const list = async (query: object, headers = {}) => (await post('/api/v3/predictions', { page: 1, page_size: 100, ...query }, headers)).json.data
  t.match(await list({}), { page: 1, total: 3, items: [{ model: seedream, status: 'processing', created_at: '2026-09-01T12:00:02.000000000Z' }, { model: qwen }, { model: qwen }] })
  t.match((await list({ page: 2, page_size: 2 }))?.items?.length, 1)
  t.equal((await list({ model: qwen }))?.items?.length, 2)
  t.equal((await list({ status: 'completed' }))?.items?.length, 0)
  t.equal((await list({ created_after: '2026-09-01T12:00:01Z' }))?.items?.length, 2)
  t.equal((await list({ created_before: '2026-09-01T12:00:01.000Z' }))?.items?.length, 2)
  t.equal((await list({}, { authorization: 'Bearer two' }))?.items?.length, 0)
  t.notOk('inputs' in ((await list({}))?.items?.[0] ?? {}))
  t.equal(emulator.spent(), 0.08)
  for (const query of [{ page_size: 101 }, { page: 0 }, { page: undefined }, { created_after: 'yesterday' }, { user: 'x' }]) {
    t.match(await post('/api/v3/predictions', { page: 1, page_size: 1, ...query }), { status: 400 })
  }
  t.match(await post('/api/v3/predictions', 'no json'), { status: 400 })
  now += week
  t.equal((await list({}))?.items?.length, 0)
})

t.test('history and results tell what was asked for, if they are to', async t => {
  const { create, poll, post } = await start(t, { showInputs: true })
  const created = await create(qwen, { seed: 7 })
  const inputs = { prompt: 'a green ball', images: ['inline'], seed: 7 }
  t.match((await post('/api/v3/predictions', { page: 1, page_size: 1 })).json.data?.items, [{ inputs }])
  t.match((await poll(created)).json.data, { inputs })
  t.same(complete[qwen].images.length, 1)
})
