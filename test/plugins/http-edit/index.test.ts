import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import t from 'tap'
import { anyResult } from '../../fixtures/one-call-each.ts'
import { asked, events } from '../../fixtures/studio-providers/studio-paint.ts'
import { buildStudio, picture, poster, prefix } from './studio.ts'

const image = await picture()
const edit = { image_base64: image, operation: 'general_edit', prompt: 'a hat' }

/** What deployed clients send, of an edit without choices. */
const everyField = {
  image_base64: image,
  operation: 'general_edit',
  prompt: 'a hat',
  negative_prompt: null,
  mask_base64: null,
  search_prompt: null,
  select_prompt: null,
  background_image_base64: null,
  lighting_image_base64: null,
  expand_left: 0,
  expand_right: 0,
  expand_up: 0,
  expand_down: 0,
  provider: null,
  model: null,
  style_preset: null,
  guidance_scale: null,
  steps: null,
  seed: null,
  output_format: 'png',
  options: {}
}

t.test('an edit as deployed clients send it is answered with every field that they read', async t => {
  const { app } = await buildStudio(t)
  const { status, headers, body } = await poster(app)('/edit/process', everyField)
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/json; charset=utf-8')
  t.match(headers, { 'x-retouch-provider': 'studio-paint', 'x-retouch-model': 'studio-paint-2', 'x-retouch-attempts': '1', 'x-retouch-cost-usd': '0.03' })
  t.same(Object.keys(body), ['success', 'operation', 'provider', 'image_base64', 'width', 'height', 'metadata'])
  t.match(body, { success: true, operation: 'general_edit', provider: 'studio-paint', image_base64: /^data:image\/png;base64,/, width: 8, height: 6 })
  t.match(await sharp(Buffer.from(body.image_base64.split(',')[1], 'base64')).metadata(), { format: 'png', width: 8, height: 6 })
  t.equal(JSON.stringify(Object.keys(body.metadata).slice(0, 5)), '["width","height","operation","style_preset","provider"]')
  t.match(body.metadata, {
    width: 8,
    height: 6,
    operation: 'general_edit',
    style_preset: null,
    provider: 'studio-paint',
    model: 'studio-paint-2',
    vendor: 'studio',
    seed: 7,
    cost_usd: 0.03,
    duration_ms: Number,
    attempts: [{ provider: 'studio-paint', model: 'studio-paint-2', code: null, message: null, ms: Number, cost_usd: 0.03, billed: 'yes', resumed: false }],
    skipped: [{ provider: 'studio-keyless', model: 'keyless-light', reason: 'unconfigured', message: 'set STUDIO_KEYLESS_API_KEY' }],
    adaptations: [],
    warnings: ['the paint is wet'],
    vendor_request_id: 'paint-1',
    output_format: 'png'
  })
})

t.test('everything that was sent reaches the provider', async t => {
  const { app } = await buildStudio(t)
  const { body } = await poster(app)('/edit/process', {
    ...edit,
    operation: 'inpaint',
    mask_base64: await picture(8, 6, '#fff'),
    negative_prompt: 'no cats',
    style_preset: 'analog-film',
    guidance_scale: '7.5',
    steps: 20,
    seed: 5,
    options: { grow_mask: 3 }
  })
  t.match(body.metadata, { style_preset: 'analog-film', provider: 'studio-paint' })
  t.match(asked.at(-1), {
    operation: 'inpaint',
    prompt: 'a hat',
    mask: { width: 8, height: 6 },
    parameters: { negative_prompt: 'no cats', style_preset: 'analog-film', guidance_scale: 7.5, steps: 20, seed: 5, grow_mask: 3 }
  })
})

t.test('what is ignored is named where nothing is edited, too', async t => {
  const { app } = await buildStudio(t)
  const post = poster(app)
  for (const path of ['/edit/recommend', '/estimate-cost']) {
    t.match(await post(path, { operation: 'inpaint', resolution: '64x64' }), { status: 200, body: { warnings: ['unknown fields were ignored: resolution'] } }, path)
    t.equal((await post(path, { operation: 'inpaint' })).body.warnings, undefined, path)
  }
  const edit = { image_base64: await picture(), operation: 'inpaint', prompt: 'a hat' }
  const warning = 'the query was ignored (seed, operation): it is read only beside an image as the body'
  t.match(await post('/edit/process?seed=1&operation=erase', edit), { status: 200, body: { metadata: { operation: 'inpaint', warnings: [warning, String] } } })
  t.match(await post('/edit/plan?seed=1&operation=erase', edit), { status: 200, body: { warnings: [warning] } })
})

