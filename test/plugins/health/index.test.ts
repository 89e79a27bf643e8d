import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { buildApp, configFrom } from '../../../core/index.ts'
import { events } from '../../fixtures/studio-providers/studio-paint.ts'
import { buildStudio, picture, prefix } from '../http-edit/studio.ts'

t.test('a service with a provider lives and is ready, and nobody keeps the answer or a log of it', async t => {
  const { app, logs } = await buildStudio(t, {}, { health: {} })
  const live = await app.inject('/health/live')
  t.equal(live.statusCode, 200)
  t.same(live.json(), { status: 'live' })
  t.equal(live.headers['cache-control'], 'no-store')
  const ready = await app.inject('/health/ready')
  t.equal(ready.statusCode, 200)
  t.same(ready.json(), { status: 'ready' })
  t.equal((await app.inject({ method: 'HEAD', url: '/health/ready' })).statusCode, 200)
  t.same(logs.filter(({ msg }) => /request/.test(String(msg))), [])
})

t.test('a service without a provider that can be asked lives, but is not ready', async t => {
  const { app } = await buildStudio(t, { plugins: { directories: [t.testdir()], local: false } }, {})
  t.equal((await app.inject('/health/live')).statusCode, 200)
  const ready = await app.inject('/health/ready')
  t.equal(ready.statusCode, 503)
  t.same(ready.json(), { status: 'not ready', reasons: ['no provider is ready'] })
})

t.test('a service without faces is as ready as any', async t => {
  const leftOut = Object.fromEntries(['http-body', 'http-edit', 'http-openai'].map(name => [name, false])) as unknown as Record<string, object> // false = left out
  const { app } = await buildStudio(t, {}, { health: {}, ...leftOut })
  t.equal((await app.inject('/health/ready')).statusCode, 200)
})

t.test('an overloaded service is not ready', async t => {
  const { app } = await buildStudio(t, {}, { health: {}, overload: { maxInFlight: 1 } })
  t.equal((await app.inject('/health/ready')).statusCode, 200)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const [caller, asked] = [new AbortController(), once(events, 'asked')]
  const body = JSON.stringify({ image_base64: await picture(), operation: 'inpaint', prompt: 'wait' })
  const gone = t.rejects(fetch(`${url}${prefix}/edit/process`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: caller.signal }))
  await asked
  const ready = await app.inject('/health/ready')
  t.equal(ready.statusCode, 503)
  t.same(ready.json(), { status: 'not ready', reasons: ['the service has too much to do: 1 requests are under way'] })
  t.equal((await app.inject('/health/live')).statusCode, 200)
  caller.abort()
  await gone
})

t.test('a service without memory for another body is not ready', async t => {
  const { app } = await buildStudio(t, { limits: { bodyBytes: 1024 * 1024 } }, { health: {}, 'http-body': { memoryBytes: 1024 * 1024 } })
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const caller = connect(Number(port), '127.0.0.1')
  t.after(() => caller.destroy())
  caller.write(`POST ${prefix}/edit/process HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${1024 * 1024}\r\n\r\n`)
  while (app.bodies.reason() === null) await new Promise(resolve => setImmediate(resolve))
  t.match(await app.inject('/health/ready'), { statusCode: 503, body: /the service has too much to do: the bodies under way take all of the 1048576 bytes/ })
})

t.test('a service that shall stop says that it is not ready, and serves until load balancers have seen it', async t => {
  const app = await buildApp(configFrom({ logLevel: 'silent', plugins: { health: { drainMs: 1000 } } }))
  t.after(() => app.close())
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const get = async (path: string) => {
    const response = await fetch(url + path)
    return { status: response.status, body: await response.json() }
  }
  t.match(await get('/health/ready'), { status: 200 })
  const closed = app.close()
  t.same(await get('/health/ready'), { status: 503, body: { status: 'not ready', reasons: ['the service is stopping'] } })
  t.match(await get('/health/live'), { status: 200 })
  t.match(await get(`${prefix}/edit/models`), { status: 200 })
  await closed
  await t.rejects(fetch(`${url}/health/live`))
})
