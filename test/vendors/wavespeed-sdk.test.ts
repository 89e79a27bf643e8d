import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import wavespeed from 'wavespeed'
import { complete, dataUri, image, nano, qwen, seedream, size, start } from './wavespeed/client.ts'

/** The vendor's own client against the emulator, without its patience. */
async function startSdk (t: Parameters<typeof start>[0], options: Parameters<typeof start>[1] = {}) {
  const { emulator } = await start(t, options)
  const client = new wavespeed.Client(emulator.key, { baseUrl: emulator.url, retryInterval: 0.01 })
  return { emulator, client }
}

async function fetchPicture (url: unknown) {
  const response = await fetch(String(url))
  return await sharp(Buffer.from(await response.arrayBuffer())).metadata()
}

t.test('the vendor\'s client runs a task and waits for it', async t => {
  const { emulator, client } = await startSdk(t, { polls: 2 })
  const { outputs } = await client.run(nano, { ...complete[nano], aspect_ratio: '4:3', resolution: '4k' }, { pollInterval: 0.01 })
  t.match(await fetchPicture(outputs[0]), { format: 'png', width: 256, height: 192 })
  t.same(emulator.calls.map(({ method, status }) => [method, status]), [['POST', 200], ['GET', 200], ['GET', 200], ['GET', 200]])
  t.equal(emulator.spent(), 0.15)
})

t.test('the vendor\'s client runs a task in one request', async t => {
  const { emulator, client } = await startSdk(t)
  const { outputs } = await client.run(qwen, { ...complete[qwen], output_format: 'webp' }, { enableSyncMode: true })
  t.match(await fetchPicture(outputs[0]), { format: 'webp', ...size })
  t.equal(emulator.calls.length, 1)

  const base64 = await client.run(seedream, { ...complete[seedream], enable_base64_output: true }, { enableSyncMode: true })
  t.match(await sharp(Buffer.from(String(base64.outputs[0]), 'base64')).metadata(), { format: 'jpeg', width: 2048 })
})

t.test('the vendor\'s client uploads a file, and the file can be edited', async t => {
  const { emulator, client } = await startSdk(t)
  const directory = t.testdir({ 'ball.png': image })
  const url = await client.upload(join(directory, 'ball.png'))
  const { outputs } = await client.run(qwen, { prompt: 'a green ball', images: [url] }, { enableSyncMode: true })
  t.match(await fetchPicture(outputs[0]), size)
  t.match(emulator.calls[0]?.fields, { filename: 'ball.png', content_type: 'image/png', size: String(image.length) })
  t.equal(emulator.storage.calls[0]?.headers.authorization, undefined)
})

t.test('the vendor\'s client understands a synchronous call that ran out of time, and failed tasks', async t => {
  const { client } = await startSdk(t)
  const late = await client.runNoThrow(qwen, { prompt: '[fault:sync_timeout]', images: [dataUri(image)] }, { enableSyncMode: true })
  t.match(late, { outputs: null, detail: { status: 'processing', taskId: /^[0-9a-f]{32}$/ } })
  const ends = { task_failed: /Something went wrong/, task_cancelled: /Task cancelled/, task_timeout: /took too long/, task_deleted: /Task deleted/ }
  for (const [fault, message] of Object.entries(ends)) {
    await t.rejects(client.run(qwen, { prompt: `[fault:${fault}]`, images: [dataUri(image)] }, { pollInterval: 0.01 }), { message })
  }
})

t.test('the vendor\'s client never sends a task twice', async t => {
  const { emulator, client } = await startSdk(t)
  for (const fault of ['internal_error', 'too_many_requests', 'reset_after']) {
    const before = emulator.calls.length
    emulator.script.next(1, fault)
    await t.rejects(client.run(qwen, complete[qwen]))
    t.equal(emulator.calls.length, before + 1)
  }
})
