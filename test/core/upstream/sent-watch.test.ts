import { channel } from 'node:diagnostics_channel'
import t from 'tap'
import { createBlockPool } from '../../../core/block-pool.ts'
import { openLoan } from '../../../core/loan.ts'
import { watchSent } from '../../../core/upstream/sent-watch.ts'

const mebi = 1024 * 1024

/** Says as undici does on which connection a request goes out. */
const sendHeaders = (body: unknown, socket: { writableLength: number }) => channel('undici:client:sendHeaders').publish({ request: { body }, socket })

function upload () {
  const pool = createBlockPool({ maxBytes: 16 * mebi })
  const loan = openLoan(pool)
  const image = loan.take(mebi)
  const watch = watchSent({ pieces: () => [Buffer.from('head'), image, Buffer.from('tail')] })
  /** Does the memory serve another request now? */
  const isFree = () => {
    loan.vouch([])
    loan.end()
    return pool.idleBytes() > 0
  }
  return { ...watch, image, isFree }
}

t.test('the memory of an upload is free once an answer is there and all of it has left', async t => {
  const { body, answered, image, isFree } = upload()
  sendHeaders(body, { writableLength: 0 })
  t.same([...body], [Buffer.from('head'), image, Buffer.from('tail')])
  answered()
  t.ok(isFree())
})

t.test('it is not while something waits in the connection', async t => {
  const { body, answered, isFree } = upload()
  sendHeaders(body, { writableLength: 1 })
  t.equal([...body].length, 3)
  answered()
  t.notOk(isFree())
})

t.test('nor when the answer came before the last piece was taken', async t => {
  const { body, answered, isFree } = upload()
  sendHeaders(body, { writableLength: 0 })
  const pieces = body[Symbol.iterator]()
  for (let taken = 0; taken < 3; taken++) pieces.next()
  answered()
  t.notOk(isFree())
})

t.test('nor when nobody said on which connection it went', async t => {
  const { body, answered, isFree } = upload()
  t.equal([...body].length, 3)
  sendHeaders({}, { writableLength: 0 })
  sendHeaders('another body', { writableLength: 0 })
  sendHeaders(null, { writableLength: 0 })
  answered()
  t.notOk(isFree())
})

t.test('nor when it was begun twice', async t => {
  const { body, answered, isFree } = upload()
  sendHeaders(body, { writableLength: 5 })
  body[Symbol.iterator]().next()
  sendHeaders(body, { writableLength: 0 })
  t.equal([...body].length, 3)
  answered()
  t.notOk(isFree())
})

t.test('nor without an answer', async t => {
  const { body, isFree } = upload()
  sendHeaders(body, { writableLength: 0 })
  t.equal([...body].length, 3)
  t.notOk(isFree())
})
