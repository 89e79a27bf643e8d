import sharp from 'sharp'
import t from 'tap'
import { complete, dataUri, flux, image, nano, qwen, reference, seedream, size, start } from './wavespeed/client.ts'

t.test('takes every model with what it needs, and charges its price', async t => {
  const { emulator, create, poll, download } = await start(t, { polls: 0 })
  const made: unknown[] = []
  for (const model of [qwen, nano, seedream, flux] as const) {
    const created = await create(model)
    t.match(created, { status: 200, json: { code: 200, message: 'success', data: { id: /^[0-9a-f]{32}$/, model, status: 'created', outputs: [], error: '' } } })
    const { json } = await poll(created)
    t.match(json, { data: { id: created.json.data?.id, status: 'completed', has_nsfw_contents: [false] } })
    const { width, height, format } = await sharp((await download(json.data?.outputs?.[0])).bytes).metadata()
    made.push([width, height, format, emulator.calls.findLast(({ method }) => method === 'POST')?.charged])
  }
  t.same(made, [[320, 256, 'jpeg', 0.02], [256, 205, 'png', 0.15], [2048, 2048, 'jpeg', 0.04], [1024, 819, 'jpeg', 0.04]])
  t.equal(emulator.balance(), 99.75)
  t.equal(Math.round(emulator.spent() * 100), 25)
  t.match(emulator.calls[0]?.fields, { prompt: 'a green ball', images: 'png 320×256' })
})

t.test('makes the size, ratio, resolution and format that were asked for', async t => {
  const { emulator, create, download } = await start(t)
  const cases: Array<[model: typeof qwen | typeof nano | typeof seedream, fields: object, width: number, height: number, format: string]> = [
    [qwen, { size: '512*384', output_format: 'png' }, 512, 384, 'png'],
    [qwen, { size: '256*1536', output_format: 'webp' }, 256, 1536, 'webp'],
    [nano, { aspect_ratio: '21:9', resolution: '4k' }, 256, 110, 'png'],
    [nano, { aspect_ratio: '9:16', resolution: '8k', output_format: 'jpeg' }, 288, 512, 'jpeg'],
    [seedream, { size: '1024*1536' }, 1024, 1536, 'jpeg']
  ]
  for (const [model, fields, width, height, format] of cases) {
    const { json } = await create(model, { enable_sync_mode: true, ...fields })
    t.match(await sharp((await download(json.data?.outputs?.[0])).bytes).metadata(), { width, height, format }, `${model} ${JSON.stringify(fields)}`)
  }
  t.equal(emulator.calls.find(({ fields }) => fields.resolution === '8k')?.charged, 0.18)
})

t.test('makes true sizes unless it is told otherwise', async t => {
  const { create, download } = await start(t, { pixelScale: 1 })
  const { json } = await create(nano, { enable_sync_mode: true, output_format: 'jpeg' })
  t.match(await sharp((await download(json.data?.outputs?.[0])).bytes).metadata(), { width: 4096, height: 3277 })
})

t.test('shows in the picture what it was made of', async t => {
  const { create, download } = await start(t)
  const edit = async (fields: object) => {
    const { json } = await create(qwen, { enable_sync_mode: true, output_format: 'png', ...fields })
    return await sharp((await download(json.data?.outputs?.[0])).bytes).raw().toBuffer()
  }
  const plain = await edit({})
  t.ok(plain.equals(await edit({})), 'the same for the same')
  for (const other of [{ prompt: 'a blue ball' }, { seed: 7 }, { images: [dataUri(image), dataUri(reference)] }]) t.notOk(plain.equals(await edit(other)))
  const [red = 0, green = 0, blue = 0] = (await edit({ images: [dataUri(image), dataUri(reference)] })).subarray(319 * 3)
  t.ok(blue > 200 && red < 50 && green < 80, 'a reference stands in the corner')
})

