/**
 * `npm run fidelity`: every image of the set through every operation of every provider, before emulators with the manners of real
 * models, judged by what sharp alone makes of the files. Ends with 1 when a promise is broken.
 * Then tells how well the gates know good results from bad ones.
 *
 *     --quick               about sixty cases
 *     --only=<words>        only cases whose "image, operation, provider, format" holds each of the words, separated by commas; the name
 *                           of an operation saves the plans of the others
 *     --save=<directory>    writes the results there
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureCases, reportLines } from '../gates/measuring.ts'
import { findCases, rotate, sample, wishes } from './cases.ts'
import { imageNames, makeImages, quickNames } from './images.ts'
import { cropLines, runCrops } from './crops.ts'
import { broken, reasons, seamLine, table } from './report.ts'
import { run } from './run.ts'
import { makeBackground } from './scenes.ts'
import { startService } from './service.ts'

const { values: { quick, only, save } } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, save: { type: 'string' } } })
/** Of the results that the gates are measured with: one by which no threshold was chosen. */
const gateSeed = 21
const startedAt = performance.now()
const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(0)} s`

const words = only?.split(',') ?? []
const named = wishes.filter(({ operation }) => words.includes(operation))
const images = await makeImages(quick ? quickNames : imageNames)
const background = await makeBackground()
const service = await startService()
const { cases, notOffered } = await findCases(service, images, background, named.length > 0 ? named : wishes)
const wanted = cases.filter(({ image, wish, provider, format }) => words.every(word => `${image.name}, ${wish.operation}, ${provider}, ${format}`.includes(word)))
const chosen = quick ? sample(wanted, 60) : rotate(wanted)
console.log(`${images.length} images, ${cases.length} cases of ${service.providers.length} providers, ${chosen.length} of them are sent (planned in ${seconds()})`)
if (save !== undefined) await mkdir(save, { recursive: true })

let done = 0
const outcomes = await run(service, chosen, {
  background,
  onResult: (outcome, bytes) => {
    const { of: { image, wish, provider, format } } = outcome
    for (const line of broken(outcome)) console.error(line)
    if (++done % 100 === 0) console.log(`  ${done} in ${seconds()}`)
    if (save !== undefined && bytes !== undefined) {
      const name = [image.name, wish.operation, ...wish.masked ? ['mask'] : [], provider].join('-').replaceAll(' ', '_')
      writeFile(join(save, `${name}.${format}`), bytes).catch(console.error)
    }
  }
})
await service.close()

const isWhole = !quick && only === undefined
const polite = await startService(1, { isPolite: true })
const crops = isWhole ? await runCrops(polite) : []
await polite.close()

const seams = seamLine(outcomes)
const failures = [
  ...outcomes.flatMap(broken).toSorted(),
  ...crops.flatMap(({ name, failures }) => failures.map(({ aspect, detail }) => `  large, with a mask ${name}: ${aspect}: ${detail}`)),
  ...seams.isBroken ? [`  ${seams.text}`] : []
]
console.log(`\n${table(outcomes, isWhole ? notOffered : [])}\n\n${seams.text}\n`)
if (isWhole) console.log(`Not offered:\n${reasons(notOffered)}\n\nA part of a large image:\n${cropLines(crops).join('\n')}\n`)
if (only === undefined) console.log(`${reportLines(await measureCases(gateSeed, quick ? index => index % 10 === 0 : undefined), gateSeed).join('\n')}\n`)
console.log(failures.length === 0 ? `No promise is broken (${seconds()}).` : `${failures.length} promises are broken (${seconds()}):\n${failures.join('\n')}`)
process.exitCode = failures.length === 0 && outcomes.length > 0 ? 0 : 1
