import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { EditError } from '../../../core/errors.ts'
import httpJobs from '../../../plugins/http-jobs/index.ts'
import { pictureText } from '../../../plugins/_http/picture-text.ts'
import type { JobAnswer } from '../../../plugins/http-jobs/types.ts'

const defaults = { ttlMs: 60_000, maxBytes: 1000, maxRunning: 2, maxWaitMs: 5000, retryAfterMs: 2000 }
const picture: JobAnswer = { status: 201, headers: { 'content-type': 'image/png', 'x-cost': '0.02' }, body: Buffer.from([1, 2, 3, 254]) }

/** A face whose edits end when the test says so. */
async function build (t: Test, options: Partial<typeof defaults> = {}) {
  const app = Fastify()
  const works: Array<{ done: (answer: JobAnswer) => void, fail: (error: unknown) => void, signal: AbortSignal }> = []
  t.after(async () => {
    for (const { done } of works) done(picture)
    await app.close()
  })
  app.decorate('edits', {} as FastifyInstance['edits']) // Only that there are some is looked at.
  app.decorate('EditError', EditError)
  await app.register(httpJobs, { ...defaults, ...options })
  const caller = new AbortController()
  /** Failures that a job's answer was made of. */
  const told: unknown[] = []
  app.post('/edit', async (request, reply) => await (app.jobs as NonNullable<typeof app.jobs>).answer(request, reply, { // registered above
    signal: caller.signal,
    work: async signal => {
      const { promise, resolve: done, reject: fail } = Promise.withResolvers<JobAnswer>()
      signal.addEventListener('abort', () => fail(signal.reason), { once: true })
      works.push({ done, fail, signal })
      app.server.emit('work')
      return await promise
    },
    failed: error => {
      told.push(error)
      return { status: 502, headers: {}, body: String(error) }
    }
  }))
  const work = async (index: number) => {
    if (works[index] === undefined) await once(app.server, 'work')
    const found = works[index]
    if (found === undefined) throw new TypeError('no such work')
    return found
  }
  const edit = (prefer?: string) => app.inject({ method: 'POST', url: '/edit', headers: prefer === undefined ? {} : { prefer } })
  return { app, edit, work, caller, told }
}

t.test('without a preference the answer is waited for', async t => {
  const { edit, work } = await build(t)
  const answered = edit()
  ;(await work(0)).done(picture)
  t.match(await answered, { statusCode: 201, headers: { 'content-type': 'image/png' }, rawPayload: picture.body })
})

t.test('an answer that is written in pieces is the same at once and later', async t => {
  const { app, edit, work } = await build(t)
  const body = pictureText(['{"image":"', Buffer.alloc(100_000, 9), '"}'])
  const answer = { status: 200, headers: { 'content-type': 'application/json' }, body }
  const waited = edit()
  ;(await work(0)).done(answer)
  const { location } = (await edit('respond-async')).headers
  ;(await work(1)).done(answer)
  for (const got of [await waited, await app.inject(`${location}`), await app.inject(`${location}`)]) {
    t.equal(got.headers['content-length'], String(body.length))
    t.ok(got.rawPayload.equals(body.join()))
  }
})

t.test('respond-async gives an address, at which the answer is just as it would have been', async t => {
  const { app, edit, work } = await build(t)
  const accepted = await edit('respond-async')
  t.match(accepted, { statusCode: 202, headers: { 'retry-after': '2', 'preference-applied': 'respond-async', 'cache-control': 'no-store' } })
  const { location } = accepted.headers
  t.match(location, /^\/jobs\/[\w-]{32}$/)
  t.same(accepted.json(), { id: location?.slice(6), status: 'running', location })

  t.match(await app.inject(`${location}`), { statusCode: 202, headers: { location, 'retry-after': '2' } })
  ;(await work(0)).done(picture)
  for (const time of ['first', 'second']) {
    t.match(await app.inject(`${location}`), { statusCode: 201, headers: { ...picture.headers, 'cache-control': 'no-store' }, rawPayload: picture.body }, time)
  }
})

