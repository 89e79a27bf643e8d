import { setTimeout as delay } from 'node:timers/promises'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { colourOf } from './paint.ts'
import { createStabilityEmulator, type StabilityEmulatorOptions } from './stability/index.ts'
import { ballMask, ballPicture, decode, flatPicture, pixelAt } from './stability/pictures.ts'

type Fields = Readonly<Record<string, string | Buffer | ReadonlyArray<string | Buffer>>>

const size = { width: 96, height: 80 }
const image = await ballPicture(size)
const mask = await ballMask(size)
/** What each endpoint is content with. */
const complete: Readonly<Record<string, Fields>> = {
  erase: { image, mask },
  inpaint: { image, mask, prompt: 'a green apple' },
  outpaint: { image, left: '10' },
  'search-and-replace': { image, prompt: 'a green apple', search_prompt: 'ball' },
  'search-and-recolor': { image, prompt: 'a green apple', select_prompt: 'ball' },
  'remove-background': { image },
  'replace-background-and-relight': { subject_image: image, background_prompt: 'a beach' }
}

async function start (t: Test, options?: StabilityEmulatorOptions) {
  const emulator = await createStabilityEmulator({ pollIntervalMs: 0, ...options })
  t.after(() => emulator.close())
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(emulator.url + path, { ...init, headers: { authorization: `Bearer ${emulator.key}`, ...init.headers } })
    const bytes = Buffer.from(await response.arrayBuffer())
    const json: unknown = response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(bytes.toString()) : undefined
    return { status: response.status, headers: response.headers, bytes, json }
  }
  const edit = async (name: string, fields: Fields, headers: Record<string, string> = {}) =>
    await send(`/v2beta/stable-image/edit/${name}`, { method: 'POST', body: formOf(fields), headers })
  return { emulator, send, edit }
}

function formOf (fields: Fields): FormData {
  const form = new FormData()
  for (const [name, values] of Object.entries(fields)) {
    for (const value of Array.isArray(values) ? values : [values]) {
      form.append(name, typeof value === 'string' ? value : new File([new Uint8Array(value)], 'file', { type: 'application/octet-stream' }))
    }
  }
  return form
}

