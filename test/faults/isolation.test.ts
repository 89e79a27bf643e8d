import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { oneCallEach } from '../fixtures/one-call-each.ts'

const side = 640
/** Where in a PNG of noise no two have the same bytes. */
const unique = { from: 300, length: 16 }

async function noise (): Promise<Buffer> {
  return await sharp(randomBytes(side * side * 3), { raw: { width: side, height: side, channels: 3 } }).png({ compressionLevel: 0 }).toBuffer()
}
const images = await Promise.all(Array.from({ length: 12 }, noise))
const keyOf = (bytes: Buffer) => bytes.toString('latin1', unique.from, unique.from + unique.length)
const known = new Map(images.map(image => [keyOf(image), image]))

type Manner = 'answers' | 'refuses at once' | 'refuses amid' | 'breaks off'
const manners: readonly Manner[] = ['answers', 'refuses at once', 'answers', 'refuses amid', 'answers', 'breaks off']

/** A vendor that keeps every byte it sees, and answers with the image it was sent, or before it has all of it. */
async function startVendor (t: Test) {
  const seen: Buffer[] = []
  let requests = 0
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const manner = manners[requests++ % manners.length]
    const chunks: Buffer[] = []
    let received = 0
    const refuse = () => response.writeHead(400, { 'content-type': 'application/json' }).end('{"id":"a","name":"bad_request","errors":["no"]}')
    if (manner === 'refuses at once') refuse()
    request.on('data', (chunk: Buffer) => {
      chunks.push(Buffer.from(chunk))
      const before = received
      received += chunk.length
      const half = side * side * 3 / 2
      if (before < half && received >= half && manner === 'refuses amid') refuse()
      if (before < half && received >= half && manner === 'breaks off') request.socket.destroy()
    })
    request.on('error', () => {})
    request.on('close', () => {
      const body = Buffer.concat(chunks)
      seen.push(body)
      if (manner === 'answers' && request.complete) response.writeHead(200, { 'content-type': 'image/png' }).end(imageIn(body)?.sent)
    })
  })
  server.listen(0, '127.0.0.1')
  t.after(() => server.close().closeAllConnections())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // It listens on TCP.
  return { url: `http://127.0.0.1:${port}`, seen }
}

/** Of a form, the image that was sent and what came of it; undefined when too little came to tell which one it is. */
function imageIn (body: Buffer): { readonly sent: Buffer, readonly came: Buffer } | undefined {
  const head = body.indexOf('name="image"')
  const start = body.indexOf('\r\n\r\n', head) + 4
  if (head < 0 || start < 4 || body.length < start + unique.from + unique.length) return undefined
  const sent = known.get(keyOf(body.subarray(start)))
  return { sent: sent ?? Buffer.alloc(0), came: body.subarray(start, start + (sent?.length ?? Infinity)) }
}

async function start (t: Test) {
  const vendor = await startVendor(t)
  const app = await buildApp(configFrom({
    ...oneCallEach,
    logLevel: 'silent',
    gates: { damaged: false, blank: false, unchanged: false, size: false, transparency: false, moderated: false },
    countChanges: false,
    plugins: { local: false, stability: { apiKey: `sk-${'a'.repeat(40)}`, baseUrl: vendor.url } }
  }))
  t.after(() => app.close())
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), vendor }
}

interface Call { readonly path: string, readonly type: string, readonly body: Buffer, readonly image: Buffer }

const json = (image: Buffer): Call => ({
  path: '/api/image-studio/edit/process',
  type: 'application/json',
  image,
  body: Buffer.from(JSON.stringify({ image_base64: `data:image/png;base64,${image.toString('base64')}`, operation: 'search_replace', search_prompt: 'a', prompt: 'b' }))
})

async function form (image: Buffer): Promise<Call> {
  const fields = new FormData()
  fields.set('image', new Blob([new Uint8Array(image)], { type: 'image/png' }), 'a.png')
  for (const [name, value] of Object.entries({ operation: 'search_replace', search_prompt: 'a', prompt: 'b' })) fields.set(name, value)
  const { headers, body } = new Request('http://a', { method: 'POST', body: fields })
  return { path: '/v1/images/edits', type: headers.get('content-type') ?? '', image, body: Buffer.from(await new Response(body).arrayBuffer()) }
}

/** Sends a call and checks that an answer with an image has the caller's own. */
async function send (t: Test, url: string, { path, type, body, image }: Call): Promise<number> {
  const response = await fetch(url + path, { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) })
  const answer = await response.text()
  if (response.status === 200) {
    const base64 = /"(?:image_base64|b64_json)":"(?:data:image\/png;base64,)?([^"]+)"/.exec(answer)?.[1]
    t.ok(base64 === image.toString('base64'), 'the answer holds what this caller has sent')
  }
  return response.status
}

/** Sends a part of a call and leaves. */
async function leave (url: string, { path, type, body }: Call): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`)
  socket.write(body.subarray(0, Math.floor(Math.random() * body.length * 1.2)))
  await delay(Math.random() * 60)
  socket.destroy()
}

t.test('no byte of one request is ever seen in another: whoever leaves amid, and however early the vendor answers', async t => {
  const { url, vendor } = await start(t)
  const statuses: number[] = []
  for (let round = 0; round < 6; round++) {
    await Promise.all(images.map(async (image, index) => {
      const call = (index + round) % 2 === 0 ? json(image) : await form(image)
      if ((index + round) % 4 === 3) await leave(url, call)
      else statuses.push(await send(t, url, call))
    }))
  }
  t.ok(statuses.includes(200))
  t.ok(statuses.some(status => status >= 400))
  await delay(200)

  let whole = 0
  for (const body of vendor.seen) {
    const found = imageIn(body)
    if (found === undefined) continue
    const { sent, came } = found
    if (came.length === sent.length) whole++
    if (came.length === 0 || !came.equals(sent.subarray(0, came.length))) t.fail(`what the vendor saw is no image that was sent, or a mixture: ${came.length} bytes`)
    const after = body.subarray(body.indexOf(came) + came.length)
    if (came.length === sent.length && after.length > 1 && !after.toString('latin1').startsWith('\r\n--')) t.fail('something comes after the image that is no form')
  }
  t.ok(whole > 10, `${whole} whole images and ${vendor.seen.length - whole} parts`)
})
