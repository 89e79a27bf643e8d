import t from 'tap'
import { createRoom } from '../../../plugins/http-body/room.ts'

const put = (room: ReturnType<typeof createRoom>, text: string) => {
  room.free(text.length).write(text)
  room.advance(text.length)
}

t.test('what a body announces is one block, cut into its files', async t => {
  const room = createRoom(10, () => t.fail('nothing has to grow'))
  put(room, 'abc')
  const first = room.finish()
  put(room, 'defghij')
  const second = room.finish()
  t.equal(first.toString() + second.toString(), 'abcdefghij')
  t.equal(first.buffer, second.buffer)
  t.equal(first.buffer.byteLength, 10, 'no memory that others may see')
})

t.test('without an announcement it grows, and says so before', async t => {
  const grown: number[] = []
  const room = createRoom(undefined, bytes => grown.push(bytes))
  put(room, 'first')
  const first = room.finish()
  const long = 'x'.repeat(200_000)
  for (let at = 0; at < long.length; at += 1000) put(room, long.slice(at, at + 1000))
  t.equal(room.finish().toString(), long)
  t.equal(first.toString(), 'first', 'what was finished stays')
  t.same(grown, [65536, 131072, 262144])
})

t.test('what is known to come lies in the memory that is given for it, and nothing stands behind it', async t => {
  const block = Buffer.alloc(10, 'x')
  const room = createRoom(8, undefined, { take: bytes => block.subarray(0, bytes) })
  put(room, 'abc')
  t.equal(room.finish().toString(), 'abc')
  room.seal()
  t.equal(block.toString(), 'abc\0\0\0\0\0xx')
  put(room, 'more than that')
  t.equal(room.finish().toString(), 'more than that')
})

t.test('what grows without leave does not grow', async t => {
  const room = createRoom(3, () => { throw new RangeError('no more') })
  put(room, 'abc')
  t.throws(() => room.free(1), RangeError)
})
