import t from 'tap'
import { qwen, start } from './client.ts'

t.test('fails as the vendor fails, and charges nothing for it', async t => {
  const { emulator, create } = await start(t)
  const statuses = {
    bad_request: 400,
    content_refused: 400,
    insufficient_400: 400,
    unauthorized: 401,
    payment_required: 402,
    balance_not_enough: 403,
    forbidden: 403,
    not_found: 404,
    too_large: 413,
    too_many_requests: 429,
    internal_error: 500,
    api_bad_gateway: 502,
    api_unavailable: 503,
    api_timeout: 504
  }
  for (const [name, status] of Object.entries(statuses)) {
    emulator.script.next(1, name)
    t.match(await create(qwen), { status, json: { code: status, message: /[a-z]{3}/, data: null } })
    t.equal(emulator.script.hits(name), 1)
  }
  emulator.script.next(1, 'retry_after:7')
  emulator.script.next(1, 'retry_after')
  t.equal((await create(qwen)).headers.get('retry-after'), '7')
  t.equal((await create(qwen)).headers.get('retry-after'), '1')
  t.equal(emulator.spent(), 0)
})

t.test('hides an error behind status 200', async t => {
  const { emulator, create } = await start(t)
  const cases = { 'hidden:401': [401, 'Invalid API key'], 'hidden:1234': [1234, 'something went wrong'], hidden: [400, 'invalid parameters'] } as const
  for (const [fault, [code, message]] of Object.entries(cases)) {
    emulator.script.next(1, fault)
    t.match(await create(qwen), { status: 200, json: { code, message, data: null } })
  }
})

t.test('answers in every way in which its documentation can be read', async t => {
  const { emulator, create, poll } = await start(t, { polls: 0 })
  const answer = async (fault: string, changes = {}) => {
    emulator.script.next(1, fault)
    return await create(qwen, { enable_sync_mode: true, ...changes })
  }
  t.match((await answer('no_wrapper')).json, { id: String, status: 'completed' })
  t.same(Object.keys((await answer('bare')).json.data ?? {}), ['id'])
  t.match((await answer('nulls')).json.data, { id: String, status: null, outputs: null })
  t.match((await answer('strange_status')).json.data, { status: 'hibernating' })
  t.match((await answer('pending_status')).json.data, { status: 'pending' })
  t.match((await answer('foreign_urls')).json.data, { urls: { get: /stranger/ } })
  t.match((await answer('output_objects')).json.data, { outputs: [{ url: /^http/ }] })
  t.match((await answer('output_data_uris', { enable_base64_output: true })).json.data, { outputs: [/^data:image\/png;base64,/] })
  t.match((await answer('no_outputs')).json.data, { status: 'completed', outputs: [] })
  t.match((await answer('strange_outputs')).json.data, { outputs: [{ picture: 1 }] })
  t.match((await answer('bad_id')).json.data, { id: '../../balance' })
  t.notOk('has_nsfw_contents' in ((await answer('no_nsfw')).json.data ?? {}))
  t.match((await answer('task_nsfw')).json.data, { status: 'completed', has_nsfw_contents: [true] })

  const failed = await create(qwen, { prompt: '[fault:task_failed]' })
  emulator.script.next(1, 'error_object')
  t.match((await poll(failed)).json.data, { status: 'failed', error: { code: 'E1001', message: /Something went wrong/ } })
  emulator.script.next(1, 'task_status')
  t.match(await poll(failed), { status: 500, json: { data: { status: 'failed' } } })
  emulator.script.next(1, 'nulls')
  t.match((await poll(failed)).json.data, { outputs: null })
  emulator.script.next(1, 'output_objects')
  t.match((await poll(failed)).json.data, { outputs: [] })
})