t.test('refuses what breaks the rules of a model, names it, and charges nothing', async t => {
  const { emulator, create, post } = await start(t)
  const truncated = dataUri(image.subarray(0, image.length / 2))
  const cases: Array<[model: keyof typeof complete, changes: Record<string, unknown>, message: string]> = [
    [qwen, { prompt: undefined }, 'prompt: is required'],
    [qwen, { prompt: ' ' }, 'prompt: must not be empty'],
    [qwen, { prompt: 7 }, 'prompt: must be a string'],
    [qwen, { images: undefined }, 'images: must have 1 to 3 items'],
    [qwen, { images: [] }, 'images: must have 1 to 3 items'],
    [qwen, { images: Array(4).fill(dataUri(reference)) }, 'images: must have 1 to 3 items'],
    [qwen, { images: [7] }, 'images[0]: must be a string'],
    [qwen, { images: ['no base64!'] }, 'images[0]: must be a URL, a data URI or base64'],
    [qwen, { images: [`data:image/gif;base64,${reference.toString('base64')}`] }, 'images[0]: must be a URL, a data URI or base64'],
    [qwen, { images: ['https://stranger.invalid/a.png'] }, 'images[0]: failed to download the image'],
    [qwen, { images: [truncated] }, 'images[0]: failed to decode the image'],
    [qwen, { images: [dataUri(image), 'AAAA'] }, 'images[1]: failed to decode the image'],
    [qwen, { size: '1024x768' }, 'size: must be width*height'],
    [qwen, { size: '248*768' }, 'size: each side must be between 256 and 1536'],
    [qwen, { size: '768*1544' }, 'size: each side must be between 256 and 1536'],
    [qwen, { size: '1020*768' }, 'size: each side must be a multiple of 8'],
    [qwen, { size: { width: 1 } }, 'size: must be a string'],
    [qwen, { seed: -2 }, 'seed: must be between -1 and 2147483647'],
    [qwen, { seed: 1.5 }, 'seed: must be an integer'],
    [qwen, { seed: '1' }, 'seed: must be a number'],
    [qwen, { output_format: 'gif' }, 'output_format: must be one of jpeg, png, webp'],
    [qwen, { enable_sync_mode: 'true' }, 'enable_sync_mode: must be a boolean'],
    [qwen, { mask: dataUri(image), negative_prompt: 'x' }, 'mask: unknown field; negative_prompt: unknown field'],
    [nano, { images: Array(15).fill(dataUri(reference)) }, 'images: must have 1 to 14 items'],
    [nano, { aspect_ratio: '5:3' }, 'aspect_ratio: must be one of 1:1, 3:2, 2:3, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9, 21:9'],
    [nano, { resolution: '2k' }, 'resolution: must be one of 4k, 8k'],
    [nano, { output_format: 'webp' }, 'output_format: must be one of png, jpeg'],
    [nano, { seed: 1 }, 'seed: unknown field'],
    [nano, { size: '1024*768' }, 'size: unknown field'],
    [seedream, { images: Array(11).fill(dataUri(reference)) }, 'images: must have 1 to 10 items'],
    [seedream, { size: '1000*1024' }, 'size: each side must be between 1024 and 4096'],
    [seedream, { seed: 1, output_format: 'png' }, 'seed: unknown field; output_format: unknown field'],
    [flux, { image: undefined }, 'image: must have 1 to 1 items'],
    [flux, { image: 'AAAA' }, 'image[0]: failed to decode the image'],
    [flux, { guidance_scale: 21 }, 'guidance_scale: must be between 1 and 20']
  ]
  for (const [model, changes, message] of cases) {
    t.match(await create(model, changes), { status: 400, json: { code: 400, data: null } }, message)
    t.equal((await create(model, changes)).json.message, message)
  }
  for (const body of ['', 'no json', '[]', 'null']) {
    t.match(await post(`/api/v3/${qwen}`, body), { status: 400, json: { message: 'body: must be a JSON object' } })
  }
  t.match(await post(`/api/v3/${qwen}`, complete[qwen], { 'content-type': 'text/plain' }), { status: 400, json: { message: 'content-type must be application/json' } })
  t.match(await post('/api/v3/wavespeed-ai/nothing', complete[qwen]), { status: 404, json: { code: 404, message: 'model not found' } })
  t.match(await post('/api/v1/nothing', {}), { status: 404, json: { code: 404, data: null } })
  t.equal(emulator.spent(), 0)
  t.equal(emulator.balance(), 100)
})

t.test('reads pictures as data URI, whatever type it says, as base64 and in every format', async t => {
  const { emulator, create } = await start(t)
  const jpeg = await sharp(image).jpeg().toBuffer()
  const webp = await sharp(image).webp().toBuffer()
  t.equal((await create(qwen, { images: [dataUri(jpeg), webp.toString('base64'), dataUri(image)] })).status, 200)
  t.equal(emulator.calls[0]?.fields.images, 'jpeg 320×256, webp 320×256, png 320×256')
})

