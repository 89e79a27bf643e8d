import { createHash, randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import Fastify, { type FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { EditError } from '../../../core/errors.ts'
import { createBlockPool } from '../../../core/block-pool.ts'
import { readBase64 } from '../../../core/imaging/base64-reader.ts'
import { decodeBase64 } from '../../../core/imaging/base64.ts'
import { openLoan } from '../../../core/loan.ts'
import type { Edits } from '../../../core/index.ts'
import httpBody from '../../../plugins/http-body/index.ts'
import { isFile } from './scanned.ts'

const mebi = 1024 * 1024
const settings = { memoryBytes: 16 * mebi, retryAfterMs: 5000 }
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex')

/** A face that answers with the digest of every image it gets, when `release` lets it. */
async function buildFace (t: Test, { bodyBytes = 8 * mebi, options = settings, gate = async () => {}, pool = createBlockPool({ maxBytes: 16 * mebi }) } = {}) {
  const app = Fastify({ bodyLimit: bodyBytes })
  t.after(() => app.close())
  app.decorate('edits', { bodyBytes, readBase64, decodeBase64, openLoan: () => openLoan(pool) } as unknown as Edits) // Nothing else of it is used.
  app.decorate('EditError', EditError)
  await app.register(httpBody, options)
  await app.register(async face => {
    face.removeAllContentTypeParsers()
    face.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => await face.bodies.json(request, payload, ['image', 'images[]']))
    face.addContentTypeParser('multipart/form-data', async (request: FastifyRequest, payload: IncomingMessage) => await face.bodies.form(request, payload))
    face.addContentTypeParser(/^image\//, async (request: FastifyRequest, payload: IncomingMessage) => await face.bodies.file(request, payload))
    face.post('/', async ({ body }) => {
      await gate()
      return { body: digest(body) }
    })
    face.post('/small', { bodyLimit: 1000 }, async ({ body }) => ({ body: digest(body) }))
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // It listens on TCP.
  return { app, port, post: (body: string | Buffer | FormData, headers: Record<string, string> = {}, path = '/') => post(port, body, headers, path) }
}

async function post (port: number, body: string | Buffer | FormData, headers: Record<string, string>, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: Buffer.isBuffer(body) ? new Uint8Array(body) : body, headers })
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}

function digest (value: unknown): unknown {
  if (isFile(value)) return md5(value.bytes('image'))
  if (Array.isArray(value)) return value.map(digest)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, digest(entry)]))
}

const asJson = { 'content-type': 'application/json' }

t.test('images come through every way in, byte for byte', async t => {
  const { post } = await buildFace(t)
  for (const size of [1, 1000, 100_000, 2_000_000]) {
    const [one, two] = [randomBytes(size), randomBytes(size)]
    const text = JSON.stringify({ prompt: 'ein Hütchen', image: one.toString('base64'), images: [`data:image/png;base64,${two.toString('base64')}`] })
    const sent = await post(text, asJson)
    if (size > 1000) t.same(sent.body, { body: { prompt: 'ein Hütchen', image: md5(one), images: [md5(two)] } })
    const form = new FormData()
    form.append('prompt', 'ein Hütchen')
    form.append('image', new Blob([new Uint8Array(one)], { type: 'image/png' }), 'a.png')
    form.append('image', new Blob([new Uint8Array(two)]), 'b')
    t.same((await post(form)).body, { body: [{ name: 'prompt', value: 'ein Hütchen' }, { name: 'image', value: md5(one) }, { name: 'image', value: md5(two) }] })
    t.same((await post(one, { 'content-type': 'image/png' })).body, { body: md5(one) })
  }
})

t.test('a body that comes in chunks, without a length, is read all the same', async t => {
  const { port } = await buildFace(t)
  const image = randomBytes(1_500_000)
  const text = JSON.stringify({ image: image.toString('base64') })
  const client = httpRequest({ port, method: 'POST', headers: asJson })
  for (let at = 0; at < text.length; at += 100_001) client.write(text.slice(at, at + 100_001))
  client.end()
  const [response] = await once(client, 'response')
  t.same(await json(response), { body: { image: md5(image) } })
})

t.test('no body is undefined', async t => {
  const { app } = await buildFace(t)
  t.same((await app.inject({ method: 'POST', url: '/', headers: asJson, payload: '' })).json(), {})
})

