import { once } from 'node:events'
import { request as sendRequest } from 'node:http'
import t, { type Test } from 'tap'
import { open, picture, pixelsOf, type Picture } from '../core/imaging/pictures.ts'
import { serveHttp } from '../core/upstream/servers.ts'
import { anyResult } from '../fixtures/one-call-each.ts'
import { asked } from '../fixtures/studio-providers/studio-paint.ts'
import { buildStudio, poster, prefix } from './http-edit/studio.ts'
import { poster as openaiPoster } from './http-openai/service.ts'

const [width, height] = [40, 30]
const photo = picture(width, height)
const grey = (value: number): Picture => ({ data: Buffer.alloc(width * height, value), width, height, channels: 1 })
const png = async (source: Picture) => await open(source).png().toBuffer()
const files = new Map(Object.entries({ '/photo.png': await png(photo), '/other.png': await png(picture(width, height, 3, 1)), '/mask.png': await png(grey(255)), '/text.png': Buffer.from('no picture') }))
const holes = await png({ ...picture(width, height, 4), data: Buffer.alloc(width * height * 4) })

/** A server of pictures, and the service, to which its operator has opened it by naming it twice. */
async function openService (t: Test, kept: Readonly<Record<string, object>> = {}) {
  const server = await serveHttp(t, ({ url = '' }, response) => {
    const file = url === '/holes.png' ? holes : files.get(url.replace(/\?.*/, ''))
    const answer = () => response.writeHead(file === undefined ? 404 : 200).end(file)
    if (url.endsWith('?late')) setTimeout(answer, 100)
    else answer()
  })
  const { app } = await buildStudio(t, { ...anyResult, downloads: { imageUrls: [server.host], allowHosts: [server.host] } }, kept)
  return { server, app, at: (name: string) => `${server.origin}/${name}` }
}

const bytesOf = (dataUrl: string) => Buffer.from(dataUrl.slice(dataUrl.indexOf(',') + 1), 'base64')
/** Each row from its end. */
const mirrored = Buffer.concat(Array.from({ length: width * height }, (_, at) => {
  const from = (Math.floor(at / width) * width + width - 1 - at % width) * 3
  return photo.data.subarray(from, from + 3)
}))

t.test('a picture by its address becomes what the picture itself becomes, to the pixel', async t => {
  const { app, at } = await openService(t, { local: {} })
  const edit = { operation: 'general_edit', prompt: 'mirror horizontally', provider: 'local', fallback: 'none' }
  const { status, body } = await poster(app)('/edit/process', { ...edit, image_url: at('photo.png?X-Signature=secret') })
  t.equal(status, 200, JSON.stringify(body.detail))
  t.same((await pixelsOf(bytesOf(body.image_base64))).data, mirrored)
  t.same(body.metadata.warnings, [])
  t.notMatch(JSON.stringify(body.metadata), /secret/)
  const answer = await openaiPoster(app)({ images: [{ image_url: at('photo.png') }], ...edit })
  t.equal(answer.status, 200, answer.text.slice(0, 300))
  t.same((await pixelsOf(Buffer.from(answer.body.data[0].b64_json, 'base64'))).data, mirrored)
})

t.test('every field takes an address, in JSON, in a form and beside an image in the query', async t => {
  const { app, server, at } = await openService(t)
  const post = poster(app)
  const inpaint = { operation: 'inpaint', prompt: 'a hat' }
  t.match(await post('/edit/process', { ...inpaint, image_url: at('photo.png'), mask_url: at('mask.png') }), { status: 200 })
  t.same(asked.at(-1)?.images[0].bytes, files.get('/photo.png'), 'every byte')
  t.match(asked.at(-1), { mask: { width, height } })
  t.match(await post('/edit/process', { operation: 'relight', image_url: at('photo.png'), background_image_url: at('other.png'), lighting_image_url: at('other.png') }), { status: 200 })
  t.same([asked.at(-1)?.background?.bytes, asked.at(-1)?.lighting?.bytes], [files.get('/other.png'), files.get('/other.png')])
  const form = new FormData()
  for (const [name, value] of Object.entries({ ...inpaint, image_url: at('photo.png'), mask_url: at('mask.png') })) form.append(name, value)
  const encoded = new Response(form)
  t.match(await post('/edit/process', Buffer.from(await encoded.arrayBuffer()), { 'content-type': encoded.headers.get('content-type') ?? '' }), { status: 200 })
  const query = new URLSearchParams({ ...inpaint, mask_url: at('mask.png') })
  t.match(await post(`/edit/process?${query}`, files.get('/photo.png') ?? '', { 'content-type': 'image/png' }), { status: 200 })
  t.match(asked.at(-1), { operation: 'inpaint', mask: { width, height } })
  t.match(await openaiPoster(app)({ images: [{ image_url: at('photo.png') }], mask: { image_url: at('holes.png') }, prompt: 'a hat' }), { status: 200 })
  t.match(asked.at(-1), { operation: 'inpaint', mask: { width, height } })
  t.equal(server.requests.length, 10)
  t.match(await post('/edit/plan', { operation: 'general_edit', prompt: 'a hat', image_urls: [at('photo.png'), at('other.png')], provider: 'studio-paint', unsupported: 'drop' }), { status: 200, body: { candidates: [{ provider: 'studio-paint' }] } })
  t.equal(server.requests.length, 12, 'a plan needs the pixels too')
})

