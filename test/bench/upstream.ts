/**
 * The vendor of the bench: answers after a fixed time with a fixed picture, in the wire of the path that is asked. What it is told
 * at /bench holds from then on; `PORT` names its port.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { madeImage, sentImage, type SizeName } from './images.ts'

let size: SizeName = '100k'
let latencyMs = 0
/** Bodies are kept and searched for the picture that was sent. */
let checks = false
let arrived = false

interface Answers {
  readonly sent: Buffer
  readonly binary: Buffer
  readonly studio: Buffer
  readonly openai: Buffer
}

const kept = new Map<SizeName, Answers>()

function answersOf (size: SizeName): Answers {
  const known = kept.get(size)
  if (known !== undefined) return known
  const binary = madeImage(size)
  const text = binary.toString('base64')
  const made = {
    sent: sentImage(size),
    binary,
    studio: Buffer.from(`{"success":true,"operation":"search_replace","provider":"bench","image_base64":"data:image/png;base64,${text}"}`),
    openai: Buffer.from(`{"created":1,"data":[{"b64_json":"${text}"}]}`)
  }
  kept.set(size, made)
  return made
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://upstream')
  if (url.pathname === '/bench') return control(url.searchParams, response)
  const { sent, binary, studio, openai } = answersOf(size)
  const body = await readBody(request)
  if (checks) arrived = body.includes(sent) || body.includes(sent.toString('base64'))
  if (latencyMs > 0) await delay(latencyMs)
  // Stability's wire, as plugins/stability speaks it.
  if (url.pathname.startsWith('/v2beta/')) return answer(response, binary, { 'content-type': 'image/png', 'finish-reason': 'SUCCESS', seed: '1' })
  answer(response, url.pathname === '/v1/images/edits' ? openai : studio, { 'content-type': 'application/json' })
})

function control (told: URLSearchParams, response: ServerResponse): void {
  size = (told.get('size') ?? size) as SizeName // The bench names only sizes of the table.
  latencyMs = Number(told.get('latency') ?? latencyMs)
  checks = told.has('checks')
  answersOf(size)
  answer(response, Buffer.from(String(arrived)), {})
  arrived = false
}

async function readBody (request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) if (checks) parts.push(part)
  return Buffer.concat(parts)
}

function answer (response: ServerResponse, body: Buffer, headers: Readonly<Record<string, string>>): void {
  response.writeHead(200, { ...headers, 'content-length': body.length }).end(body)
}

server.requestTimeout = 0
server.keepAliveTimeout = 120_000
server.listen(Number(process.env.PORT), '127.0.0.1')
