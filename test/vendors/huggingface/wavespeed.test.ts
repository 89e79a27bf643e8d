import t from 'tap'
import { base64, dataUri, start } from './client.ts'

const route = '/wavespeed/api/v3/wavespeed-ai/flux-2-dev/edit'
const complete = { prompt: 'a green apple', images: [dataUri] }

function pathOf ({ json }: { readonly json: unknown }): string {
  return `/wavespeed${new URL(/https:\/\/api\.wavespeed\.ai[^"]+/.exec(JSON.stringify(json))?.[0] ?? '').pathname}`
}

t.test('a task is created, worked on and completed', async t => {
  const { emulator, get, post } = await start(t)
  const created = await post(route, complete)
  t.match(created, { status: 200, json: { code: 200, message: 'success', data: { status: 'created', outputs: [], has_nsfw_contents: [] } } })
  t.match(await get(pathOf(created)), { status: 200, json: { data: { status: 'processing', outputs: [] } } })
  t.match(await get(pathOf(created)), { status: 200, json: { data: { status: 'completed', outputs: [/^http.*jpeg/], has_nsfw_contents: [false], error: '' } } })
  t.equal(emulator.spent(), 0.012)
  t.match(await get('/wavespeed/api/v3/predictions/none/result'), { status: 404, json: { code: 404, data: null } })
})

t.test('images come as data URIs or bare base64, in the field of the model; results as addresses or base64', async t => {
  const { get, post } = await start(t)
  const single = '/wavespeed/api/v3/wavespeed-ai/hidream-e1-full'
  t.match(await post(single, { prompt: 'x', image: base64 }), { status: 200 })
  t.match(await post(single, { prompt: 'x', image: dataUri, images: [base64] }), { status: 200 })
  const inline = await post(route, { ...complete, enable_base64_output: true, enable_sync_mode: true, output_format: 'png', size: '128*256' })
  t.match(inline, { status: 200, json: { data: { status: 'completed', outputs: [/^iVBOR/] } } })
  t.match((await get(pathOf(inline))).json, { data: { outputs: [/^iVBOR/] } })
  t.match(await post(route, { ...complete, enable_sync_mode: true, prompt: '[fault:processing]' }), { json: { data: { status: 'created' } } })
})

t.test('refuses what breaks its schema, in its envelope', async t => {
  const { emulator, post } = await start(t)
  const rows: Array<[body: unknown, message: RegExp]> = [
    [{ images: [dataUri] }, /^prompt is required$/],
    [{ prompt: 'x' }, /^images is required$/],
    [{ prompt: 'x', image: dataUri }, /^images is required$/],
    [{ ...complete, images: ['x'] }, /^images: is no image$/],
    [{ ...complete, images: [dataUri, dataUri, dataUri, dataUri] }, /^images: /],
    [{ ...complete, seed: 2_147_483_648 }, /^seed: /],
    [{ ...complete, output_format: 'jpg' }, /^output_format: /],
    [{ ...complete, size: '128x128' }, /^size: /],
    [{ ...complete, mask: dataUri }, /^mask: /]
  ]
  for (const [body, message] of rows) t.match(await post(route, body), { status: 400, json: { code: 400, message, data: null } }, String(message))
  const adapter = '/wavespeed/api/v3/wavespeed-ai/flux-kontext-dev-lora'
  t.match(await post(adapter, { prompt: 'x', image: dataUri }), { status: 400, json: { message: 'loras is required' } })
  t.equal((await post(adapter, { prompt: 'x', image: dataUri, loras: [{ path: 'a/b', scale: 1 }] })).status, 200)
  t.equal(emulator.spent(), 0.03)
})

t.test('a task fails, and is no one else\'s', async t => {
  const { emulator, get, post } = await start(t, { accounts: { hf_one: { credits: 1 }, hf_two: { credits: 1 } }, jobPolls: 0 })
  const end = async (fault: string) => (await get(pathOf(await post(route, { ...complete, prompt: `[fault:${fault}]` })))).json
  t.match(await end('job_fails'), { data: { status: 'failed', error: 'worker lost' } })
  t.match(await end('hidden_policy'), { data: { status: 'failed', error: /sensitive/ } })
  t.equal(emulator.spent(), 0)
  t.match(await end('nsfw'), { data: { status: 'completed', has_nsfw_contents: [true] } })
  t.match(await end('no_output'), { data: { status: 'completed', outputs: [] } })
  t.match(await end('unknown_status'), { data: { status: 'pondering' } })
  const created = await post(route, complete)
  t.equal((await get(pathOf(created), { authorization: 'Bearer hf_two' })).status, 404)
})
