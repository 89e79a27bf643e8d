import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { pictureText } from '../../../plugins/_http/picture-text.ts'

const pictureOf = (length: number) => Buffer.from(Array.from({ length }, (_, index) => index * 7 % 251))

t.test('pictures stand in the text as base64, whatever their length and whatever the text, however it is read', async t => {
  for (const length of [0, 1, 2, 3, 4, 49_151, 49_152, 49_153, 200_000]) {
    const image = pictureOf(length)
    const text = pictureText(['{"größe":"', image, '","more":"😀', image, '"}'])
    const expected = JSON.stringify({ größe: image.toString('base64'), more: `😀${image.toString('base64')}` })
    const written: Buffer[] = []
    // Slow: each piece waits for the one before it.
    const slow = new Writable({ highWaterMark: 1, write (chunk, _, callback) { written.push(chunk); setImmediate(callback) } })
    text.stream().pipe(slow)
    await once(slow, 'finish')
    t.equal(Buffer.concat(written).toString(), expected)
    t.equal(text.join().toString(), expected)
    t.equal((await buffer(text.stream())).toString(), expected)
    t.equal(text.length, Buffer.byteLength(expected))
  }
})

t.test('what is piped ends, so that who waits for its end learns of it', async () => {
  const stream = pictureText(['{', Buffer.alloc(100_000), '}']).stream()
  stream.pipe(new Writable({ write: (_, __, callback) => callback() }))
  await once(stream, 'end')
})

t.test('a reader who takes all at once does not keep others waiting', async t => {
  const large = pictureText(['{', Buffer.alloc(8 * 1024 * 1024), '}'])
  let [written, sinceTurn, longest] = [0, 0, 0]
  const fast = new Writable({
    write (chunk, _, callback) {
      written += chunk.length
      sinceTurn += chunk.length
      longest = Math.max(longest, sinceTurn)
      callback()
    }
  })
  const take = () => {
    sinceTurn = 0
    if (!fast.writableFinished) setImmediate(take)
  }
  take()
  large.stream().pipe(fast)
  await once(fast, 'finish')
  t.equal(written, large.length)
  t.ok(longest < 4 * 1024 * 1024, `${longest} bytes in one turn`)
})

t.test('nothing more is made for a reader who has left', async t => {
  const large = pictureText([Buffer.alloc(64 * 1024 * 1024)])
  const { promise, resolve } = Promise.withResolvers<{ stream: ReturnType<typeof large.stream>, reply: ServerResponse }>()
  const server = createServer((_, reply) => {
    const stream = large.stream()
    stream.pipe(reply)
    reply.on('close', () => stream.destroy())
    resolve({ stream, reply })
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const socket = connect(Number(Object(server.address()).port), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  const { stream, reply } = await promise
  await once(socket, 'readable')
  socket.destroy()
  await once(stream, 'close')
  t.notOk(stream.readableEnded)
  t.ok(reply.socket === null || reply.socket.bytesWritten < large.length)
  // Its wait for room is over, and brings nothing.
  reply.emit('drain')
  t.ok(stream.destroyed)
})