t.test('refusals say what they are', async t => {
  const { post } = await buildFace(t)
  t.match(await post('{"a":', asJson), { status: 422, body: { code: 'BODY_NO_JSON', message: 'Expecting value' } })
  t.match(await post('x', { 'content-type': 'multipart/form-data' }), { status: 400, body: { code: 'BODY_INVALID', message: /boundary/ } })
  t.match(await post('x', { 'content-type': 'multipart/form-data; boundary=b' }), { status: 400, body: { message: /does not begin with its boundary/ } })
  t.match(await post('x'.repeat(2000), { 'content-type': 'image/png' }, '/small'), { status: 413, body: { code: 'BODY_TOO_LARGE', message: 'the body is larger than 1000 bytes' } })
})

t.test('who is refused can read the answer, though it writes everything first, as most clients do', async t => {
  const { post } = await buildFace(t)
  const broken = JSON.stringify({ small: 'x'.repeat(70_000) }).padEnd(4 * mebi)
  t.match(await post(broken, asJson), { status: 413, body: { message: /65536 bytes beside its images/ } })
  t.match(await post(Buffer.alloc(9 * mebi), { 'content-type': 'image/png' }), { status: 413, body: { message: 'the body is larger than 8388608 bytes' } })
})

t.test('no room is a 503, and there is room again when the answers have been sent', async t => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const events = new EventEmitter()
  const { post, port } = await buildFace(t, { gate: async () => { events.emit('waiting'); await opened } })
  const image = randomBytes(7 * mebi)
  const held = []
  for (let count = 0; count < 2; count++) {
    const waiting = once(events, 'waiting')
    held.push(post(image, { 'content-type': 'image/png' }))
    await waiting
  }
  t.match(await post(image, { 'content-type': 'image/png' }), { status: 503, body: { code: 'EDIT_ERR_OVERLOADED', message: 'of the 16777216 bytes that the bodies under way may take together 7340032 are no longer there: send the request later' } })
  const inChunks = httpRequest({ port, method: 'POST', headers: { 'content-type': 'image/png' } })
  inChunks.end(image)
  const [response] = await once(inChunks, 'response')
  t.match(await json(response), { code: 'EDIT_ERR_OVERLOADED' }, 'and so is what outgrows the room')
  open()
  t.same((await Promise.all(held)).map(({ status }) => status), [200, 200])
  t.equal((await post(image, { 'content-type': 'image/png' })).status, 200)
})

t.test('a body is admitted by its announced length: there is no room for one before a byte of it has come', async t => {
  const { app, port, post } = await buildFace(t)
  const begin = async (bytes: number) => {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    t.after(() => socket.destroy())
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: image/png\r\ncontent-length: ${bytes}\r\n\r\n`)
    return socket
  }
  const taken = once(app.server, 'request')
  const first = await begin(8 * mebi)
  await taken
  const second = await begin(8 * mebi - 1000)
  while (!/503/.test((await post(Buffer.alloc(1001), { 'content-type': 'image/png' })).status.toString()));
  t.equal(app.bodies.reason(), null, 'a smaller one finds room')
  const refused = await begin(1001)
  t.match(await once(refused, 'data'), [/^HTTP\/1\.1 503 .*\r\nretry-after: 5\r\n.*EDIT_ERR_OVERLOADED/is])
  refused.write(Buffer.alloc(1001))
  refused.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: image/png\r\ncontent-length: 3\r\n\r\nabc')
  t.match(await once(refused, 'data'), [/^HTTP\/1\.1 200 /], 'what comes behind the answer is thrown away')
  const last = await begin(1000)
  while (app.bodies.reason() === null) await new Promise(resolve => setImmediate(resolve))
  t.match(app.bodies.reason(), /all of the 16777216 bytes/)
  for (const socket of [first, second, last]) socket.destroy()
  while ((await post(Buffer.alloc(8 * mebi), { 'content-type': 'image/png' })).status !== 200);
  t.equal((await post(Buffer.alloc(8 * mebi + 1), { 'content-type': 'image/png' })).status, 413, 'what no route takes is refused by it')
})

t.test('who asks whether to send a body is refused before a byte of it, when it is too large or there is no room', async t => {
  const { port } = await buildFace(t)
  const ask = async (bytes: number) => {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    t.after(() => socket.destroy())
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: image/png\r\ncontent-length: ${bytes}\r\nexpect: 100-continue\r\n\r\n`)
    return String((await once(socket, 'data'))[0])
  }
  t.match(await ask(8 * mebi + 1), /^HTTP\/1\.1 413 .*the body is larger than 8388608 bytes/s)
  t.match(await ask(8 * mebi), /^HTTP\/1\.1 100 /)
  t.match(await ask(8 * mebi), /^HTTP\/1\.1 100 /)
  t.match(await ask(1), /^HTTP\/1\.1 503 .*EDIT_ERR_OVERLOADED/s)
})

