import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { oneCallEach } from '../fixtures/one-call-each.ts'

/** More than the sockets between here and a vendor who does not read take up. */
const side = 1100
/** Where in a PNG of noise no two have the same bytes. */
const unique = { from: 300, length: 16 }

async function noise (): Promise<Buffer> {
  return await sharp(randomBytes(side * side * 3), { raw: { width: side, height: side, channels: 3 } }).png({ compressionLevel: 0 }).toBuffer()
}
const images = await Promise.all(Array.from({ length: 12 }, noise))
const keyOf = (bytes: Buffer) => bytes.toString('latin1', unique.from, unique.from + unique.length)
const known = new Map(images.map(image => [keyOf(image), image]))

type Manner = 'answers' | 'answers amid' | 'refuses at once' | 'refuses amid' | 'breaks off'
const manners: readonly Manner[] = ['answers', 'refuses at once', 'answers', 'answers amid', 'answers', 'refuses amid', 'answers', 'answers', 'breaks off', 'answers amid', 'answers']
/** The second half of a body is read so much later: if its memory were in other hands by now, it would show. */
const lateMs = 40

/** A vendor that keeps every byte it sees, and answers with the image it was sent, or before it has all of it. */
async function startVendor (t: Test) {
  const seen: Buffer[] = []
  let requests = 0
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const manner = manners[requests++ % manners.length]
    const chunks: Buffer[] = []
    let received = 0
    const readLater = () => {
      request.pause()
      setTimeout(() => request.resume(), lateMs)
    }
    const refuse = () => {
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"id":"a","name":"bad_request","errors":["no"]}')
      readLater()
    }
    const answer = () => {
      const image = imageIn(Buffer.concat(chunks))?.sent ?? Buffer.alloc(0)
      // With a length its memory can be used again, too.
      response.writeHead(200, { 'content-type': 'image/png', ...requests % 3 > 0 && { 'content-length': image.length } }).end(image)
    }
    if (manner === 'refuses at once') refuse()
    request.on('data', (chunk: Buffer) => {
      chunks.push(Buffer.from(chunk))
      const before = received
      received += chunk.length
      const half = side * side * 3 / 2
      if (before >= half || received < half) return
      if (manner === 'refuses amid') refuse()
      if (manner === 'breaks off') request.socket.destroy()
      if (manner === 'answers amid') answer()
      readLater()
    })
    request.on('error', () => {})
    request.on('close', () => {
      seen.push(Buffer.concat(chunks))
      if (manner === 'answers' && request.complete) answer()
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

/** @param others providers of this directory are asked as well, when Stability fails; of the same vendor. */
async function start (t: Test, others?: string) {
  const vendor = await startVendor(t)
  const app = await buildApp(configFrom({
    ...oneCallEach,
    logLevel: 'silent',
    gates: { damaged: false, blank: false, unchanged: false, size: false, transparency: false, moderated: false },
    countChanges: false,
    plugins: { ...others !== undefined && { directories: [others], bench: { baseUrl: vendor.url } }, local: false, stability: { apiKey: `sk-${'a'.repeat(40)}`, baseUrl: vendor.url } }
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
async function send (t: Test, url: string, call: Call, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const { path, type, body } = call
  const response = await fetch(url + path, { method: 'POST', headers: { 'content-type': type, ...headers }, body: new Uint8Array(body) })
  checkAnswer(t, await response.text(), response.status, call)
  return response.status
}

function checkAnswer (t: Test, answer: string, status: number, { image }: Call): void {
  if (status !== 200) return
  const base64 = /"(?:image_base64|b64_json)":"(?:data:image\/png;base64,)?([^"]+)"/.exec(answer)?.[1]
  t.ok(base64 === image.toString('base64'), 'the answer holds what this caller has sent')
}

/** Sends a part of a call and leaves, sometimes just after its end; with a key, it goes on all the same. */
async function leave (url: string, { path, type, body }: Call, share = 1.2, headers = ''): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n${headers}\r\n`)
  socket.write(body.subarray(0, Math.floor(Math.random() * body.length * share)))
  await delay(Math.random() * 60)
  socket.destroy()
}

const manyWays: ReadonlyArray<(t: Test, url: string, call: Call) => Promise<number | undefined>> = [
  send,
  send,
  async (t, url, call) => {
    const key = { 'idempotency-key': randomBytes(8).toString('hex') }
    await send(t, url, call, key)
    await delay(20)
    return await send(t, url, call, key)
  },
  async (_, url, call) => { await leave(url, call) },
  async (_, url, call) => { await leave(url, call, 100, `idempotency-key: ${randomBytes(8).toString('hex')}\r\n`) },
  async (t, url, call) => {
    const accepted = await fetch(url + call.path, { method: 'POST', headers: { 'content-type': call.type, prefer: 'respond-async' }, body: new Uint8Array(call.body) })
    await accepted.text()
    const fetched = await fetch(url + accepted.headers.get('location'), { headers: { prefer: 'wait=20' } })
    checkAnswer(t, await fetched.text(), fetched.status, call)
    return fetched.status
  },
  async (t, url, call) => await send(t, url, call, { prefer: 'wait=20' }),
  async (t, url, call) => {
    const headers = { 'content-type': call.type, accept: 'image/png' }
    const response = await fetch(url + call.path, { method: 'POST', headers, body: new Uint8Array(call.body) })
    const answer = Buffer.from(await response.arrayBuffer())
    if (response.headers.get('content-type') === 'image/png') t.ok(answer.equals(call.image), 'the answer is what this caller has sent')
    return response.status
  }
]

for (const [what, others] of [['and however early the vendor answers', undefined], ['and whoever is asked after it', join(import.meta.dirname, '../bench/providers')]] as const) {
  t.test(`no byte of one request is ever seen in another: whoever leaves amid, ${what}`, async t => {
    const { url, vendor } = await start(t, others)
    const statuses: Array<number | undefined> = []
    for (let round = 0; round < 8; round++) {
      await Promise.all(images.map(async (image, index) => {
        const call = (index + round) % 2 === 0 ? json(image) : await form(image)
        // Round by round another way falls to each image.
        statuses.push(await manyWays[(index + round * 5) % manyWays.length]?.(t, url, call))
      }))
    }
    t.ok(statuses.includes(200))
    if (others === undefined) t.ok(statuses.some(status => status !== undefined && status >= 400))
    await delay(500)
    checkSeen(t, vendor.seen)
  })
}

/** Everything that went to the vendor is an image that was sent, or the beginning of one. */
function checkSeen (t: Test, seen: readonly Buffer[]): void {
  let whole = 0
  for (const body of seen) {
    const found = imageIn(body)
    if (found === undefined) continue
    const { sent, came } = found
    if (came.length === sent.length) whole++
    if (came.length === 0 || !came.equals(sent.subarray(0, came.length))) t.fail(`what the vendor saw is no image that was sent, or a mixture: ${came.length} bytes`)
    const after = body.subarray(body.indexOf(came) + came.length)
    if (came.length === sent.length && after.length > 1 && !after.toString('latin1').startsWith('\r\n--')) t.fail('something comes after the image that is no form')
  }
  t.ok(whole > 10, `${whole} whole images and ${seen.length - whole} parts`)
}