t.test('what is wrong with it is told by the field that was sent, and nobody is asked', async t => {
  const { app, at } = await openService(t)
  const calls = asked.length
  const edit = { operation: 'inpaint', prompt: 'a hat', image_url: at('photo.png') }
  const cases: Array<[object, number, object]> = [
    [{ mask_url: at('none.png?secret') }, 400, { code: 'EDIT_ERR_IMAGE_INVALID', field: 'mask_url', status: 404 }],
    [{ mask_url: at('text.png') }, 415, { field: 'mask_url' }],
    [{ image_url: at('text.png') }, 415, { field: 'image_url' }],
    [{ image_urls: [at('photo.png'), 'https://other.example/secret'] }, 422, { code: 'EDIT_ERR_INVALID_REQUEST', field: 'image_urls[1]', host: 'other.example' }]
  ]
  for (const [more, status, detail] of cases) {
    const answer = await poster(app)('/edit/process', { ...edit, ...more })
    t.match(answer, { status, body: { detail } }, JSON.stringify(more))
    t.notMatch(JSON.stringify(answer.body), /secret/)
  }
  t.match(await openaiPoster(app)({ images: [{ image_url: at('photo.png') }, { image_url: at('none.png?secret') }], prompt: 'a hat' }), {
    status: 400, body: { error: { type: 'image_generation_user_error', code: 'invalid_image_file', param: 'images[1].image_url', retouch: { status: 404 } } }
  })
  t.equal(asked.length, calls)
})

t.test('nothing is fetched for a request that is wrong in anything else', async t => {
  const { app, server, at } = await openService(t, { 'http-results': false } as unknown as Record<string, object>) // false = left out
  const edit = { operation: 'inpaint', prompt: 'a hat', image_url: at('photo.png'), mask_url: at('mask.png') }
  const cases: object[] = [
    { response_format: 'url' }, { response_format: 'gif' }, { prompt: '' }, { n: 11 }, { output_size: '0x5' }, { output_format: 'jpeg', background: 'transparent' },
    { provider: 'nobody' }, { model: 'none' }, { fallback: ['nobody'] }, { mask_url: undefined, mask_base64: '?' }, { options: { seed: 1 }, seed: 2 }
  ]
  for (const wrong of cases) {
    const { status } = await poster(app)('/edit/process', { ...edit, ...wrong })
    t.ok([400, 422].includes(status), `${status} ${JSON.stringify(wrong)}`)
  }
  t.equal((await poster(app)('/edit/process', { ...edit, n: 2 }, { accept: 'image/*' })).status, 422)
  t.equal((await poster(app)('/edit/process', edit, { 'idempotency-key': 'two words' })).status, 422)
  const openai = { images: [{ image_url: at('photo.png') }], mask: { image_url: at('holes.png') }, prompt: 'a hat' }
  const others: object[] = [
    { response_format: 'url' }, { response_format: 'gif' }, { prompt: '' }, { n: 0 }, { size: '0x5' }, { model: 'dall-e-2' }, { provider: 'nobody' }, { fallback: ['nobody'] },
    { colour: 'red' }, { background: 'transparent', output_format: 'jpeg' }, { background_image: 'data:image/png;base64,?' }
  ]
  for (const wrong of others) t.match(await openaiPoster(app)({ ...openai, ...wrong }), { status: 400 }, JSON.stringify(wrong))
  t.equal((await openaiPoster(app)(openai, { 'idempotency-key': 'two words' })).status, 400)
  t.same(server.requests, [])
})

t.test('a request that is sent again with its key fetches nothing, whatever stands at the address by now', async t => {
  const { app, server, at } = await openService(t)
  const edit = { operation: 'inpaint', prompt: 'a hat', image_url: at('photo.png'), mask_url: at('mask.png') }
  const first = await poster(app)('/edit/process', edit, { 'idempotency-key': 'edit' })
  t.match(first, { status: 200, headers: { 'idempotency-replayed': undefined } })
  const openai = { images: [{ image_url: at('photo.png') }], prompt: 'a hat' }
  const other = await openaiPoster(app)(openai, { 'idempotency-key': 'openai' })
  t.match(other, { status: 200, headers: { 'idempotency-replayed': undefined } })
  t.equal(server.requests.length, 3)
  const photo = files.get('/photo.png')
  files.delete('/photo.png')
  t.after(() => { if (photo !== undefined) files.set('/photo.png', photo) })
  const again = await poster(app)('/edit/process', edit, { 'idempotency-key': 'edit' })
  t.match(again, { status: 200, headers: { 'idempotency-replayed': 'true' } })
  t.equal(again.body.image_base64, first.body.image_base64)
  const otherAgain = await openaiPoster(app)(openai, { 'idempotency-key': 'openai' })
  t.match(otherAgain, { status: 200, headers: { 'idempotency-replayed': 'true' } })
  t.same(otherAgain.body.data, other.body.data)
  t.match(await poster(app)('/edit/process', { ...edit, image_url: at('other.png') }, { 'idempotency-key': 'edit' }), { status: 422, body: { detail: { field: 'Idempotency-Key' } } }, 'another address is another request')
  t.equal(server.requests.length, 3)
  t.match(await poster(app)('/edit/process', edit, { 'idempotency-key': 'later' }), { status: 400, body: { detail: { field: 'image_url', status: 404 } } })
  if (photo !== undefined) files.set('/photo.png', photo)
  t.match(await poster(app)('/edit/process', edit, { 'idempotency-key': 'later' }), { status: 200 }, 'what could not be fetched is tried again')
})

