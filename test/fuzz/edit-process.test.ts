/**
 * Mutated requests over JSON, base64 and image bytes against the whole service, with a provider that answers at once.
 * `npm run fuzz` makes 50,000; FUZZ_SEED and FUZZ_RUNS repeat or lengthen a run.
 */
import fc from 'fast-check'
import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import sharp from 'sharp'
import t from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { operationNames } from '../../core/operations.ts'
import { median } from '../bench/statistics.ts'

const runs = Number(process.env.FUZZ_RUNS ?? 2_000)
const seed = Number(process.env.FUZZ_SEED ?? 20_261_124)
const batch = 500

const url = '/api/image-studio/edit/process'
const picture = sharp({ create: { width: 24, height: 16, channels: 4, background: { r: 200, g: 80, b: 30, alpha: 0.5 } } })
const images = await Promise.all([
  picture.clone().png().toBuffer(),
  picture.clone().jpeg().withExif({ IFD0: { Orientation: '6' } }).toBuffer(),
  picture.clone().webp().toBuffer(),
  picture.clone().gif().toBuffer(),
  picture.clone().tiff().toBuffer(),
  picture.clone().avif({ effort: 0 }).toBuffer()
])

/** Bytes with a few of them changed, cut or doubled. */
const damaged = (sources: readonly Buffer[]) => fc.tuple(
  fc.constantFrom(...sources),
  fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
  fc.option(fc.nat(), { freq: 4 }),
  fc.boolean()
).map(([source, changes, cut, doubled]) => {
  const bytes = Buffer.from(doubled ? Buffer.concat([source, source]) : source)
  for (const [place, value] of changes) bytes[place % bytes.length] = value
  return cut === null ? bytes : bytes.subarray(0, cut % bytes.length)
})

const base64 = damaged(images).chain(bytes => fc.constantFrom(
  bytes.toString('base64'),
  `data:image/png;base64,${bytes.toString('base64')}`,
  bytes.toString('base64url'),
  `data:image/svg+xml,${bytes.toString('latin1')}`,
  bytes.toString('base64').slice(1),
  bytes.toString('base64').replace('A', 'Ł')
))
const anything = fc.oneof({ weight: 6, arbitrary: base64 }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) }, { weight: 1, arbitrary: fc.string() })
const text = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('a red hat', '', 'x'.repeat(5000), '\u0000'), fc.jsonValue({ maxDepth: 1 }))
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom('5', '1e999', null, true, -1, 2 ** 53), fc.string({ maxLength: 4 }))

const body = fc.record({
  image_base64: anything,
  operation: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...operationNames) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) }),
  prompt: text,
  negative_prompt: text,
  mask_base64: anything,
  search_prompt: text,
  select_prompt: text,
  background_image_base64: anything,
  lighting_image_base64: anything,
  expand_left: number,
  expand_up: number,
  provider: fc.constantFrom('echo', 'local', 'nobody', null, 7),
  model: fc.constantFrom('echo', 'none', null),
  seed: number,
  output_format: fc.constantFrom('png', 'jpeg', 'JPG', 'webp', 'bmp', null, 1),
  options: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), fc.jsonValue({ maxDepth: 1 })),
  unknown: fc.jsonValue({ maxDepth: 1 })
}, { requiredKeys: ['image_base64', 'operation'] }).map(value => Buffer.from(JSON.stringify(value)))

const maybeDamaged = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...images) }, { weight: 1, arbitrary: damaged(images) })
const wellFormed = fc.record({ image: maybeDamaged, operation: fc.constantFrom(...operationNames), mask: maybeDamaged }).map(({ image, operation, mask }) =>
  Buffer.from(JSON.stringify({
    image_base64: image.toString('base64'),
    operation,
    mask_base64: mask.toString('base64'),
    prompt: 'a hat',
    search_prompt: 'a cat',
    select_prompt: 'a cat',
    background_image_base64: image.toString('base64'),
    expand_up: 3,
    provider: 'echo'
  })))

const request = fc.oneof(
  { weight: 4, arbitrary: body },
  { weight: 3, arbitrary: wellFormed },
  { weight: 3, arbitrary: body.chain(bytes => damaged([bytes])) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 8 }).map(json => Buffer.from(json)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 60_000 }).map(depth => Buffer.from('['.repeat(depth))) }
)
const contentType = fc.oneof({ weight: 20, arbitrary: fc.constant('application/json') }, { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'multipart/form-data', '') })

/** The answers that are documented: mistakes of the caller, and a provider's answer that is no image. */
const documented = new Set([200, 400, 413, 415, 422])

t.test(`${runs} mutated requests are answered as documented, and memory does not grow`, { timeout: 1_200_000 }, async t => {
  const logger: FastifyBaseLogger = pino({ level: 'silent' })
  const directory = t.testdir({
    'echo.mjs': `
      const formats = ['image/png', 'image/jpeg', 'image/webp', 'image/avif']
      const card = { id: 'echo', name: 'Echo', description: 'Gives back what it gets.', tier: 'budget', capabilities: [], price: { usd: 0 }, expectedSeconds: 1, parameters: {},
        operations: ${JSON.stringify(operationNames)}, outputs: { formats, size: { rule: 'input' }, alpha: true },
        inputs: { formats, accepts: ['prompt', 'search_prompt', 'select_prompt', 'background', 'lighting', 'expansion'], mask: 'white-edits', maxImages: 4 } }
      export const meta = { name: 'echo' }
      export default async app => app.providers.register({ specificationVersion: 'v1', name: 'echo', vendor: 'echo', models: [card],
        submit: async ({ images: [image] }) => ({ state: 'done', result: { images: [{ bytes: image.bytes }] } }) })`
  })
  const app = await buildApp(configFrom({ plugins: { directories: [directory], local: false }, order: { '*': ['echo'] }, gates: { unchanged: false, transparency: false } }), { logger })
  t.after(() => app.close())

  const statuses = new Map<number, number>()
  const memory: number[] = []
  for (let done = 0; done < runs; done += batch) {
    await fc.assert(fc.asyncProperty(request, contentType, async (payload, type) => {
      const { statusCode, headers, body: answer } = await app.inject({ method: 'POST', url, payload, headers: type === '' ? {} : { 'content-type': type } })
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
      if (!documented.has(statusCode) && !answer.includes('EDIT_ERR_OUTPUT_REJECTED')) throw new Error(`status ${statusCode}: ${answer.slice(0, 300)}`)
      if (!String(headers['content-type']).startsWith('application/json')) throw new Error(`content-type ${headers['content-type']}`)
      if (statusCode !== 200 && JSON.parse(answer).detail === undefined) throw new Error('no detail')
    }), { numRuns: Math.min(batch, runs - done), seed: seed + done })
    memory.push(process.memoryUsage().rss)
  }
  t.comment(Object.fromEntries(statuses))
  t.ok((statuses.get(200) ?? 0) > runs / 100, 'many are answered with an image')
  const quarter = (index: number) => median(memory.slice(Math.floor(memory.length * index / 4), Math.floor(memory.length * (index + 1) / 4)))
  const growth = quarter(3) - quarter(2)
  t.ok(growth < 48 * 1024 * 1024, `the last quarter holds ${Math.round(growth / 1024 / 1024)} MiB more than the one before`)
})
