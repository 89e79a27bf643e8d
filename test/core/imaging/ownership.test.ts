import t from 'tap'
import { release } from '../../../core/imaging/ownership.ts'

t.test('what is released is empty at once, and may be released again', t => {
  const [bytes, values] = [new Uint8Array(1000), new Uint16Array(1000)]
  release(bytes, values)
  release(bytes, values, new Uint8Array())
  t.same([bytes.length, values.length], [0, 0])
  t.end()
})

t.test('the memory is given back without the garbage collector', t => {
  const before = process.memoryUsage().arrayBuffers
  for (let n = 0; n < 50; n++) release(new Uint8Array(10_000_000))
  t.ok(process.memoryUsage().arrayBuffers < before + 10_000_000)
  t.end()
})

t.test('a part of a buffer, and one that threads share, stay', t => {
  const [part, shared] = [new Uint8Array(10).subarray(2), new Uint8Array(new SharedArrayBuffer(10))]
  release(part, shared)
  t.same([part.length, shared.length], [8, 10])
  t.end()
})
