import t from 'tap'
import { streamEvents } from '../../../plugins/http-openai/stream.ts'

/** All that a stream writes. */
async function allOf (stream: AsyncIterable<Buffer | string>) {
  const written = []
  for await (const piece of stream) written.push(piece)
  return written
}

const failed = (error: unknown) => `event: error\ndata: ${String(error)}\n\n`
const event = Buffer.from('event: done\n\n')

t.test('what is done within the first interval is written at once', async t => {
  t.same(await allOf(await streamEvents({ events: Promise.resolve([event, event]), keepAliveMs: 60_000, failed })), [event, event])
})

t.test('what fails within the first interval is thrown', async t => {
  await t.rejects(streamEvents({ events: Promise.reject(new Error('no')), keepAliveMs: 60_000, failed }), { message: 'no' })
})

t.test('a longer wait is filled with comments, and ends with the events or with the error', async t => {
  for (const ending of ['done', 'failed', 'left'] as const) {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer[]>()
    const stream = await streamEvents({ events: promise, keepAliveMs: 1, failed: error => ending === 'left' ? undefined : failed(error) })
    t.equal((await stream.next()).value, ': keep-alive\n\n')
    t.equal((await stream.next()).value, ': keep-alive\n\n')
    if (ending === 'done') resolve([event])
    else reject(new Error('no'))
    const rest = await allOf(stream)
    t.same(rest, { done: [event], failed: ['event: error\ndata: Error: no\n\n'], left: [] }[ending])
  }
})
