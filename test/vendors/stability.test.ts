import sharp from 'sharp'
import t from 'tap'
import { complete, image, mask, start, type EndpointName, type Fields } from './stability/client.ts'
import { flatPicture } from './stability/pictures.ts'

t.test('takes every endpoint with what it needs, and charges the credits of 2026', async t => {
  const { emulator, edit } = await start(t)
  const credits: number[] = []
  for (const name of Object.keys(complete) as EndpointName[]) { // Object.keys forgets which
    const before = emulator.balance()
    t.equal((await edit(name)).status, 200, name)
    credits.push(before - emulator.balance())
  }
  t.same(credits, [5, 5, 4, 5, 5, 5, 8])
  t.equal(emulator.spent(), 37)
  t.match(emulator.calls[1], {
    path: '/v2beta/stable-image/edit/inpaint',
    fields: { image: 'png 96×80', mask: 'png 96×80', prompt: 'a green apple' },
    charged: 5
  })
})

t.test('refuses what breaks the rules of a field, and names every breach in one answer', async t => {
  const { emulator, edit } = await start(t)
  const long = 'x'.repeat(10_001)
  const cases: Array<[name: EndpointName, change: Fields, ...errors: string[]]> = [
    ['erase', { prompt: 'erase has none' }, 'prompt: is not allowed'],
    ['erase', { image: [] }, 'image: is required'],
    ['erase', { mask: [] }, 'mask: is required when the image has no alpha channel'],
    ['erase', { mask: [mask, mask] }, 'mask: must be given once'],
    ['erase', { grow_mask: '21' }, 'grow_mask: must be between 0 and 20'],
    ['erase', { grow_mask: '1.5' }, 'grow_mask: must be an integer'],
    ['erase', { seed: 'seven' }, 'seed: must be a number'],
    ['erase', { seed: '4294967295' }, 'seed: must be between 0 and 4294967294'],
    ['erase', { style_preset: 'anime' }, 'style_preset: is not allowed'],
    ['inpaint', { prompt: '' }, 'prompt: must be between 1 and 10000 characters'],
    ['inpaint', { prompt: [] }, 'prompt: is required'],
    ['inpaint', { prompt: mask }, 'prompt: must be a string'],
    ['inpaint', { negative_prompt: long }, 'negative_prompt: must be between 0 and 10000 characters'],
    ['inpaint', { grow_mask: '101' }, 'grow_mask: must be between 0 and 100'],
    ['inpaint', { style_preset: 'cubism' },
      'style_preset: must be one of enhance, anime, photographic, digital-art, comic-book, fantasy-art, line-art, analog-film, neon-punk, isometric, low-poly, origami, modeling-compound, cinematic, 3d-model, pixel-art, tile-texture'],
    ['inpaint', { image: 'no file' }, 'image: must be a file'],
    ['inpaint', { image: Buffer.from('GIF89a'.padEnd(64)) }, 'image: must be an image in one of the formats jpeg, png, webp'],
    ['inpaint', { mask: image.subarray(0, image.length / 2) }, 'mask: must be an image in one of the formats jpeg, png, webp'],
    ['inpaint', { foo: 'x', seed: '-1', output_format: 'gif' },
      'foo: is not allowed', 'seed: must be between 0 and 4294967294', 'output_format: must be one of jpeg, png, webp'],
    ['outpaint', { left: '0' }, 'left, right, up, down: at least one outpainting direction must be supplied with a non-zero value'],
    ['outpaint', { up: '2001' }, 'up: must be between 0 and 2000'],
    ['outpaint', { bottom: '200' }, 'bottom: is not allowed'],
    ['outpaint', { creativity: '1.1' }, 'creativity: must be between 0 and 1'],
    ['outpaint', { negative_prompt: 'x' }, 'negative_prompt: is not allowed'],
    ['search-and-replace', { search_prompt: [] }, 'search_prompt: is required'],
    ['search-and-replace', { mask }, 'mask: is not allowed'],
    ['search-and-recolor', { select_prompt: [] }, 'select_prompt: is required'],
    ['search-and-recolor', { mask }, 'mask: is not allowed'],
    ['remove-background', { output_format: 'jpeg' }, 'output_format: must be one of png, webp'],
    ['remove-background', { seed: '1' }, 'seed: is not allowed'],
    ['replace-background-and-relight', { subject_image: [] }, 'subject_image: is required'],
    ['replace-background-and-relight', { background_prompt: [] }, 'background_reference, background_prompt: one of them is required'],
    ['replace-background-and-relight', { light_source_strength: '0.5' },
      'light_source_strength: requires light_reference or light_source_direction'],
    ['replace-background-and-relight', { style_preset: 'anime' }, 'style_preset: is not allowed'],
    ['replace-background-and-relight', { keep_original_background: 'yes' }, 'keep_original_background: must be one of true, false'],
    ['replace-background-and-relight', { preserve_original_subject: '2' }, 'preserve_original_subject: must be between 0 and 1']
  ]
  for (const [name, change, ...errors] of cases) {
    const { status, json } = await edit(name, { ...complete[name], ...change })
    t.equal(status, 400)
    t.match(json, { id: /^[0-9a-f]{32}$/, name: 'bad_request', errors }, `${name} ${errors.join('; ')}`)
  }
  t.equal(emulator.spent(), 0)
})