t.test('unknown fields and dropped parameters are named in the warnings', async t => {
  const { app } = await buildStudio(t)
  const { body } = await poster(app)('/edit/process', { ...edit, colour: 'red', größe: 1, options: { glitter: true } })
  t.same(body.metadata.warnings, [
    'unknown fields were ignored: colour, größe',
    'glitter is not something that studio-paint-2 takes: it was not sent',
    'the paint is wet'
  ])
})

t.test('the format of the result is what was asked for, and the data URL says so', async t => {
  const { app } = await buildStudio(t)
  for (const [format, type] of [['png', 'png'], ['JPG', 'jpeg'], ['jpeg', 'jpeg'], ['webp', 'webp']]) {
    const { body } = await poster(app)('/edit/process', { ...edit, output_format: format })
    t.ok(body.image_base64.startsWith(`data:image/${type};base64,`))
    t.equal((await sharp(Buffer.from(body.image_base64.split(',')[1], 'base64')).metadata()).format, type)
    t.equal(body.metadata.output_format, type)
  }
})

t.test('the provider that is reported is the one that did the work, after one that failed', async t => {
  const { app } = await buildStudio(t)
  const { body, headers } = await poster(app)('/edit/process', { ...edit, provider: 'studio-ultra' })
  t.equal(body.provider, 'studio-paint')
  t.match(headers, { 'x-retouch-provider': 'studio-paint', 'x-retouch-attempts': '2', 'x-retouch-cost-usd': '0.03' })
  const failed = { provider: 'studio-ultra', code: 'EDIT_ERR_PROVIDER_UNAVAILABLE', message: 'out of paint', billed: 'no' }
  t.match(body.metadata.attempts, [failed, { provider: 'studio-paint', code: null }])
})

t.test('an image is taken in every form in which libraries write it', async t => {
  const { app } = await buildStudio(t, anyResult)
  const large = await sharp({ create: { width: 60, height: 60, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma: 50 } } }).png().toBuffer()
  const base64 = large.toString('base64')
  const forms = {
    plain: base64,
    php: base64.replaceAll('/', '\\/'),
    'dot net': base64.replaceAll('+', '\\u002B'),
    'data URL': `data:image/png;base64,${base64}`,
    'line breaks': base64.replaceAll(/.{76}/g, '$&\\r\\n')
  }
  t.ok(base64.length > 5000, 'it stays in the body')
  for (const [name, form] of Object.entries(forms)) {
    for (const text of [`{"image_base64":"${form}","operation":"remove_background"}`, `{"operation":"remove_background","image\\u005fbase64":"${form}"}`]) {
      const { status } = await poster(app)('/edit/process', text)
      t.equal(status, 200, name)
      t.match(asked.at(-1), { images: [{ width: 60, height: 60 }] })
      t.same(asked.at(-1)?.images[0].bytes, large, `${name}: every byte`)
    }
  }
})

t.test('a prompt of 20000 characters reaches the provider uncut', async t => {
  const { app } = await buildStudio(t)
  const prompt = 'Hüte '.repeat(4000)
  const { status } = await poster(app)('/edit/process', { ...edit, prompt })
  t.equal(status, 200)
  t.equal(asked.at(-1)?.prompt, prompt)
})

t.test('bodies with a charset, or of a JSON type of their own, are JSON', async t => {
  const { app } = await buildStudio(t)
  for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/merge-patch+json']) {
    t.equal((await poster(app)('/edit/process', edit, { 'content-type': type })).status, 200, type)
  }
})

