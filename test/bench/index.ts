/** `npm run bench [part …]`: measures as ratios against something in the same run, on this machine only. */
import { cpus, loadavg } from 'node:os'
import { overload } from './overload.ts'
import { planning } from './planning.ts'
import { startup } from './startup.ts'

const parts: Record<string, () => Promise<string[]>> = { startup, planning, overload }
const wanted = process.argv.slice(2).filter(argument => !argument.startsWith('--'))
for (const name of wanted) {
  if (!Object.hasOwn(parts, name)) throw new TypeError(`no part "${name}"; there are: ${Object.keys(parts).join(', ')}`)
}
console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(2)}`)
for (const [name, run] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${name}`)
  for (const line of await run()) console.log(`  ${line}`)
}
