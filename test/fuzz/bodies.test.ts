/**
 * Mutated bodies, cut anywhere, against the readers of http-body: JSON must give what a parser of the whole text and
 * decodeBase64 give, a form what the platform's own `formData()` gives. `npm run fuzz` makes 100,000 of each; FUZZ_SEED and
 * FUZZ_BODIES repeat or lengthen a run.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import t from 'tap'
import { parseSkeleton } from '../../plugins/http-body/json-skeleton.ts'
import { boundaryOf, parseMultipart, type RawPart } from '../../plugins/http-body/multipart.ts'
import { BodyRefusal } from '../../plugins/http-body/refusal.ts'
import { outcomeOf, scan } from '../plugins/http-body/scanned.ts'

const numRuns = Number(process.env.FUZZ_BODIES ?? 3_000)
const seed = Number(process.env.FUZZ_SEED ?? 20_261_124)

const boundary = 'a-boundary-as-long-as-those-of-browsers'
const images = ['image', 'images[]', 'mask.url', 'list[].url']
const noise = Buffer.from(Array.from({ length: 6000 }, (_, i) => (i * 2654435761) >>> 24))

/** Base64 as it may stand in a body, longer and shorter than what is decoded on arrival. */
const base64 = fc.record({
  start: fc.nat(2000),
  length: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 740, max: 800 }), fc.integer({ min: 800, max: 3500 })),
  form: fc.constantFrom<(text: string) => string>(
    text => text,
  text => `data:image/png;base64,${text}`,
  text => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
  text => text.replaceAll(/.{76}/g, '$&\r\n'),
  text => `https://example.org/${text}`,
  text => ` Data:image/é;base64,${text}`
  ),
  fault: fc.option(fc.record({ place: fc.nat(), text: fc.constantFrom('%', '=', '😀', 'é', '\u0141', '"', '\\', '-', '+', '\0', '\n', '\ud83d') }), { freq: 3 })
}).map(({ start, length, form, fault }) => {
  const text = form(noise.toString('base64', start, start + length))
  const at = fault === null ? 0 : fault.place % (text.length + 1)
  return fault === null ? text : text.slice(0, at) + fault.text + text.slice(at)
})
const value = fc.oneof({ weight: 3, arbitrary: base64 }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) })
const list = <T>(entry: fc.Arbitrary<T>) => fc.array(entry, { maxLength: 3 })
const json = fc.record({
  image: value,
  images: fc.oneof(list(value), value),
  mask: fc.oneof(fc.record({ url: value, image: value }, { requiredKeys: [] }), value),
  list: list(fc.oneof(fc.record({ url: value }), value)),
  other: value,
  constructor: fc.jsonValue({ maxDepth: 1 })
}, { requiredKeys: [] })
/** The forms that encoders have for the characters of a text. */
const spelling = fc.constantFrom<(text: string) => string>(
  text => text,
text => text.replaceAll('/', '\\/'),
text => text.replaceAll('+', '\\u002B').replaceAll(/(?<=[A-Za-z])a(?=[A-Za-z])/g, '\\u0061'),
text => text.replaceAll(/[,:]/g, ' $&\n')
)
/** Bytes changed, put in, cut out or cut off: the JSON may be none any more, and the text no UTF-8. */
const mutations = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  {
    weight: 3,
    arbitrary: fc.array(fc.record({
      place: fc.nat(), remove: fc.constantFrom(0, 0, 1, 5, 2000, 1e9), insert: fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '\n', '\u0000', '%', '=', '\\u', '\\ud83d', '"image":"', '\xff', `\r\n--${boundary}`, '--', '\r\n', '"', ';')
    }), { minLength: 1, maxLength: 3 })
  }
)
const mutate = (body: Buffer, changes: ReadonlyArray<{ place: number, remove: number, insert: string }>) =>
  changes.reduce((bytes, { place, remove, insert }) => {
    const at = place % (bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(insert, 'latin1'), bytes.subarray(at + remove)])
  }, body)