t.test('a caller who leaves stops the work, and nothing is logged as an error', async t => {
  const { app, logs } = await buildStudio(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // It listens on TCP.
  const client = httpRequest({ host: '127.0.0.1', port, path: `${prefix}/edit/process`, method: 'POST', headers: { 'content-type': 'application/json' } })
  client.on('error', () => {})
  const [started, aborted] = [once(events, 'asked'), once(events, 'aborted')]
  client.end(JSON.stringify({ ...edit, prompt: 'wait' }))
  await started
  client.destroy()
  await aborted
  await app.close()
  t.ok(logs.some(({ msg }) => msg === 'the caller left before the edit was done'))
  t.same(logs.filter(({ level, msg }) => Number(level) >= 50 && msg !== 'plugin quarantined'), [])
})

t.test('a caller who leaves while sending is no error of ours', async t => {
  const { app, logs } = await buildStudio(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // It listens on TCP.
  const headers = { 'content-type': 'application/json', 'content-length': 100_000 }
  const client = httpRequest({ host: '127.0.0.1', port, path: `${prefix}/edit/process`, method: 'POST', headers })
  client.on('error', () => {})
  const received = once(app.server, 'request')
  client.write('{"image_base64":"')
  await received
  client.destroy()
  await app.close()
  t.ok(logs.some(({ msg }) => msg === 'incoming request'))
  t.same(logs.filter(({ level, msg }) => Number(level) >= 50 && msg !== 'plugin quarantined'), [])
})

t.test('operations, models, providers and health tell what is there', async t => {
  const { app } = await buildStudio(t, { order: { relight: ['studio-keyless'] } })
  const get = async (path: string) => (await app.inject(prefix + path)).json()
  t.match(await get('/edit/operations'), { operations: { inpaint: { provider: 'studio-paint' }, relight: { provider: 'studio-keyless' } } })
  t.match(await get('/edit/models'), { models: [{ id: 'studio-paint-2' }, { id: 'studio-ultra-8k' }, { id: 'keyless-light', available: false }], total: 3 })
  t.match(await get('/edit/models?operation=relight&tier='), { models: [{ id: 'studio-paint-2' }, { id: 'keyless-light' }], total: 2 })
  t.same(await get('/edit/models?operation=dance'), { models: [], total: 0 })
  const { providers } = await get('/providers')
  const named = (name: string) => providers.find((entry: { name: string }) => entry.name === name)
  t.match(named('studio-paint'), { vendor: 'studio', status: 'ready', reason: null, models: [{ id: 'studio-paint-2', inputs: { maxImages: Number } }] })
  t.match(named('studio-keyless'), { status: 'unconfigured', reason: String })
  t.match(named('studio-broken'), { status: 'quarantined', reason: 'it does not start', models: [] })
  t.match(await get('/health'), { status: 'healthy', providers: { ready: 2, unconfigured: 1, quarantined: 1 } })
})

t.test('a breaker that is open is shown, and why', async t => {
  const { app } = await buildStudio(t, { breakers: { consecutiveFailures: 1 }, maxTries: 1 })
  await poster(app)('/edit/process', { ...edit, provider: 'studio-ultra' })
  const { providers } = (await app.inject(`${prefix}/providers`)).json()
  t.same(providers.find(({ name }: { name: string }) => name === 'studio-ultra').breakers, [
    { model: 'studio-ultra-8k', operation: 'general_edit', state: 'open', retry_after_seconds: 30, code: 'EDIT_ERR_PROVIDER_UNAVAILABLE' }
  ])
  t.same(providers.find(({ name }: { name: string }) => name === 'studio-paint').breakers, [])
})

t.test('a query that makes no sense is a 422 that names it', async t => {
  const { app } = await buildStudio(t)
  const response = await app.inject(`${prefix}/edit/models?tier=mid&tier=budget`)
  t.equal(response.statusCode, 422)
  t.match(response.json(), { detail: [{ type: 'string_type', loc: ['query', 'tier'] }] })
})

t.test('a model is recommended and its price told before anything is spent', async t => {
  const { app } = await buildStudio(t)
  const before = asked.length
  t.match(await poster(app)('/edit/recommend', { operation: 'general_edit', image_resolution: { width: 1024, height: 768 }, user_tier: 'pro' }), {
    status: 200, body: { recommended_model: 'studio-paint-2', reason: String, alternatives: [] }
  })
  t.match(await poster(app)('/estimate-cost', { provider: 'studio', operation: 'general_edit', num_images: 2, width: 1024, height: 768 }), {
    status: 200,
    body: { provider: 'studio-paint', model: 'studio-paint-2', num_images: 2, resolution: '1024x768', cost_per_image: 0.02, total_cost: 0.04, currency: 'USD', estimated: true }
  })
  t.equal(asked.length, before)
})

t.test('with the provider that needs no key, an edit goes from door to door', async t => {
  const { app } = await buildStudio(t, { order: { '*': ['local'] } }, { local: {} })
  const { status, body } = await poster(app)('/edit/process', { image_base64: await picture(64, 48), operation: 'outpaint', expand_left: 16, provider: 'local' })
  t.equal(status, 200)
  t.match(body, { provider: 'local', width: 80, height: 48, metadata: { vendor: 'local', cost_usd: 0, attempts: [{ billed: 'no' }] } })
  t.match(await sharp(Buffer.from(body.image_base64.split(',')[1], 'base64')).metadata(), { width: 80, height: 48 })
})