t.test('holds pictures to the limits of their endpoint', async t => {
  const { edit } = await start(t)
  const sides = 'every side must be at least 64 pixels'
  const ratio = 'the aspect ratio must be between 1:2.5 and 2.5:1'
  const cases: Array<[name: EndpointName, field: string, width: number, height: number, error?: string]> = [
    ['erase', 'image', 64, 64],
    ['erase', 'image', 63, 80, sides],
    ['erase', 'image', 64, 300],
    ['erase', 'image', 3072, 3073, 'total pixel count must be between 4096 and 9437184 pixels'],
    ['erase', 'mask', 20, 20],
    ['remove-background', 'image', 2048, 2049, 'total pixel count must be between 4096 and 4194304 pixels'],
    ['remove-background', 'image', 300, 64],
    ['outpaint', 'image', 160, 64],
    ['outpaint', 'image', 161, 64, ratio],
    ['search-and-replace', 'image', 64, 161, ratio],
    ['search-and-recolor', 'image', 161, 64, ratio],
    ['replace-background-and-relight', 'subject_image', 161, 64, ratio],
    ['replace-background-and-relight', 'background_reference', 300, 64],
    ['replace-background-and-relight', 'light_reference', 64, 40, sides]
  ]
  for (const [name, field, width, height, error] of cases) {
    const { status, json } = await edit(name, { ...complete[name], [field]: await flatPicture({ width, height }, [90, 120, 150]) })
    t.equal(status, error === undefined ? 200 : 400, `${name} ${field} ${width}×${height}`)
    if (error !== undefined) t.match(json, { errors: [`${field}: ${error}`] })
  }
})

t.test('reads formats from the bytes', async t => {
  const { edit, emulator } = await start(t)
  for (const format of ['jpeg', 'webp'] as const) {
    const bytes = await sharp(image).toFormat(format).toBuffer()
    t.equal((await edit('remove-background', { image: bytes })).status, 200)
    t.match(emulator.calls.at(-1)?.fields, { image: `${format} 96×80` })
  }
})