t.test('takes every endpoint with what it needs, and charges the credits of 2026', async t => {
  const { emulator, edit } = await start(t)
  const credits: number[] = []
  for (const [name, fields] of Object.entries(complete)) {
    const before = emulator.balance()
    t.equal((await edit(name, fields)).status, 200, name)
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
  const cases: Array<[name: string, change: Fields, ...errors: string[]]> = [
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
  const cases: Array<[name: string, field: string, width: number, height: number, error?: string]> = [
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
  t.equal((await edit('outpaint', complete.outpaint ?? {}, { authorization: emulator.key })).status, 200)
  for (const authorization of ['', 'Bearer sk-unknown', `Basic ${emulator.key}`]) {
    const refused = await edit('outpaint', complete.outpaint ?? {}, { authorization })
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
  t.match(await edit('outpaint', complete.outpaint ?? {}, { accept: 'image/png' }),
    { status: 400, json: { errors: ['accept: must be one of image/*, application/json'] } })
  t.match(await edit('outpaint', complete.outpaint ?? {}, { 'stability-client-id': 'x'.repeat(257) }),
    { status: 400, json: { errors: ['stability-client-id: must be at most 256 characters'] } })
})

t.test('makes nothing without the credits for it', async t => {
  const { edit, emulator } = await start(t, { accounts: { 'sk-poor': 9, 'sk-rich': 100 } })
  t.equal(emulator.key, 'sk-poor')
  t.equal((await edit('inpaint', complete.inpaint ?? {})).status, 200)
  t.match(await edit('inpaint', complete.inpaint ?? {}), { status: 402, json: { name: 'payment_required', errors: [/^You lack sufficient credits/] } })
  t.equal((await edit('outpaint', complete.outpaint ?? {})).status, 200)
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

t.test('paints what the prompt says where the mask is white, and nowhere else', async t => {
  const { edit } = await start(t)
  const before = await decode(image)
  const after = await decode((await edit('inpaint', { ...complete.inpaint, grow_mask: '0' })).bytes)
  const { r, g, b } = colourOf('a green apple')
  t.same(pixelAt(after, 0, 0), pixelAt(before, 0, 0))
  t.same(pixelAt(after, 95, 79), pixelAt(before, 95, 79))
  const middle = Array.from({ length: 30 }, (_, index) => pixelAt(after, 48, 25 + index))
  t.ok(middle.some(pixel => `${pixel}` === `${[r, g, b]}`))

  const grown = await decode((await edit('inpaint', { ...complete.inpaint, grow_mask: '5' })).bytes)
  t.same(pixelAt(after, 48, 17), pixelAt(before, 48, 17))
  t.notSame(pixelAt(grown, 48, 17), pixelAt(before, 48, 17))

  const transparent = await decode((await edit('inpaint', { prompt: 'a green apple', image: await ballPicture(size, true), grow_mask: '0' })).bytes)
  t.equal(transparent.info.channels, 3)
  t.notSame(pixelAt(transparent, 2, 2), pixelAt(before, 2, 2))
  t.same(pixelAt(transparent, 90, 2), pixelAt(before, 90, 2))
})

t.test('erases with what is around', async t => {
  const { edit } = await start(t)
  const after = await decode((await edit('erase', { image, mask })).bytes)
  const [red = 0, green = 0, blue = 0] = pixelAt(after, 48, 40)
  t.ok(green > 150 && blue > 150 && red < 230, `${red}, ${green}, ${blue}`)
})

t.test('grows the canvas by what each side asks for, and leaves the picture in its place', async t => {
  const { edit } = await start(t)
  const after = await decode((await edit('outpaint', { image, left: '10', right: '20', up: '30', down: '5' })).bytes)
  t.match(after.info, { width: 126, height: 115 })
  t.same(pixelAt(after, 10 + 48, 30 + 40), pixelAt(await decode(image), 48, 40))
  t.notSame(pixelAt(after, 5, 5), pixelAt(await decode(image), 0, 0))
})

t.test('replaces and recolors a place that depends on what is searched', async t => {
  const { edit } = await start(t)
  const before = await decode(image)
  for (const [name, field] of [['search-and-replace', 'search_prompt'], ['search-and-recolor', 'select_prompt']] as const) {
    const one = await edit(name, { image, prompt: 'blue', [field]: 'ball', seed: '1' })
    const other = await edit(name, { image, prompt: 'blue', [field]: 'wall', seed: '1' })
    const after = await decode(one.bytes)
    t.match(after.info, size)
    t.notOk(one.bytes.equals(other.bytes))
    t.same(pixelAt(after, 0, 0), pixelAt(before, 0, 0))
    t.notOk(after.data.equals(before.data))
  }
})

t.test('cuts the subject out', async t => {
  const { edit } = await start(t)
  const after = await decode((await edit('remove-background', { image })).bytes)
  t.same(pixelAt(after, 48, 40), [200, 40, 40, 255])
  t.equal(pixelAt(after, 3, 3)[3], 0)
  const flat = await decode((await edit('remove-background', { image: await flatPicture(size, [90, 120, 150]) })).bytes)
  t.equal(pixelAt(flat, 48, 40)[3], 255)
  t.equal(pixelAt(flat, 3, 3)[3], 0)
})

t.test('scales results above four megapixels down, or every result to it', async t => {
  const large = { image: await flatPicture({ width: 2600, height: 2000 }, [90, 120, 150]), mask }
  const { edit } = await start(t)
  t.match(await sharp((await edit('erase', large)).bytes).metadata(), { width: 2335, height: 1796 })
  t.match(await sharp((await edit('erase', { image, mask })).bytes).metadata(), size)
  const always = await start(t, { megapixels: 'always' })
  t.match(await sharp((await always.edit('erase', { image, mask })).bytes).metadata(), { width: 2243, height: 1869 })
})

t.test('relights later: by id, in progress at first, for a day, for its own key', async t => {
  let now = 1_000_000
  const { edit, send, emulator } = await start(t, {
    accounts: { 'sk-one': 100, 'sk-two': 100 }, jobPolls: 2, pollIntervalMs: 10_000, now: () => now
  })
  const reference = await flatPicture(size, [10, 200, 30])
  const { status, headers, json } = await edit('replace-background-and-relight', {
    subject_image: image, background_reference: reference, light_reference: image, light_source_strength: '0.2', seed: '5'
  })
  t.equal(status, 200)
  t.equal(headers.get('finish-reason'), null)
  t.match(json, { id: /^[0-9a-f]{64}$/ })
  const path = `/v2beta/results/${json instanceof Object && 'id' in json ? json.id : ''}`

  t.match(await send(path), { status: 202, json: { status: 'in-progress' } })
  t.match(await send(path), { status: 429, json: { id: 'rate_limit_exceeded', name: 'rate_limit_exceeded' } })
  now += 10_000
  t.match(await send(path, { headers: { accept: '*/*' } }), { status: 202 })
  now += 10_000
  t.match(await send(path, { headers: { authorization: 'sk-two' } }), { status: 404, json: { name: 'not_found' } })
  t.match(await send(path, { headers: { accept: 'image/png' } }), { status: 400, json: { name: 'bad_request' } })
  const picture = await send(path)
  t.match(picture, { status: 200 })
  t.equal(picture.headers.get('seed'), '5')
  const after = await decode(picture.bytes)
  const [red = 0, green = 0, blue = 0] = pixelAt(after, 3, 3)
  t.ok(green > red && green > blue)
  now += 10_000
  t.match(await send(path, { headers: { accept: 'application/json; type=image/png' } }), { status: 200, json: { finish_reason: 'SUCCESS', seed: 5 } })
  now += 24 * 60 * 60 * 1000
  t.match(await send(path), { status: 404 })
  t.match(await send('/v2beta/results/unknown'), { status: 404 })
  t.equal(emulator.spent(), 8)
})

t.test('relights in time: the light comes from its side, the background may stay', async t => {
  let now = 1_000_000
  const { edit, send } = await start(t, { jobMs: 500, jobPolls: 0, now: () => now })
  const relit = async (fields: Fields) => {
    const { json } = await edit('replace-background-and-relight', { subject_image: image, background_prompt: 'a beach', ...fields })
    const path = `/v2beta/results/${json instanceof Object && 'id' in json ? json.id : ''}`
    t.equal((await send(path)).status, 202)
    now += 500
    return await decode((await send(path)).bytes)
  }
  const sum = (pixel: number[]) => pixel.reduce((a, b) => a + b)
  const kept = { keep_original_background: 'true', light_source_strength: '0.8' }
  const places = { left: [2, 40], right: [93, 40], above: [48, 2], below: [48, 77] } as const
  const opposite = { left: 'right', right: 'left', above: 'below', below: 'above' } as const
  for (const direction of ['left', 'right', 'above', 'below'] as const) {
    const picture = await relit({ ...kept, light_source_direction: direction })
    const [near, far] = [places[direction], places[opposite[direction]]].map(([x, y]) => sum(pixelAt(picture, x, y)))
    t.ok(Number(near) > Number(far) + 100, direction)
  }
  const dark = await relit({ light_source_direction: 'left', preserve_original_subject: '1' })
  t.same(pixelAt(dark, 48, 40), [200, 40, 40])
})

t.test('fails as the vendor fails, word for word, and charges nothing for it', async t => {
  const { emulator, edit } = await start(t)
  const statuses = {
    bad_request: 400,
    unauthorized: 401,
    payment_required: 402,
    content_moderation: 403,
    payload_too_large: 413,
    invalid_language: 422,
    public_figure: 422,
    rate_limit_exceeded: 429,
    internal_error: 500
  }
  for (const [name, status] of Object.entries(statuses)) {
    emulator.script.next(1, name)
    t.match(await edit('inpaint', complete.inpaint ?? {}), { status, json: { id: String, name, errors: [/[a-z]{3}/] } })
    t.equal(emulator.script.hits(name), 1)
  }
  emulator.script.next(1, 'v1_unauthorized')
  t.match(await edit('inpaint', complete.inpaint ?? {}), { status: 401, json: { message: 'Incorrect API key provided: sk-shown-in-the-answer' } })
  emulator.script.next(1, 'rate_limit_retry_after:7')
  emulator.script.next(1, 'rate_limit_retry_after')
  t.equal((await edit('inpaint', complete.inpaint ?? {})).headers.get('retry-after'), '7')
  t.equal((await edit('inpaint', complete.inpaint ?? {})).headers.get('retry-after'), '1')
  t.equal(emulator.spent(), 0)
})

t.test('blurs what breaks its content policy, in both ways of answering, also in a job', async t => {
  const { emulator, edit, send } = await start(t, { jobPolls: 0 })
  const prompt = 'a green apple [fault:content_filtered]'
  const filtered = await edit('inpaint', { ...complete.inpaint, prompt, seed: '3' })
  t.equal(filtered.status, 200)
  t.equal(filtered.headers.get('finish-reason'), 'CONTENT_FILTERED')
  t.match(await edit('inpaint', { ...complete.inpaint, prompt }, { accept: 'application/json' }), { status: 200, json: { finish_reason: 'CONTENT_FILTERED' } })

  const path = ({ json }: { json: unknown }) => `/v2beta/results/${json instanceof Object && 'id' in json ? json.id : ''}`
  const relight = complete['replace-background-and-relight'] ?? {}
  const marked = await send(path(await edit('replace-background-and-relight', { ...relight, background_prompt: prompt })))
  t.equal(marked.headers.get('finish-reason'), 'CONTENT_FILTERED')
  emulator.script.next(1, 'content_filtered', 'GET /v2beta/results/')
  const late = await send(path(await edit('replace-background-and-relight', relight)))
  t.equal(late.headers.get('finish-reason'), 'CONTENT_FILTERED')
  emulator.script.next(1, 'unknown_finish')
  t.equal((await edit('inpaint', complete.inpaint ?? {})).headers.get('finish-reason'), 'PARTIAL')
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

t.test('charges for work whose answer never arrives', async t => {
  const { emulator, edit } = await start(t)
  emulator.script.next(1, 'reset_after')
  await t.rejects(edit('inpaint', complete.inpaint ?? {}))
  t.equal(emulator.balance(), 995)
  emulator.script.next(1, 'reset_before')
  await t.rejects(edit('inpaint', complete.inpaint ?? {}))
  t.equal(emulator.balance(), 995)
})

t.test('listens on the port that it is given', async t => {
  const first = await createStabilityEmulator()
  const { port } = new URL(first.url)
  await first.close()
  await delay(10)
  const second = await createStabilityEmulator({ port: Number(port) })
  t.after(() => second.close())
  t.equal(second.url, first.url)
})
