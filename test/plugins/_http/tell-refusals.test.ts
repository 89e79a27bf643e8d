import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { tellRefusals } from '../../../plugins/_http/tell-refusals.ts'

t.test('many refusals are one line, which says how many they were', async t => {
  const lines: unknown[] = []
  const log = pino({}, { write: line => lines.push(JSON.parse(line)) })
  const tell = tellRefusals(log, 20)
  tell('one')
  tell('two')
  tell('three')
  await delay(30)
  tell('four')
  t.match(lines, [{ level: 40, reason: 'one', refused: 1 }, { reason: 'four', refused: 3, msg: 'overloaded: requests are refused' }])
  t.equal(lines.length, 2)
})
