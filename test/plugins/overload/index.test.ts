import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { asked, events } from '../../fixtures/studio-providers/studio-paint.ts'
import { buildStudio, picture, poster, prefix } from '../http-edit/studio.ts'

const image = await picture()
const edit = { image_base64: image, operation: 'inpaint', prompt: 'a hat' }
const waiting = { ...edit, prompt: 'wait' }
const full = { status: 503, headers: { 'retry-after': '5' }, body: { detail: { code: 'EDIT_ERR_OVERLOADED', retry_after: 5 } } }

const build = async (t: Test, options: object, settings: object = {}) => await buildStudio(t, settings, { overload: options })

async function listen (app: FastifyInstance): Promise<{ url: string, dial: () => Promise<Socket> }> {
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // It listens on TCP.
  return {
    url,
    dial: async () => {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1')
      await once(socket, 'connect')
      return socket
    }
  }
}

const head = (path: string, ...headers: string[]) => [`POST ${path} HTTP/1.1`, 'Host: a', 'Content-Type: application/json', ...headers, '', ''].join('\r\n')

/** Starts an edit that waits at its provider until its caller leaves. */
async function occupy (url: string, body: object = waiting, headers: Record<string, string> = {}) {
  const caller = new AbortController()
  const started = once(events, 'asked')
  const ended = fetch(`${url}${prefix}/edit/process`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body), signal: caller.signal
  }).catch(() => {})
  await started
  return {
    leave: async () => {
      caller.abort()
      await ended
    }
  }
}

async function until (isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setImmediate(resolve))
}

t.test('an edit too many is a 503 that costs nothing, questions are answered, and then there is room again', async t => {
  const { app, logs } = await build(t, { maxInFlight: 2 })
  const { url } = await listen(app)
  const callers = [await occupy(url), await occupy(url)]
  const before = asked.length
  t.match(app.overload.reason(), '2 requests are under way')
  for (const path of ['/edit/process', '/edit/plan', '/estimate-cost', '/nowhere']) t.match(await poster(app)(path, edit), full, path)
  t.equal((await app.inject(`${prefix}/edit/models`)).statusCode, 200)
  t.equal(asked.length, before)
  await callers[0]?.leave()
  await until(() => app.overload.reason() === null)
  t.equal((await poster(app)('/edit/process', edit)).status, 200)
  t.equal((await poster(app)('/edit/process', edit)).status, 200, 'an answer that was sent takes no room')
  await callers[1]?.leave()
  t.match(logs.filter(({ msg }) => msg === 'overloaded: requests are refused'), [{ level: 40, refused: 1, reason: '2 requests are under way' }], 'one line for many')
  t.equal(logs.filter(({ msg }) => msg === 'request failed' || msg === 'POST /nowhere').length, 0)
})

t.test('an edit that goes on without its caller takes room', async t => {
  const { app } = await build(t, { maxInFlight: 1 }, { deadlineMs: 1000 })
  const { url } = await listen(app)
  const caller = await occupy(url, waiting, { 'idempotency-key': 'k' })
  await caller.leave()
  t.match(await poster(app)('/edit/process', edit), full)
  await until(() => app.edits.running() === 0)
  t.equal((await poster(app)('/edit/process', edit)).status, 200)
})

t.test('the answer comes before the body, and a connection with a large one is closed', async t => {
  const { app } = await build(t, { maxInFlight: 1 })
  const { url, dial } = await listen(app)
  const caller = await occupy(url)
  for (const size of ['Content-Length: 1000000', 'Content-Length: 65536', 'Transfer-Encoding: chunked']) {
    const socket = await dial()
    socket.write(head(`${prefix}/edit/process`, size))
    t.match(await text(socket), /^HTTP\/1\.1 503 .*\r\nconnection: close\r\n.*EDIT_ERR_OVERLOADED/is, size)
  }
  const kept = await dial()
  kept.write(head(`${prefix}/edit/process`, 'Content-Length: 2'))
  t.match((await once(kept, 'data'))[0], /^HTTP\/1\.1 503 .*\r\nconnection: keep-alive\r\n/is)
  kept.write('{}' + head(`${prefix}/edit/process`, 'Content-Length: 0'))
  t.match((await once(kept, 'data'))[0], /^HTTP\/1\.1 503 /)
  kept.destroy()
  await caller.leave()
})

t.test('every face is covered, and answers in its own words', async t => {
  const directory = t.testdir({
    'face.mjs': `
      export const meta = { name: 'face' }
      export default async app => {
        app.setErrorHandler((error, _, reply) => reply.code(error.statusCode).send({ error: { code: error.code } }))
        app.post('/v1/edits', async () => ({ done: true }))
      }`,
    'zz-plain.mjs': 'export const meta = { name: "zz-plain" }\nexport default async app => { app.post("/plain", async () => ({ done: true })) }'
  })
  const { app } = await build(t, { maxInFlight: 1, retryAfterMs: 7000 }, {
    plugins: { directories: [directory, 'test/fixtures/studio-providers'], overload: { maxInFlight: 1, retryAfterMs: 7000 } }
  })
  const { url } = await listen(app)
  const post = async (path: string) => await app.inject({ method: 'POST', url: path })
  t.equal((await post('/v1/edits')).statusCode, 200)
  const caller = await occupy(url, { ...waiting, provider: 'studio-paint' })
  const refused = await post('/v1/edits')
  t.equal(refused.statusCode, 503)
  t.same(refused.json(), { error: { code: 'EDIT_ERR_OVERLOADED' } })
  const plain = await post('/plain')
  t.match(plain.json(), { statusCode: 503, code: 'EDIT_ERR_OVERLOADED' })
  t.equal(plain.headers['retry-after'], '7')
  await caller.leave()
})

t.test('a process that cannot keep up refuses', async t => {
  const { app } = await build(t, { maxLoopDelayMs: 1 })
  while (app.overload.reason() === null) {
    const end = performance.now() + 80
    while (performance.now() < end);
    await new Promise(resolve => setImmediate(resolve))
  }
  t.match(app.overload.reason(), 'the process cannot keep up')
  t.match(await poster(app)('/edit/process', edit), full)
})

t.test('bounds that no request would pass stop the start', async t => {
  await t.rejects(build(t, { maxInFlight: 0 }), /plugins\.overload\.maxInFlight/)
})