t.test('what is fetched for a request takes the same memory, until its answer is sent and its edit has ended', async t => {
  const app = Fastify()
  t.after(() => app.close())
  const fetchImages: Edits['fetchImages'] = async (pictures, { hold }) => pictures.map(picture => {
    if (Buffer.isBuffer(picture)) return picture
    hold?.(Number(picture.url))
    return Buffer.alloc(Number(picture.url))
  })
  app.decorate('edits', { bodyBytes: mebi, fetchImages, openLoan: () => openLoan(undefined) } as unknown as Edits) // Nothing else of it is used.
  app.decorate('EditError', EditError)
  await app.register(httpBody, { memoryBytes: mebi, retryAfterMs: 1000 })
  app.get<{ Querystring: { bytes: string } }>('/', async (request) => {
    const pictures = [Buffer.alloc(2 * mebi), { url: request.query.bytes, field: 'image_url' }, { url: '1', field: 'mask_url' }]
    const memory = app.bodies.memoryOf(request)
    ends.push(memory.use())
    return (await memory.fetchImages(pictures, { signal: new AbortController().signal })).map(({ length }) => length)
  })
  const ends: Array<() => void> = []
  for (let run = 0; run < 3; run++) {
    t.same((await app.inject(`/?bytes=${mebi - 1}`)).json(), [2 * mebi, mebi - 1, 1], 'those that came in the body are counted already')
    t.equal((await app.inject('/?bytes=1')).statusCode, 503, 'the edit goes on without its caller')
    for (const end of ends.splice(0)) end()
  }
  t.match(await app.inject(`/?bytes=${mebi}`).then(({ statusCode, body }) => [statusCode, body]), [503, /EDIT_ERR_OVERLOADED/])
})

t.test('the memory of a body serves the next one when the kernel has vouched for it and the answer has been read whole', async t => {
  const pool = createBlockPool({ maxBytes: 16 * mebi })
  let kept: Buffer = Buffer.alloc(0)
  const app = Fastify({ bodyLimit: 8 * mebi })
  t.after(() => app.close())
  app.decorate('edits', { bodyBytes: 8 * mebi, readBase64, openLoan: () => openLoan(pool) } as unknown as Edits) // Nothing else of it is used.
  app.decorate('EditError', EditError)
  await app.register(httpBody, settings)
  await app.register(async face => {
    face.removeAllContentTypeParsers()
    face.addContentTypeParser(/^image\//, async (request: FastifyRequest, payload: IncomingMessage) => await face.bodies.file(request, payload))
    face.post<{ Querystring: { vouched: string } }>('/', async (request, reply) => {
      kept = (request.body as { bytes: (field: string) => Buffer }).bytes('image') // As the parser has made it.
      const loan = face.bodies.loanOf(request)
      if (request.query.vouched === 'true') loan?.vouch([kept])
      t.equal(pool.idleBytes(), 0, 'not before the answer')
      return await reply.send(Readable.from(['a', 'b'], { objectMode: false }))
    })
  })
  const image = randomBytes(mebi)
  const send = async (vouched: boolean) => await app.inject({ method: 'POST', url: `/?vouched=${vouched}`, headers: { 'content-type': 'image/png' }, payload: image })
  await send(false)
  t.ok(kept.equals(image), 'without a word it stays as it is')
  await send(true)
  t.equal(kept.length, 0)
  t.equal(pool.idleBytes(), mebi)
  await send(true)
  t.equal(pool.idleBytes(), mebi)
})

t.test('room for less than one body is no setting', async t => {
  await t.rejects(buildFace(t, { options: { memoryBytes: mebi, retryAfterMs: 1000 } }), /memoryBytes is smaller than limits.bodyBytes, 8388608/)
})

t.test('callers who leave at any point leave no memory taken, and no byte of theirs behind', async t => {
  const { port, post } = await buildFace(t)
  const secret = Buffer.alloc(2 * mebi, 'secret')
  const text = JSON.stringify({ image: secret.toString('base64') })
  for (let run = 0; run < 40; run++) {
    const client: Socket = connect(port, '127.0.0.1')
    client.on('error', () => {})
    const closed = once(client, 'close')
    client.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`)
    client.write(text.slice(0, Math.floor(text.length * run / 40)), () => client.destroy())
    const image = randomBytes(300_000 + run)
    const { body } = await post(JSON.stringify({ image: image.toString('base64') }), asJson)
    t.same(body, { body: { image: md5(image) } })
    await closed
  }
  // All of the memory is there again: 40 abandoned bodies would have taken it five times over.
  const full = randomBytes(6 * mebi - 1000)
  const fill = async () => (await post(JSON.stringify({ image: full.toString('base64') }), asJson)).status
  let status = await fill()
  // The server may have to see yet that the last ones are gone.
  while (status === 503) status = await fill()
  t.equal(status, 200)
})