const cuts = fc.oneof(
  fc.array(fc.nat(), { maxLength: 6 }).map(places => (length: number) => places.map(place => place % (length + 1)).toSorted((a, b) => a - b)),
  fc.integer({ min: 1, max: 700 }).map(step => (length: number) => Array.from({ length: Math.floor(length / step) }, (_, i) => (i + 1) * step))
)

t.test(`${numRuns} JSON bodies give what the whole text gives, wherever they are cut`, { timeout: 1_200_000 }, async t => {
  const counts = { taken: 0, refused: 0 }
  fc.assert(fc.property(json, spelling, mutations, cuts, (content, spell, changes, cut) => {
    const body = mutate(Buffer.from(spell(JSON.stringify(content))), changes)
    const expected = outcomeOf(() => body.length === 0 ? undefined : parseSkeleton(body), images)
    deepStrictEqual(outcomeOf(() => scan(body, images, cut(body.length)), images), expected)
    const isTaken = Object.hasOwn(Object(expected), 'value')
    counts[isTaken ? 'taken' : 'refused']++
    if (body.length === 0 || Reflect.get(Object(expected), 'statusCode') === 400) return
    if (isJson(body) !== isTaken) throw new Error('JSON.parse says something else')
  }), { numRuns, seed })
  t.comment(counts)
  t.ok(counts.taken > numRuns / 5 && counts.refused > numRuns / 20)
})

function isJson (body: Buffer): boolean {
  try {
    JSON.parse(body.toString())
    return isUtf8(body)
  } catch {
    return false
  }
}

const name = fc.oneof(fc.constantFrom('image', 'image[]', 'mask', 'prompt'), fc.string({ minLength: 1, maxLength: 6, unit: 'binary' }).filter(text => text.isWellFormed() && !text.includes('\0')))
const part = fc.record({
  name,
  text: fc.string({ maxLength: 60 }),
  file: fc.option(fc.record({ name: fc.oneof(fc.constantFrom('a.png', 'blob'), name), start: fc.nat(3000), length: fc.nat(3000) }))
})

t.test(`${numRuns} forms are taken apart as the platform does it, or refused`, { timeout: 1_200_000 }, async t => {
  const counts = { taken: 0, refused: 0 }
  await fc.assert(fc.asyncProperty(fc.array(part, { maxLength: 4 }), mutations, async (parts, changes) => {
    const form = new FormData()
    for (const { name, text, file } of parts) {
      if (file === null) form.append(name, text)
      else form.append(name, new Blob([noise.subarray(file.start, file.start + file.length)], { type: 'image/png' }), file.name)
    }
    const encoded = new Response(form)
    const long = boundaryOf(encoded.headers.get('content-type') ?? '')
    const whole = Buffer.from(Buffer.from(await encoded.arrayBuffer()).toString('latin1').replaceAll(`--${long}`, `--${boundary}`), 'latin1')
    const body = mutate(whole, changes)
    const found = taken(body)
    counts[found === undefined ? 'refused' : 'taken']++
    if (changes.length === 0 && found === undefined) throw new Error('refused without a reason')
    // The platform looks for the boundary without its dashes, and stumbles over one that has none.
    if (body.toString('latin1').split(boundary).slice(0, -1).some(before => !before.endsWith('--'))) return
    if (found !== undefined) deepStrictEqual(await Promise.all(found.map(own)), await platform(body))
  }), { numRuns, seed })
  t.comment(counts)
  t.ok(counts.taken > numRuns / 5 && counts.refused > numRuns / 20)
})

function taken (body: Buffer): RawPart[] | undefined {
  try {
    return parseMultipart(body, boundary)
  } catch (err) {
    if (err instanceof BodyRefusal) return undefined
    throw err
  }
}

const own = async ({ name, fileName, bytes }: RawPart) => fileName === undefined ? [name, bytes.toString()] : [name, fileName, bytes.toString('latin1')]

async function platform (body: Buffer): Promise<unknown[]> {
  const form = await new Response(body, { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } }).formData()
  return await Promise.all([...form].map(async ([name, value]) =>
    typeof value === 'string' ? [name, value] : [name, value.name, Buffer.from(await value.arrayBuffer()).toString('latin1')]))
}