t.test('takes nothing but a whole multipart form', async t => {
  const { send, emulator } = await start(t)
  const path = '/v2beta/stable-image/edit/erase'
  const json = await send(path, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
  t.match(json, { status: 400, json: { errors: ['content-type: must be multipart/form-data'] } })
  const broken = await send(path, { method: 'POST', body: 'no boundary', headers: { 'content-type': 'multipart/form-data; boundary=x' } })
  t.match(broken, { status: 400, json: { errors: ['content-type: must be multipart/form-data'] } })
  const untyped = await send(path, { method: 'POST', body: new Uint8Array(8) })
  t.equal(untyped.status, 400)
  t.equal(emulator.spent(), 0)
})

t.test('refuses bodies above 10 MiB', async t => {
  const { edit } = await start(t)
  const refused = await edit('erase', { image, mask, extra: Buffer.alloc(10 * 1024 * 1024) })
  t.match(refused, { status: 413, json: { name: 'payload_too_large', errors: ['body: payloads cannot be larger than 10MiB in size'] } })
})

t.test('knows its keys, with and without Bearer', async t => {
  const { edit, send, emulator } = await start(t)
  t.equal((await edit('outpaint', undefined, { authorization: emulator.key })).status, 200)
  for (const authorization of ['', 'Bearer sk-unknown', `Basic ${emulator.key}`]) {
    const refused = await edit('outpaint', undefined, { authorization })
    t.match(refused, { status: 401, json: { name: 'unauthorized', errors: ['authorization: invalid or missing header value'] } })
    t.equal((await send('/v2beta/results/1', { headers: { authorization } })).status, 401)
  }
  t.match(await send('/v1/user/balance', { headers: { authorization: 'sk-unknown' } }), {
    status: 401, json: { name: 'unauthorized', message: 'Incorrect API key provided: sk-unknown' }
  })
  t.match(await send('/v1/user/balance', { headers: { authorization: '' } }), { status: 401, json: { message: 'missing authorization header' } })
  const bare = await fetch(`${emulator.url}/v1/user/balance`)
  t.equal(bare.status, 401)
  t.match(await send('/v1/user/balance'), { status: 200, json: { credits: 996 } })
  t.match(await send('/v2beta/stable-image/edit/nothing'), { status: 404, json: { name: 'not_found' } })
})

t.test('looks at its headers', async t => {
  const { edit } = await start(t)
  t.match(await edit('outpaint', undefined, { accept: 'image/png' }),
    { status: 400, json: { errors: ['accept: must be one of image/*, application/json'] } })
  t.match(await edit('outpaint', undefined, { 'stability-client-id': 'x'.repeat(257) }),
    { status: 400, json: { errors: ['stability-client-id: must be at most 256 characters'] } })
})

t.test('makes nothing without the credits for it', async t => {
  const { edit, emulator } = await start(t, { accounts: { 'sk-poor': 9, 'sk-rich': 100 } })
  t.equal(emulator.key, 'sk-poor')
  t.equal((await edit('inpaint')).status, 200)
  t.match(await edit('inpaint'), { status: 402, json: { name: 'payment_required', errors: [/^You lack sufficient credits/] } })
  t.equal((await edit('outpaint')).status, 200)
  t.equal(emulator.balance(), 0)
  t.equal(emulator.balance('sk-rich'), 100)
  t.equal(emulator.balance('sk-unknown'), 0)
})

t.test('reads English only', async t => {
  const { edit } = await start(t)
  t.match(await edit('inpaint', { ...complete.inpaint, prompt: 'ein grüner Apfel, 1 €' }), { status: 200 })
  t.match(await edit('inpaint', { ...complete.inpaint, prompt: 'зелёное яблоко' }), {
    status: 422, json: { name: 'invalid_language', errors: ['English is the only supported language for this service.'] }
  })
})

t.test('hands a picture out as bytes or as JSON, with the seed that it was made of', async t => {
  const { edit } = await start(t)
  const bytes = await edit('inpaint', { ...complete.inpaint, seed: '7', output_format: 'webp' }, { accept: 'image/*' })
  t.equal(bytes.headers.get('content-type'), 'image/webp')
  t.equal(bytes.headers.get('finish-reason'), 'SUCCESS')
  t.equal(bytes.headers.get('seed'), '7')
  t.match(bytes.headers.get('x-request-id'), /^[0-9a-f]{32}$/)

  const json = await edit('inpaint', { ...complete.inpaint, output_format: 'jpeg' }, { accept: 'application/json' })
  t.equal(json.headers.get('content-type'), 'application/json; type=image/jpeg')
  t.equal(json.headers.get('finish-reason'), null)
  t.equal(json.headers.get('seed'), null)
  t.match(json.json, { image: /^\/9j\//, finish_reason: 'SUCCESS', seed: Number })

  const unseeded = await edit('remove-background', { image })
  t.equal(unseeded.headers.get('seed'), null)
  t.notMatch((await edit('remove-background', { image }, { accept: 'application/json' })).json, { seed: Number })
})

t.test('locks a key out that asks too often', async t => {
  let now = 1_000_000
  const { edit, send } = await start(t, { rateLimit: { requests: 3, windowMs: 10_000, lockMs: 60_000 }, now: () => now })
  for (let request = 0; request < 3; request++) t.equal((await edit('erase', {})).status, 400)
  t.match(await edit('erase', {}), { status: 429, json: { errors: [/^You have exceeded the rate limit of 150 requests/] } })
  now += 59_999
  t.equal((await send('/v2beta/results/1')).status, 429)
  now += 1
  t.equal((await edit('erase', {})).status, 400)
})
