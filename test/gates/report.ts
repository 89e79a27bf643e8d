/**
 * How well the gates tell good results from bad ones: `node test/gates/report.ts [seed]`. Writes nothing.
 */
import { makeCases } from './cases.ts'
import { figuresOf, judge, type Gate } from './judging.ts'

const seed = Number(process.argv[2] ?? 1)
const wrong: string[] = []
const counts = { good: 0, bad: 0, refused: 0, passed: 0 }
const caught = new Map<Gate, { of: number, caught: number }>()
const figures = { good: new Map<string, number[]>(), bad: new Map<string, number[]>() }
const note = (kind: 'good' | 'bad', name: string, value: number | undefined) => {
  if (value !== undefined) figures[kind].set(name, [...figures[kind].get(name) ?? [], value])
}

for await (const instance of makeCases(seed)) {
  const { gate } = await judge(instance)
  const kind = instance.gate === undefined ? 'good' : 'bad'
  counts[kind]++
  if (gate !== instance.gate) wrong.push(`${instance.name} (${instance.request.operation}): ${instance.gate ?? 'good'}, and was ${gate ?? 'passed'}`)
  if (instance.gate === undefined && gate !== undefined) counts.refused++
  if (instance.gate !== undefined) {
    if (gate === undefined) counts.passed++
    const count = caught.get(instance.gate) ?? { of: 0, caught: 0 }
    caught.set(instance.gate, { of: count.of + 1, caught: count.caught + (gate === undefined ? 0 : 1) })
  }
  if (instance.gate === 'damaged' || instance.gate === 'limits') continue
  const measured = await figuresOf(instance)
  if (instance.gate === undefined || instance.gate === 'blank') note(kind, 'contrast', measured?.contrast)
  if (instance.gate === undefined || instance.gate === 'unchanged') {
    // Of an erasure it counts only where there was something to erase.
    const isEven = instance.name === 'an even area is erased'
    if (!isEven) note(kind, 'distance', measured?.distance)
    if (isEven) note('good', 'prominence', measured?.prominence)
    else if (instance.gate === 'unchanged') note('bad', 'prominence', measured?.prominence)
  }
  if (instance.gate === undefined || instance.gate === 'transparency') note(kind, 'clear', measured?.clear)
}

console.log(`${counts.good} good ones, ${counts.refused} refused; ${counts.bad} bad ones, ${counts.passed} passed (seed ${seed})`)
for (const [gate, { of, caught: found }] of caught) console.log(`  ${gate}: ${found} of ${of} refused`)
for (const name of ['contrast', 'distance', 'prominence', 'clear']) {
  for (const kind of ['good', 'bad'] as const) {
    const values = (figures[kind].get(name) ?? []).toSorted((a, b) => a - b)
    const at = (index: number) => (values.at(index) ?? NaN).toFixed(4)
    const shown = kind === 'good' ? values.slice(0, 5) : values.slice(-5)
    console.log(`${name} ${kind}: ${values.length}, min ${at(0)}, median ${at(values.length >> 1)}, max ${at(-1)}; nearest ${shown.map(value => value.toFixed(4)).join(' ')}`)
  }
}
for (const line of wrong) console.log(`wrong: ${line}`)
