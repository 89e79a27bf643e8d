import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import t from 'tap'
import { createLazyUpstreamFactory } from '../../../core/upstream/lazy.ts'

const log = pino({ level: 'silent' })
const signal = new AbortController().signal

t.test('every call reaches the client, which is loaded by the first', async t => {
  const seen: string[] = []
  const server = createServer(({ method, url }, reply) => { seen.push(`${method} ${url}`); reply.end('{}') }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has one
  const factory = createLazyUpstreamFactory({ log, allowHosts: [`127.0.0.1:${port}`], imageUrls: ['127.0.0.1'] })
  t.after(() => factory.close())
  const upstream = factory.createUpstream({ name: 'acme', baseUrl: `http://127.0.0.1:${port}` })
  await factory.warm()
  await upstream.get('/get', { signal })
  await upstream.post('/post', { json: {} }, { signal })
  await upstream.put('/put', { json: {} }, { signal })
  await upstream.upload(`http://127.0.0.1:${port}/upload`, Buffer.from('x'), { signal })
  t.same(String(await factory.download(`http://127.0.0.1:${port}/download`, { signal })), '{}')
  t.same(String(await factory.downloadForCaller(`http://127.0.0.1:${port}/picture`, { signal })), '{}')
  t.same(seen, ['GET /get', 'POST /post', 'PUT /put', 'PUT /upload', 'GET /download', 'GET /picture'])
})

t.test('bad options are refused before anything is loaded', async t => {
  t.throws(() => createLazyUpstreamFactory({ log, allowHosts: ['http://a/b'] }), TypeError)
  t.throws(() => createLazyUpstreamFactory({ log, imageUrls: ['a/b'] }), { name: 'TypeError', message: /^imageUrls: "a\/b"/ })
  const factory = createLazyUpstreamFactory({ log })
  t.throws(() => factory.createUpstream({ name: 'acme', baseUrl: 'nowhere' }), TypeError)
  await factory.warm()
  await factory.close()
})
