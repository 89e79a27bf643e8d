import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import sharp from 'sharp'
import t from 'tap'
import { oneCallEach } from '../fixtures/one-call-each.ts'
import { jsonAnswer } from '../vendors/answer.ts'
import type { WavespeedEmulator } from '../vendors/wavespeed/index.ts'
import { prefix } from './http-edit/studio.ts'
import { buildWavespeedStudio, edit, mask } from './http-edit/wavespeed-studio.ts'

const qwen = { ...edit, provider: 'wavespeed-qwen', fallback: 'none' }
const predictions = ({ calls }: WavespeedEmulator) => calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/edit-plus'))
const bytesOf = (url: string) => Buffer.from(url.split(',')[1] ?? '', 'base64')
const flat = async (background: string) => (await sharp({ create: { width: 64, height: 64, channels: 3, background } }).png().toBuffer()).toString('base64')
const [red, green, blue, white] = await Promise.all(['#f00', '#0f0', '#00f', '#fff'].map(flat))

t.test('three results are three predictions, each paid once, with seeds of their own', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  const { status, body } = await post('/edit/process', { ...qwen, n: 3, seed: 7 })
  t.equal(status, 200)
  t.equal(predictions(emulator).length, 3)
  t.equal(Math.round(emulator.spent() * 100), 6)
  t.same(predictions(emulator).map(({ fields }) => fields?.seed).toSorted(), ['7', '8', '9'])
  t.match(body.metadata, {
    requested: 3, delivered: 3, seed: 7, seeds: [7, 8, 9], cost_usd: 0.06, attempts: [{ code: null, cost_usd: 0.02 }, { code: null }, { code: null }], warnings: []
  })
  t.ok(body.metadata.adaptations.some(({ kind, detail }: { kind: string, detail: string }) => kind === 'count' && detail === '3 results are asked for in 3 calls, with the seeds 7, 8, 9'))
  t.equal(body.images.length, 3)
  t.equal(body.image_base64, body.images[0].image_base64)
  t.same(body.images.map(({ width, height, seed }: { width: number, height: number, seed: number }) => [width, height, seed]), [[320, 256, 7], [320, 256, 8], [320, 256, 9]])
  for (const { image_base64: url } of body.images) t.match(await sharp(bytesOf(url)).metadata(), { format: 'png', width: 320, height: 256 })
})

t.test('without a seed none is made up', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  t.match((await post('/edit/process', { ...qwen, n: 2 })).body.metadata, { seeds: [null, null], delivered: 2 })
  t.same(predictions(emulator).map(({ fields }) => fields?.seed), ['-1', '-1'])
})

t.test('one of three that fails leaves two, and is never bought again', async t => {
  for (const [fault, code, cost] of [['gateway_timeout', 'EDIT_ERR_PROVIDER_TIMEOUT', 0.06], ['payment_required', 'EDIT_ERR_PROVIDER_QUOTA', 0.04]] as const) {
    const { emulator, post } = await buildWavespeedStudio(t, oneCallEach)
    emulator.script.next(1, fault)
    const { status, headers, body } = await post('/edit/process', { ...qwen, fallback: 'auto', n: 3 })
    t.equal(status, 200, fault)
    t.equal(body.images.length, 2)
    t.match(body.metadata, { requested: 3, delivered: 2, cost_usd: 0.04, warnings: [/^2 of 3 results: what is missing has failed/] })
    t.same(body.metadata.attempts.map((attempt: { code: string }) => attempt.code).filter(Boolean), [code])
    t.equal(headers['x-retouch-cost-usd'], String(cost))
    t.equal(predictions(emulator).length, 3)
    t.ok(emulator.calls.every(({ method, path }) => method === 'GET' || path.endsWith('/edit-plus') || path.endsWith('/predictions')), 'nobody else is asked')
  }
})

t.test('a call that was surely not accepted is made again', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  emulator.script.next(1, { instead: jsonAnswer(429, { code: 429, message: 'too many' }, { 'retry-after': '1' }) })
  const { body } = await post('/edit/process', { ...qwen, n: 3 })
  t.match(body.metadata, { delivered: 3, cost_usd: 0.06, warnings: [], attempts: { length: 4 } })
  t.equal(Math.round(emulator.spent() * 100), 6)
})

t.test('of three jobs that are polled one times out: the others are there at the deadline', async t => {
  const { emulator, post } = await buildWavespeedStudio(t, { deadlineMs: 2000 })
  emulator.script.next(1, 'hang', '/edit-plus')
  const { status, body } = await post('/edit/process', { ...qwen, n: 3 })
  t.equal(status, 200)
  t.match(body.metadata, { delivered: 2, warnings: [/^2 of 3 results/], cost_usd: 0.04 })
  t.match(body.metadata.attempts.filter((attempt: { code: string | null }) => attempt.code !== null), [{ code: 'EDIT_ERR_PROVIDER_TIMEOUT', billed: 'maybe' }])
  t.equal(predictions(emulator).length, 3)
})

t.test('a limit of cost is for all results together, and a plan tells it without a call', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  t.match((await post('/edit/process', { ...qwen, n: 3, max_cost_usd: 0.05 })).body.detail, {
    code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', skipped: [{ provider: 'wavespeed-qwen', reason: 'price', message: 'costs up to $0.06, the request allows $0.05' }]
  })
  const { body: { candidates: [first] } } = await post('/edit/plan', { ...qwen, n: 3, max_cost_usd: 0.06 })
  t.match(first, { provider: 'wavespeed-qwen', cost_usd: { min: 0.06, max: 0.06 } })
  t.match(first.adaptations.filter(({ kind }: { kind: string }) => kind === 'count'), [{ detail: '3 results are asked for in 3 calls' }])
  t.same(emulator.calls, [])
})

