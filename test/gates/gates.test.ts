/** A fixed fifth of the two hundred good and two hundred bad results: the whole takes minutes, `report.ts` makes it. */
import t from 'tap'
import { makeCases } from './cases.ts'
import { judge } from './judging.ts'

t.test('no bad result passes, and at most one good one in a hundred is refused', { timeout: 110_000 }, async t => {
  const counts = { good: 0, bad: 0 }
  const refused: string[] = []
  for await (const instance of makeCases(1, index => index % 5 === 0)) {
    const { gate, code } = await judge(instance)
    counts[instance.gate === undefined ? 'good' : 'bad']++
    if (instance.gate === undefined) {
      if (gate !== undefined) refused.push(`${instance.name}: ${gate}`)
      continue
    }
    t.equal(gate, instance.gate, instance.name)
    t.equal(code, gate === 'moderated' ? 'EDIT_ERR_CONTENT_REJECTED' : 'EDIT_ERR_OUTPUT_REJECTED')
  }
  t.same(counts, { good: 40, bad: 40 })
  t.ok(refused.length <= counts.good / 100, refused.join(', '))
})
