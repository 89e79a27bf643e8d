import t from 'tap'
import type { Upstream, UpstreamAnswer, UpstreamOptions } from '../../core/index.ts'
import { createWiretap } from './wiretap.ts'

const { signal } = new AbortController()

/** Makes upstreams that answer with the address that they were asked at. */
function createUpstream ({ baseUrl }: UpstreamOptions): Upstream {
  const answer = async (path: string): Promise<UpstreamAnswer> => ({ status: 200, headers: {}, body: Buffer.alloc(0), json: baseUrl + path })
  return { get: answer, post: answer, put: answer, upload: answer }
}

t.test('notes every call, and which of them are paid for', async t => {
  const wiretap = createWiretap(createUpstream)
  const upstream = wiretap.over(createUpstream)({ name: 'acme', baseUrl: 'http://acme' })
  await upstream.get('/a', { signal, query: { page: '1' } })
  await upstream.post('/b', { json: { x: 1 } }, { signal, free: true })
  await upstream.post('/c', { json: { x: 2 } }, { signal })
  await upstream.put('/d', { json: {} }, { signal })
  await upstream.upload('http://storage/e', Buffer.from('e'), { signal })
  t.same(wiretap.calls.map(({ paid }) => paid), [false, false, true, false, false])
  t.same(wiretap.calls[0].content, ['/a', { page: '1' }, ''])
  t.same(wiretap.calls[4].content, ['http://storage/e', undefined, Buffer.from('e')])
  t.equal(wiretap.upstreams, 1)
})

t.test('leads all calls, or only those that are paid for, to another vendor', async t => {
  const wiretap = createWiretap(createUpstream)
  const upstream = wiretap.over(createUpstream)({ name: 'acme', baseUrl: 'http://acme' })
  const asked = async () => [(await upstream.get('/a', { signal })).json, (await upstream.post('/b', { json: 1 }, { signal })).json]
  t.same(await asked(), ['http://acme/a', 'http://acme/b'])
  wiretap.divert = { calls: 'paid', url: 'http://other' }
  t.same(await asked(), ['http://acme/a', 'http://other/b'])
  wiretap.divert = { calls: 'all', url: 'http://other' }
  t.same(await asked(), ['http://other/a', 'http://other/b'])
  t.equal(wiretap.upstreams, 1)
})