t.test('knows its keys as Bearer tokens, once they were topped up', async t => {
  const { emulator, send, post, create } = await start(t, { accounts: { 'key-one': 1, 'key-new': null } })
  const refused = { status: 401, json: { code: 401, message: 'Invalid API key', data: null } }
  const headers: Array<Record<string, string>> = [
    { authorization: 'key-one' }, { authorization: 'Basic key-one' }, { authorization: 'Bearer other' }, { authorization: 'Bearer key-new' },
    { authorization: '', 'x-api-key': 'key-one' }
  ]
  for (const header of headers) {
    t.match(await post(`/api/v3/${qwen}`, complete[qwen], header), refused)
    for (const path of ['/api/v3/predictions/1/result', '/api/v3/balance', '/api/v3/models']) t.match(await send(path, { headers: header }), refused)
    for (const path of ['/api/v3/predictions', '/api/v3/model/price', '/api/v3/media/uploads', '/api/v3/media/upload/binary']) t.match(await post(path, {}, header), refused)
  }
  t.equal((await create(qwen)).status, 200)
  t.equal(emulator.balance(), 0.98)
  t.equal(emulator.balance('key-new'), 0)
})

t.test('makes nothing without the money for it, and says so in one of three ways', async t => {
  const told = { payment_required: 402, balance_not_enough: 403, insufficient_400: 400 } as const
  for (const [unfunded, status] of Object.entries(told)) {
    const { emulator, create } = await start(t, { accounts: { 'key-poor': 0.03 }, unfunded: unfunded as keyof typeof told }) // Object.entries forgets which
    t.equal((await create(qwen)).status, 200)
    t.match(await create(qwen), { status, json: { code: status, message: /insufficient|balance/i } })
    t.equal(emulator.balance(), 0.01)
  }
})

t.test('limits tasks by the minute and at once', async t => {
  let now = 1_000_000
  const { create, poll } = await start(t, { rateLimit: { perMinute: 3, concurrent: 2 }, polls: 0, now: () => now })
  const first = await create(qwen)
  t.equal((await create(qwen)).status, 200)
  t.match(await create(qwen), { status: 429, json: { code: 429, message: 'Too Many Requests' } })
  await poll(first)
  const third = await create(qwen)
  t.equal(third.status, 200)
  await poll(third)
  t.equal((await create(qwen)).status, 429)
  now += 60_000
  t.equal((await create(qwen)).status, 200)
})

t.test('limits the size of a request', async t => {
  const { emulator, create } = await start(t, { maxBodyBytes: 2000 })
  t.match(await create(qwen, { prompt: 'x'.repeat(2000) }), { status: 413, json: { code: 413, message: 'file too large' } })
  t.equal(emulator.spent(), 0)
})

t.test('reads Seedream\'s size in each of three ways', async t => {
  const sizes = { honoured: 1024, ignored: 2048 } as const
  for (const seedreamSize of ['honoured', 'ignored'] as const) {
    const { create, download } = await start(t, { seedreamSize, seedreamFormat: 'png' })
    const { json } = await create(seedream, { size: '1024*1024', enable_sync_mode: true })
    t.match(await sharp((await download(json.data?.outputs?.[0])).bytes).metadata(), { width: sizes[seedreamSize], format: 'png' })
  }
  const { create } = await start(t, { seedreamSize: 'refused' })
  t.match(await create(seedream, { size: '1024*1024' }), { status: 400, json: { message: 'size: unknown field' } })
  t.equal((await create(seedream)).status, 200)
})

t.test('tells balance, prices and catalogue', async t => {
  const { send, post } = await start(t)
  t.match((await send('/api/v3/balance')).json, { code: 200, data: { balance: 100 } })
  t.match((await post('/api/v3/model/price', { model_id: nano, inputs: { resolution: '8k' } })).json,
    { data: { model_id: nano, price: 0.18, discounted_price: 0.18, currency: 'USD' } })
  t.match((await post('/api/v3/model/price', { model_id: qwen })).json, { data: { price: 0.02 } })
  t.match(await post('/api/v3/model/price', { model_id: 'nothing' }), { status: 404 })
  t.match(await post('/api/v3/model/price', 'no json'), { status: 404 })
  const { json } = await send('/api/v3/models')
  t.match(json, {
    data: [{
      model_id: qwen,
      base_price: 0.02,
      api_schema: {
        api_schemas: [{
          request_schema: {
            required: ['prompt', 'images'],
            properties: { images: { type: 'array', maxItems: 3 }, seed: { type: 'integer', minimum: -1 }, size: { minimum: 256 }, output_format: { default: 'jpeg' } }
          }
        }]
      }
    }, { model_id: nano }, { model_id: seedream }, { model_id: flux }]
  })
})

t.test('accepts an edit that follows the size of its picture', async t => {
  const { create, download } = await start(t)
  const { json } = await create(qwen, { enable_sync_mode: true })
  t.match(await sharp((await download(json.data?.outputs?.[0])).bytes).metadata(), size)
})
