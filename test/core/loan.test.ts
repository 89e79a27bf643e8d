import t from 'tap'
import { createBlockPool } from '../../core/block-pool.ts'
import { hold, openLoan, type Loan } from '../../core/loan.ts'

const mebi = 1024 * 1024
const poolOf = () => createBlockPool({ maxBytes: 16 * mebi })

t.test('once all have said so the memory serves the next request, and the Buffers of the one before are empty', async t => {
  const pool = poolOf()
  const first = openLoan(pool)
  const bytes = first.take(mebi).fill(7)
  const part = bytes.subarray(1000, 2000)
  first.vouch([part])
  t.equal(pool.idleBytes(), 0, 'not before the answer is written')
  first.end()
  t.equal(pool.idleBytes(), mebi)
  t.same([bytes.length, part.length, part[0]], [0, 0, undefined])
  const next = openLoan(pool).take(mebi)
  t.equal(next.length, mebi)
  t.equal(pool.idleBytes(), 0)
  next.fill(9)
  t.equal(part.toString(), '', 'what was kept shows nothing of it')
})

t.test('what no answer is written from serves the next request before that', async t => {
  const pool = poolOf()
  const loan = openLoan(pool)
  const [sent, made] = [loan.take(2 * mebi), loan.take(mebi)]
  loan.vouch([made.subarray(5)])
  t.same([sent.length, made.length, pool.idleBytes()], [0, mebi, 2 * mebi])
  loan.end()
  t.same([made.length, pool.idleBytes()], [0, 3 * mebi])
})

t.test('an answer has no more memory than was asked for', async t => {
  const bytes = openLoan(poolOf()).take(1_000_001)
  t.equal(bytes.length, 1_000_001)
})

const endings: Readonly<Record<string, (loan: Loan, bytes: Buffer) => void>> = {
  'nobody has vouched for it': loan => loan.end(),
  'the answer is written before that': (loan, bytes) => {
    loan.end()
    loan.vouch([])
    loan.vouch([bytes])
    loan.end()
  },
  'the answer is never written': (loan, bytes) => loan.vouch([bytes])
}
for (const [what, end] of Object.entries(endings)) {
  t.test(`it serves nobody else when ${what}`, async t => {
    const pool = poolOf()
    const loan = openLoan(pool)
    const bytes = loan.take(mebi)
    end(loan, bytes)
    t.equal(pool.idleBytes(), 0)
    t.equal(bytes.length, mebi)
  })
}

t.test('nor when somebody still reads it as the answer is written', async t => {
  const pool = poolOf()
  const loan = openLoan(pool)
  const bytes = loan.take(mebi)
  const releases = [hold(bytes), hold(bytes.subarray(7, 9))]
  loan.vouch([])
  releases[0]?.()
  releases[0]?.()
  loan.end()
  releases[1]?.()
  loan.end()
  t.equal(pool.idleBytes(), 0)
  t.equal(bytes.length, mebi)
})

t.test('who has read it holds it no more', async t => {
  const pool = poolOf()
  const loan = openLoan(pool)
  const release = hold(loan.take(mebi))
  release()
  loan.vouch([])
  loan.end()
  t.equal(pool.idleBytes(), mebi)
})

t.test('the next one to have the memory is not held by those before', async t => {
  const pool = poolOf()
  const first = openLoan(pool)
  const bytes = first.take(mebi)
  first.vouch([])
  first.end()
  hold(bytes)
  const second = openLoan(pool)
  const release = hold(second.take(mebi))
  second.vouch([])
  release()
  second.end()
  t.equal(pool.idleBytes(), mebi)
})

t.test('small and very large pieces are made for the request, and so is what comes too late or without a pool', async t => {
  const pool = poolOf()
  const loan = openLoan(pool)
  t.same([0, 1000, 40 * mebi].map(bytes => loan.take(bytes).length), [0, 1000, 40 * mebi])
  loan.vouch([])
  loan.end()
  t.equal(loan.take(mebi).length, mebi)
  const own = openLoan(undefined)
  const bytes = own.take(mebi)
  own.vouch([])
  own.end()
  t.equal(bytes.length, mebi)
  t.equal(pool.idleBytes(), 0)
})

t.test('memory that is not lent needs no holding', async t => {
  t.doesNotThrow(hold(Buffer.alloc(10)))
})