t.test('no more calls at a time than the account takes', async t => {
  const { emulator, post } = await buildWavespeedStudio(t, { concurrency: { limit: 2, queue: 0 } })
  let answered = 0
  let most = 0
  emulator.script.next(5, {
    change: answer => {
      most = Math.max(most, predictions(emulator).length - answered++)
      return answer
    }
  })
  t.match((await post('/edit/process', { ...qwen, n: 5 })).body.metadata, { delivered: 5 })
  t.equal(most, 2)
})

t.test('references reach the model in their order, after the image, which may be the first of them', async t => {
  const { emulator, post } = await buildWavespeedStudio(t, {}, { pixelScale: 1 / 4 })
  for (const provider of ['wavespeed-seedream', 'wavespeed-nano-banana']) {
    for (const images of [{ image_base64: white, images_base64: [red, `data:image/png;base64,${green}`, blue] }, { image_base64: undefined, images_base64: [white, red, green, blue] }]) {
      const before = emulator.calls.length
      const { status, body } = await post('/edit/process', { ...edit, ...images, provider, fallback: 'none', output_size: 'model' })
      t.equal(status, 200, JSON.stringify(body.detail))
      const [{ fields } = {}] = emulator.calls.slice(before).filter(({ method }) => method === 'POST')
      t.equal(fields?.images?.split(', ').length, 4)
      t.same(await thumbnails(bytesOf(body.image_base64), 3), ['red', 'green', 'blue'], provider)
    }
  }
})

t.test('a model that takes fewer images is passed by with the reason, or gets fewer where that is wished', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  const fields = { ...qwen, images_base64: [red, green, blue] }
  t.match((await post('/edit/process', fields)).body.detail, {
    code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', skipped: [{ provider: 'wavespeed-qwen', reason: 'images', message: 'takes 3 images, the request has 4' }]
  })
  t.same(emulator.calls, [])
  const { body } = await post('/edit/process', { ...fields, unsupported: 'drop' })
  t.match(body.metadata.warnings, [/^references is not something that qwen-edit-plus takes/])
  t.match((await post('/edit/process', { ...edit, images_base64: [red], mask_base64: mask, provider: 'wavespeed-seedream' })).body.detail, { skipped: [{ reason: 'mask' }] })
})

t.test('a reference that is no image is named by its place, and one without any image is missing', async t => {
  const { emulator, post } = await buildWavespeedStudio(t)
  t.match(await post('/edit/process', { ...edit, images_base64: [red, Buffer.from('junk').toString('base64')] }), { status: 415, body: { detail: { message: /images_base64\[1\]/ } } })
  t.match(await post('/edit/process', { ...edit, images_base64: ['%%'] }), { status: 400, body: { detail: { message: /images_base64\[0\]/ } } })
  t.match(await post('/edit/process', { operation: 'general_edit', prompt: 'x', images_base64: [] }), { status: 422, body: { detail: [{ type: 'missing', loc: ['body', 'image_base64'] }] } })
  t.match(await post('/edit/process', { ...edit, n: 11 }), { status: 422, body: { detail: [{ type: 'less_than_equal', loc: ['body', 'n'] }] } })
  t.same(emulator.calls, [])
})

t.test('a caller who leaves ends all calls, and none follows', async t => {
  const { app, emulator } = await buildWavespeedStudio(t, { concurrency: { limit: 2, queue: 0 } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // It listens on TCP.
  emulator.script.next(5, 'hang')
  const client = httpRequest({ host: '127.0.0.1', port, path: `${prefix}/edit/process`, method: 'POST', headers: { 'content-type': 'application/json' } })
  client.on('error', () => {})
  client.end(JSON.stringify({ ...qwen, n: 4 }))
  while (predictions(emulator).length < 2) await delay(5)
  client.destroy()
  while (app.edits.running() > 0) await delay(5)
  t.equal(predictions(emulator).length, 2)
})

t.test('a request with a key that left three jobs behind picks all of them up', async t => {
  let now = Date.now()
  const { emulator, post } = await buildWavespeedStudio(t, { deadlineMs: 1000 }, { taskMs: 1e6, now: () => now })
  const key = { 'idempotency-key': 'k-several' }
  const fields = { ...qwen, n: 3, seed: 1 }
  const late = await post('/edit/process', fields, key)
  t.equal(late.status, 504)
  t.equal(late.body.detail.jobs.length, 3)
  now += 1e6
  const { status, body } = await post('/edit/process', fields, key)
  t.equal(status, 200)
  t.match(body.metadata, { delivered: 3, seeds: [1, 2, 3], attempts: [{ resumed: true }, { resumed: true }, { resumed: true }] })
  t.equal(predictions(emulator).length, 3)
  t.equal(Math.round(emulator.spent() * 100), 6)
  t.equal(new Set(body.images.map(({ image_base64: url }: { image_base64: string }) => createHash('sha256').update(url).digest('hex'))).size, 3)
})

/** The emulator shows references in the upper right corner, from right to left. */
async function thumbnails (picture: Buffer, count: number): Promise<string[]> {
  const { width = 0 } = await sharp(picture).metadata()
  const side = Math.floor(width / 16) * 2
  const names = ['red', 'green', 'blue']
  return await Promise.all(Array.from({ length: count }, async (_, index) => {
    const pixel = await sharp(picture).extract({ left: width - side * (index + 1) + side / 2, top: side / 2, width: 1, height: 1 }).removeAlpha().raw().toBuffer()
    return names[pixel.indexOf(Math.max(...pixel))] ?? '?'
  }))
}