t.test('within the time that the caller waits there is no job', async t => {
  const { app, edit, work } = await build(t)
  const answered = edit('respond-async, wait=5')
  ;(await work(0)).done(picture)
  t.match(await answered, { statusCode: 201, headers: { 'preference-applied': 'respond-async, wait=5' }, rawPayload: picture.body })
  t.equal((await app.inject('/jobs/none')).statusCode, 404)
})

t.test('a failure within that time is the face\'s own', async t => {
  const { edit, work, told } = await build(t)
  const answered = edit('wait=5')
  ;(await work(0)).fail(Object.assign(new Error('no such model'), { statusCode: 422 }))
  t.match(await answered, { statusCode: 422, payload: /no such model/ })
  t.same(told, [], 'told once')
})

t.test('after it the failure is at the address', async t => {
  const { app, edit, work, told } = await build(t)
  const { headers: { location } } = await edit('wait=0')
  ;(await work(0)).fail(new Error('the vendor is gone'))
  t.match(await app.inject(`${location}`), { statusCode: 502, payload: 'Error: the vendor is gone' })
  t.match(told, [{ message: 'the vendor is gone' }])
})

t.test('whoever fetches may wait too', async t => {
  const { app, edit, work } = await build(t)
  const { headers: { location } } = await edit('respond-async')
  const fetched = app.inject({ url: `${location}`, headers: { prefer: 'wait=5' } })
  ;(await work(0)).done(picture)
  t.match(await fetched, { statusCode: 201 })
})

t.test('a caller who leaves without an address ends the work, one who has it does not', async t => {
  const { app, edit, work, caller, told } = await build(t)
  const { headers: { location } } = await edit('respond-async')
  const waiting = edit('wait=5')
  const { signal } = await work(1)
  caller.abort(Object.assign(new Error('left'), { statusCode: 499 }))
  t.equal((await waiting).statusCode, 499)
  t.equal(signal.aborted, true)
  t.equal((await work(0)).signal.aborted, false)
  t.equal((await edit('wait=5')).statusCode, 499, 'nor is anything begun for who has left already')
  ;(await work(0)).done(picture)
  t.equal((await app.inject(`${location}`)).statusCode, 201)
  t.same(told, [], 'to leave is no failure')
})

t.test('a job can be cancelled, and is forgotten then', async t => {
  const { app, edit, work, told } = await build(t)
  const { headers: { location } } = await edit('respond-async')
  t.equal((await app.inject({ method: 'DELETE', url: `${location}` })).statusCode, 204)
  t.match((await work(0)).signal.reason, { name: 'JobCancelled' })
  t.equal((await app.inject(`${location}`)).statusCode, 404)
  t.equal((await app.inject({ method: 'DELETE', url: `${location}` })).statusCode, 404)
  t.same(told, [], 'that is no failure')
})

t.test('a job that is done can be forgotten too', async t => {
  const { app, edit, work } = await build(t)
  const { headers: { location } } = await edit('respond-async')
  ;(await work(0)).done(picture)
  t.equal((await app.inject({ method: 'DELETE', url: `${location}` })).statusCode, 204)
  t.equal((await app.inject(`${location}`)).statusCode, 404)
})

t.test('there are no more jobs than the operator lets there be', async t => {
  const { edit, work } = await build(t)
  await edit('respond-async')
  await edit('respond-async')
  t.match(await edit('respond-async'), { statusCode: 503, payload: /EDIT_ERR_OVERLOADED/ })
  const answered = edit()
  ;(await work(2)).done(picture)
  t.equal((await answered).statusCode, 201)
})

t.test('no job is begun while answers that nobody has fetched fill the memory', async t => {
  const { app, edit, work } = await build(t, { maxBytes: 4 })
  const { headers: { location } } = await edit('respond-async')
  ;(await work(0)).done(picture)
  await nextTurn()
  t.equal((await edit('respond-async')).statusCode, 503)
  await app.inject(`${location}`)
  t.equal((await edit('respond-async')).statusCode, 202)
})

t.test('a service that stops finishes its jobs first and begins no others', async t => {
  const { app, edit, work } = await build(t)
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  await edit('respond-async')
  let closed = false
  const closing = app.close().then(() => { closed = true })
  t.equal((await fetch(`${base}/edit`, { method: 'POST', headers: { prefer: 'respond-async' } })).status, 503)
  t.equal(closed, false)
  ;(await work(0)).done(picture)
  await closing
})
