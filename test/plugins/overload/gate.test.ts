import t from 'tap'
import { createGate, type GateOptions } from '../../../plugins/overload/gate.ts'

const gate = (changes: Partial<GateOptions> = {}) => createGate({ maxInFlight: 2, maxBodyBytes: 100, running: () => 0, isLate: () => false, ...changes })

t.test('there is room for so many requests, and again when one has ended', async t => {
  const { reasonAgainst, enter } = gate()
  const leave = enter(1)
  t.equal(reasonAgainst(1), null)
  enter(1)
  t.equal(reasonAgainst(0), '2 requests are under way')
  leave()
  t.equal(reasonAgainst(1), null)
})

t.test('there is room for so many bytes', async t => {
  const { reasonAgainst, enter } = gate()
  const leave = enter(60)
  t.equal(reasonAgainst(40), null)
  t.match(reasonAgainst(41), /as large as they may be, 100 bytes together/)
  leave()
  t.equal(reasonAgainst(100), null)
})

t.test('edits that have outlived their requests take room', async t => {
  let running = 2
  const { reasonAgainst } = gate({ running: () => running })
  t.equal(reasonAgainst(1), '2 requests are under way')
  running = 1
  t.equal(reasonAgainst(1), null)
})

t.test('a process that cannot keep up takes nothing', async t => {
  t.equal(gate({ isLate: () => true }).reasonAgainst(1), 'the process cannot keep up')
})
