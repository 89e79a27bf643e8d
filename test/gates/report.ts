/**
 * How well the gates tell good results from bad ones: `node test/gates/report.ts [seed]`. Writes nothing.
 */
import { measureCases, reportLines } from './measuring.ts'

const seed = Number(process.argv[2] ?? 1)
for (const line of reportLines(await measureCases(seed), seed)) console.log(line)
