import { once } from 'node:events'
import { createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { CallerGone, watchCaller } from '../../../plugins/_http/caller.ts'

/** One request that has reached its server. */
async function exchange (t: Test) {
  const server = createServer()
  t.after(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // It listens on TCP.
  const client = get({ port, host: '127.0.0.1' }).on('error', () => {})
  const [, raw]: [unknown, ServerResponse] = await once(server, 'request') as [unknown, ServerResponse] // What the event brings.
  return { client, raw }
}

t.test('the signal aborts when the caller leaves before the answer', async t => {
  const { client, raw } = await exchange(t)
  const signal = watchCaller({ raw })
  client.destroy()
  await once(signal, 'abort')
  t.type(signal.reason, CallerGone)
})

t.test('the signal has aborted for a caller who had left already', async t => {
  const { client, raw } = await exchange(t)
  client.destroy()
  await once(raw, 'close')
  t.type(watchCaller({ raw }).reason, CallerGone)
})

t.test('the signal stays when the answer was sent', async t => {
  const { client, raw } = await exchange(t)
  const signal = watchCaller({ raw })
  client.on('response', response => response.resume())
  const closed = once(raw, 'close')
  raw.end('done')
  await closed
  t.notOk(signal.aborted)
})
