/**
 * `npm run bench [part …] [-- --quick --gate --only=TEXT]`: measures as ratios against something in the same run, on this machine only.
 * The figures go to test/bench/last.json; with --gate a goal that is missed makes the exit code 1; with --only the gateway is measured in
 * nothing but the conditions whose names hold the text: "json 5m c1 lat0", "stalls", "memory".
 */
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Part } from './bench.ts'
import { gateway } from './gateway.ts'
import { imaging } from './imaging.ts'
import { overload } from './overload.ts'
import { planning } from './planning.ts'
import { startup } from './startup.ts'

const parts: Readonly<Record<string, Part>> = { startup, planning, imaging, overload, gateway }
const { positionals: wanted, values: { quick = false, gate = false, only = '' } } = parseArgs({
  allowPositionals: true, options: { quick: { type: 'boolean' }, gate: { type: 'boolean' }, only: { type: 'string' } }
})
for (const name of wanted) {
  if (!Object.hasOwn(parts, name)) throw new TypeError(`no part "${name}"; there are: ${Object.keys(parts).join(', ')}`)
}
const load = () => loadavg().map(value => Number(value.toFixed(2)))
const machine = { node: process.version, cores: cpus().length, model: cpus()[0]?.model.trim(), startedAt: new Date().toISOString(), loads: [load()] }
const figures: Record<string, unknown> = {}
const gates: Array<{ name: string, isMet: boolean, text: string }> = []

console.log(`node ${machine.node}, ${machine.cores} × ${machine.model}, load ${machine.loads[0]?.join(' ')}`)
for (const [name, run] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${name}`)
  await run({
    quick,
    wants: condition => condition.includes(only),
    print: line => console.log(`  ${line}`),
    gate: (goal, isMet, text) => {
      gates.push({ name: goal, isMet, text })
      console.log(`  ${goal.padEnd(4)} ${isMet ? 'ok  ' : 'FAIL'}  ${text}`)
    },
    keep: (key, value) => { figures[`${name}.${key}`] = value }
  })
  machine.loads.push(load())
}
const file = join(import.meta.dirname, 'last.json')
writeFileSync(file, JSON.stringify({ ...machine, quick, gates, figures }, null, 2))
console.log(`\nload ${load().join(' ')}; all figures: ${file}`)
if (gate && gates.some(({ isMet }) => !isMet)) process.exitCode = 1
