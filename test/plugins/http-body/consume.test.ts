import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { consume, discard } from '../../../plugins/http-body/consume.ts'

const options = { maxBytes: 10, announced: undefined, take: () => {} }

t.test('a body is taken chunk by chunk to its end', async t => {
  const payload = new PassThrough()
  const taken: string[] = []
  payload.write('abc')
  payload.end('de')
  await consume(payload, { ...options, take: chunk => taken.push(chunk.toString()) })
  t.equal(taken.join(''), 'abcde')
})

t.test('one that is too large is refused when its rest has been thrown away', async t => {
  for (const announced of [undefined, 15]) {
    const payload = new PassThrough()
    let taken = 0
    const reading = t.rejects(consume(payload, { ...options, announced, take () { taken++ } }), { statusCode: 413, message: 'the body is larger than 10 bytes' })
    payload.write('x'.repeat(11))
    await turn()
    payload.end()
    await reading
    t.equal(payload.readableLength, 0)
    t.equal(taken, 0)
  }
})

t.test('what nobody wants is not read without end', async t => {
  const payload = new PassThrough()
  const discarding = discard(payload, 10)
  payload.write('x'.repeat(10))
  await turn()
  payload.write('x')
  await discarding
  payload.write('more')
  await turn()
  t.equal(payload.readableLength, 4)
})

t.test('what cannot take a chunk gets no other', async t => {
  const payload = new PassThrough()
  let calls = 0
  const reading = t.rejects(consume(payload, { ...options, take () { calls++; throw new RangeError('no') } }), RangeError)
  payload.write('a')
  await turn()
  payload.end('b')
  await reading
  t.equal(calls, 1)
})

t.test('a caller who breaks off is a mistake of the caller', async t => {
  for (const err of [undefined, new Error('ECONNRESET')]) {
    const payload = new PassThrough()
    const reading = consume(payload, options)
    payload.destroy(err)
    await t.rejects(reading, { statusCode: 400, message: 'the body breaks off' })
  }
})

t.test('what is thrown away may break off', async t => {
  for (const err of [undefined, new Error('ECONNRESET')]) {
    const payload = new PassThrough()
    const discarding = discard(payload, 10)
    payload.destroy(err)
    await t.resolves(discarding)
  }
})