t.test('whoever does not wait gets an address at once, and there what the fetching came to', async t => {
  const { app, at } = await openService(t)
  for (const [name, statusCode] of [['photo.png?late', 200], ['none.png?late', 400]] as const) {
    const { status, headers } = await poster(app)('/edit/process', { operation: 'general_edit', prompt: 'a hat', image_url: at(name) }, { prefer: 'respond-async' })
    t.equal(status, 202)
    t.match(await app.inject({ url: String(headers.location), headers: { prefer: 'wait=20' } }), { statusCode })
  }
})

t.test('as it comes the service fetches nothing', async t => {
  const canary = await serveHttp(t, (_request, response) => response.end(files.get('/photo.png')))
  const { app } = await buildStudio(t, { downloads: { allowHosts: [canary.host] } })
  for (const url of [canary.origin, 'https://cdn.example/a.png']) {
    t.match(await poster(app)('/edit/process', { operation: 'remove_background', image_url: url }), { status: 422, body: { detail: { code: 'EDIT_ERR_INVALID_REQUEST', field: 'image_url', message: /downloads\.imageUrls$/ } } })
    t.match(await openaiPoster(app)({ images: [{ image_url: url }], prompt: 'a hat' }), { status: 400, body: { error: { type: 'invalid_request_error', param: 'images.image_url', message: /send the picture itself/ } } })
  }
  t.equal(canary.requests.length, 0)
})

t.test('no face reaches a canary on this machine, though every public host is allowed', async t => {
  const canary = await serveHttp(t, (_request, response) => response.end(files.get('/photo.png')))
  const { app } = await buildStudio(t, { downloads: { imageUrls: true, allowHosts: [canary.host] } })
  const calls = asked.length
  const hosts = ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '0177.0.0.1', '①②⑦.0.0.1', '127.0.0.1.', '[::1]', '[::ffff:127.0.0.1]', '[64:ff9b::7f00:1]', '169.254.169.254', '0']
  for (const url of hosts.flatMap(host => [`https://${host}/a`, `http://${host}:${canary.port}/a`, `https://user@${host}:${canary.port}/a`])) {
    for (const field of ['image_url', 'mask_url']) {
      const { status, body } = await poster(app)('/edit/process', { operation: 'inpaint', prompt: 'a hat', ...field === 'mask_url' && { image_base64: (files.get('/photo.png') ?? Buffer.alloc(0)).toString('base64') }, [field]: url })
      t.match({ status, detail: body.detail }, { status: 422, detail: { code: 'EDIT_ERR_INVALID_REQUEST', field, reason: 'ADDRESS_REFUSED' } }, url)
    }
    t.match(await openaiPoster(app)({ images: [{ image_url: url }], prompt: 'a hat' }), { status: 400, body: { error: { code: 'invalid_value', param: 'images.image_url' } } }, url)
  }
  t.equal(canary.requests.length, 0)
  t.equal(asked.length, calls)
})

t.test('a caller who leaves ends the fetching, at both faces and in a plan', async t => {
  const events = new EventTarget()
  const server = await serveHttp(t, (_request, response) => {
    response.on('close', () => events.dispatchEvent(new Event('ended'))).write('begun')
    events.dispatchEvent(new Event('begun'))
  })
  const { app } = await buildStudio(t, { downloads: { imageUrls: [server.host], allowHosts: [server.host] } })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const own = { operation: 'remove_background', image_url: server.origin }
  for (const [path, body] of [[`${prefix}/edit/process`, own], [`${prefix}/edit/plan`, own], ['/v1/images/edits', { images: [{ image_url: server.origin }], prompt: 'a hat' }]] as const) {
    const [begun, ended] = [once(events, 'begun'), once(events, 'ended')]
    const request = sendRequest(origin + path, { method: 'POST', headers: { 'content-type': 'application/json' } }).on('error', () => {}).end(JSON.stringify(body))
    await begun
    request.destroy()
    await ended
    t.pass(path)
  }
})
