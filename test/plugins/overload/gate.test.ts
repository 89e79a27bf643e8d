import t from 'tap'
import { createGate, type GateOptions } from '../../../plugins/overload/gate.ts'

const gate = (changes: Partial<GateOptions> = {}) => createGate({ maxInFlight: 2, running: () => 0, isLate: () => false, ...changes })

t.test('there is room for so many requests, and again when one has ended', async t => {
  const { reason, enter } = gate()
  const leave = enter()
  t.equal(reason(), null)
  enter()
  t.equal(reason(), '2 requests are under way')
  leave()
  t.equal(reason(), null)
})

t.test('edits that have outlived their requests take room', async t => {
  let running = 2
  const { reason } = gate({ running: () => running })
  t.equal(reason(), '2 requests are under way')
  running = 1
  t.equal(reason(), null)
})

t.test('a process that cannot keep up takes nothing', async t => {
  t.equal(gate({ isLate: () => true }).reason(), 'the process cannot keep up')
})
