import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import t from 'tap'
import { buildApp, loggedRequest } from '../../core/app.ts'
import { configFrom } from '../../core/config.ts'

const logger: FastifyBaseLogger = pino({ level: 'silent' })

t.test('the service is built with its own plugins, and gives plugins what they need', async t => {
  const app = await buildApp(configFrom({ logLevel: 'silent' }))
  t.after(() => app.close())
  t.ok(app.edits.providers().some(({ name, status }) => name === 'local' && status === 'ready'))
  t.equal(new app.EditError('EDIT_ERR_DEADLINE', 'x').statusCode, 504)
  const upstream = app.createUpstream({ name: 'acme', baseUrl: 'http://127.0.0.1:1' })
  await t.rejects(upstream.get('/', { signal: AbortSignal.timeout(50) }))
})

t.test('a provider without its key is skipped with one line, an unknown entry of the order stops the start', async t => {
  const lines: string[] = []
  const directory = t.testdir({
    'acme.mjs': `
      const card = { id: 'm', name: 'M', description: 'M.', tier: 'mid', operations: ['erase'], capabilities: [], price: { usd: 0 }, expectedSeconds: 1, parameters: {},
        inputs: { formats: ['image/png'], accepts: [], mask: 'white-edits', maxImages: 1 }, outputs: { formats: ['image/png'], size: { rule: 'input' }, alpha: false } }
      export const meta = { name: 'acme' }
      export default async app => { app.providers.unconfigured({ name: 'acme', vendor: 'acme', models: [card] }, 'ACME_API_KEY is not set') }`,
    'sick.mjs': 'export const meta = { name: "sick" }\nexport default async () => { throw new Error("ill") }'
  })
  const log: FastifyBaseLogger = pino({ level: 'info' }, { write: line => { lines.push(line) } })
  const plugins = { directories: [directory] }
  const app = await buildApp(configFrom({ plugins, order: { erase: ['acme', 'sick', 'local'] } }), { logger: log })
  t.after(() => app.close())
  t.equal(lines.filter(line => line.includes('ACME_API_KEY is not set')).length, 1)
  await t.rejects(buildApp(configFrom({ plugins, order: { erase: ['nobody'] } }), { logger }), /order\.erase: "nobody" is no provider; known: .*acme/)
})

t.test('two Host headers are refused', async t => {
  const app = await buildApp(configFrom({}), { logger })
  t.after(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo // a TCP server has one
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.end('GET /api/image-studio/health HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n')
  t.match(await text(socket), /^HTTP\/1\.1 400 /)
})

t.test('a plugin\'s schemas are checked and serialized as ever, with Ajv loaded when the first one comes', async t => {
  const directory = t.testdir({
    'typed.mjs': `
      export const meta = { name: 'typed' }
      const schema = { querystring: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }, response: { 200: { type: 'object', properties: { n: { type: 'integer' } } } } }
      export default async app => { app.get('/typed', { schema }, async ({ query: { n } }) => ({ n, hidden: true })) }`
  })
  const app = await buildApp(configFrom({ plugins: { directories: [directory] } }), { logger })
  t.after(() => app.close())
  t.equal((await app.inject('/typed?n=3')).body, '{"n":3}')
  t.equal((await app.inject('/typed?n=x')).statusCode, 400)
})

t.test('the log has a request without its query: prompts and signatures stand there', async t => {
  const socket = { remotePort: 7 } as Parameters<typeof loggedRequest>[0]['socket'] // nothing else of it is read
  t.same(loggedRequest({ method: 'GET', url: '/a/b?prompt=secret?x', host: 'a.example', ip: '127.0.0.1', socket }), {
    method: 'GET', url: '/a/b', host: 'a.example', remoteAddress: '127.0.0.1', remotePort: 7
  })
})
