import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import sharp from 'sharp'
import t from 'tap'
import { anyResult } from '../../fixtures/one-call-each.ts'
import { asked, events } from '../../fixtures/studio-providers/studio-paint.ts'
import { buildStudio, picture, poster, prefix } from './studio.ts'

const image = await picture()
const edit = { image_base64: image, operation: 'general_edit', prompt: 'a hat' }

t.test('who prefers not to wait gets an address, and there the answer as it would have been', async t => {
  const { app } = await buildStudio(t)
  const { body: waited } = await poster(app)('/edit/process', edit)
  const accepted = await poster(app)('/edit/process', edit, { prefer: 'respond-async' })
  t.match(accepted, { status: 202, headers: { 'preference-applied': 'respond-async', location: /^\/jobs\/[\w-]{32}$/ } })
  const fetched = await app.inject({ url: String(accepted.headers.location), headers: { prefer: 'wait=10' } })
  t.equal(fetched.statusCode, 200)
  t.match(fetched.headers, { 'content-type': 'application/json; charset=utf-8', 'x-retouch-provider': 'studio-paint' })
  t.equal(fetched.json().image_base64, waited.image_base64)
})

t.test('a failure is at that address as it would have been', async t => {
  const { app } = await buildStudio(t, { deadlineMs: 1000 })
  const { headers } = await poster(app)('/edit/process', { ...edit, prompt: 'wait' }, { prefer: 'respond-async' })
  const fetched = await app.inject({ url: String(headers.location), headers: { prefer: 'wait=60' } })
  t.equal(fetched.statusCode, 504)
  t.match(fetched.json(), { detail: { code: 'EDIT_ERR_DEADLINE' } })
})

t.test('what is wrong with a request is said at once', async t => {
  const { app } = await buildStudio(t)
  t.equal((await poster(app)('/edit/process', { ...edit, seed: 'x' }, { prefer: 'respond-async' })).status, 422)
})

t.test('a caller who leaves while the answer is waited for ends the edit', async t => {
  const { app } = await buildStudio(t)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const caller = new AbortController()
  const left = once(events, 'aborted')
  const started = once(events, 'asked')
  const answer = fetch(`${url}${prefix}/edit/process`, {
    method: 'POST', headers: { 'content-type': 'application/json', prefer: 'wait=30' }, body: JSON.stringify({ ...edit, prompt: 'wait' }), signal: caller.signal
  }).catch(() => {})
  await started
  caller.abort()
  await Promise.all([answer, left])
})

t.test('an edit that goes on without its caller takes memory until it has ended', async t => {
  const { app } = await buildStudio(t, { ...anyResult, deadlineMs: 1000, limits: { bodyBytes: 1_500_000 } }, { 'http-body': { memoryBytes: 1_500_000 } })
  const noise = await sharp(randomBytes(480 * 480 * 3), { raw: { width: 480, height: 480, channels: 3 } }).png().toBuffer()
  const large = { ...edit, image_base64: noise.toString('base64') }
  const post = async () => (await poster(app)('/edit/process', large)).status
  const waiting = { ...large, prompt: 'wait' }
  const { headers } = await poster(app)('/edit/process', waiting, { prefer: 'respond-async' })
  t.equal(await post(), 503, 'as a job')
  t.equal((await app.inject({ url: String(headers.location), headers: { prefer: 'wait=60' } })).statusCode, 504)
  t.equal(await post(), 200)

  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const caller = new AbortController()
  const started = once(events, 'asked')
  const answer = fetch(`${url}${prefix}/edit/process`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': 'k' }, body: JSON.stringify(waiting), signal: caller.signal
  }).catch(() => {})
  await started
  caller.abort()
  await answer
  t.equal(await post(), 503, 'under its key')
  while (app.edits.running() > 0) await new Promise(resolve => setImmediate(resolve))
  t.equal(await post(), 200)
})

t.test('the result by its address', async t => {
  const { app } = await buildStudio(t)
  const { body } = await poster(app)('/edit/process', { ...edit, response_format: 'url' })
  t.equal(body.image_base64, null)
  const { pathname, search } = new URL(body.image_url)
  const fetched = await app.inject(pathname + search)
  t.match(fetched, { statusCode: 200, headers: { 'content-type': 'image/png' } })
  const { body: whole } = await poster(app)('/edit/process', { ...edit, response_format: 'b64_json' })
  t.equal(whole.image_base64, fetched.rawPayload.toString('base64'))
})

t.test('a result that cannot be kept is in the answer, with a warning', async t => {
  const directory = t.testdir()
  const { app } = await buildStudio(t, {}, { 'http-results': { directory } })
  await rm(directory, { recursive: true })
  const { status, body } = await poster(app)('/edit/process', { ...edit, response_format: 'url' })
  t.equal(status, 200)
  t.match(body, { image_base64: /^data:image\/png;base64,/, metadata: { warnings: [/could not be kept/] } })
})

t.test('an address that nobody could serve is refused before anything is spent', async t => {
  const { app } = await buildStudio(t, {}, { 'http-results': false, 'http-jobs': false } as unknown as Record<string, object>) // left out
  const before = asked.length
  const { status, body } = await poster(app)('/edit/process', { ...edit, response_format: 'url' })
  t.equal(status, 422)
  t.match(body, { detail: [{ loc: ['body', 'response_format'], msg: /http-results/ }] })
  t.equal(asked.length, before)
  t.equal((await poster(app)('/edit/process', edit, { prefer: 'respond-async' })).status, 200, 'nor are there jobs')
})
