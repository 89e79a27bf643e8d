import { deepStrictEqual } from 'node:assert/strict'
import t from 'tap'
import { parseSkeleton } from '../../../plugins/http-body/json-skeleton.ts'
import { isFile, outcomeOf, scan } from './scanned.ts'

const images = ['image', 'images[]', 'mask.url', 'list[].url']
const picture = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 2654435761) >>> 24))
const base64 = picture.toString('base64')

/** Every cut of a text, and a few pairs of cuts, give what the whole gives. */
function cutEverywhere (text: string | Buffer): unknown {
  const body = Buffer.from(text)
  const expected = outcomeOf(() => parseSkeleton(body), images)
  const step = Math.ceil(body.length / 60)
  for (let cut = 0; cut <= body.length; cut += step) {
    for (const cuts of [[cut], [cut, cut + 1], [cut, cut + 1050], Array.from({ length: 50 }, (_, i) => cut + i)]) {
      deepStrictEqual(outcomeOf(() => scan(body, images, cuts), images), expected, `cut at ${cuts}`)
    }
  }
  return expected
}

t.test('an image is decoded wherever it may stand, and everything else stays', async t => {
  const text = JSON.stringify({ image: base64, prompt: base64, images: [base64, 'x', 7, null, base64], mask: { url: base64, image: base64 }, list: [{ url: base64 }, { url: 1 }], nested: { image: base64 } })
  const bytes = picture.toString('latin1')
  t.same(cutEverywhere(text), {
    value: [
      ['image', bytes], ['prompt', base64], ['images', [bytes, { message: 'image: ends at position 1 in the middle of its base64; was it cut off?', details: { field: 'image', position: 1 } }, 7, null, bytes]],
      ['mask', [['url', bytes], ['image', base64]]], ['list', [[['url', bytes]], [['url', 1]]]], ['nested', [['image', base64]]]
    ]
  })
  const value = scan(Buffer.from(text), images)
  t.ok(isFile(Reflect.get(Object(value), 'image')), 'it is no text any more')
})

t.test('an image is found whatever its name looks like, and a name that only looks like a way is none', async t => {
  t.match(cutEverywhere(`{"i\\u006dage":"${base64}"}`), { value: [['image', picture.toString('latin1')]] })
  const value = scan(Buffer.from(JSON.stringify({ 'mask.url': base64, 'images[]': base64, 'list[].url': base64 })), images)
  t.same(value, { 'mask.url': base64, 'images[]': base64, 'list[].url': base64 })
})

t.test('escapes are read, as PHP and .NET write them', async t => {
  for (const form of [base64.replaceAll('/', '\\/'), base64.replaceAll('+', '\\u002B'), base64.replaceAll(/.{76}/g, '$&\\r\\n'), `data:image\\/png;base64,${base64}`]) {
    t.match(cutEverywhere(`{"image":"${form}","after":1}`), { value: [['image', picture.toString('latin1')], ['after', 1]] })
  }
})

t.test('faults in an image are found where they are, whatever stands around them', async t => {
  for (const fault of ['%', 'é', '😀', '\\ud83d\\ude00', '\\ud83d', '\\"', '\\\\', '=', '\\u0000', '-_+/']) {
    const result = cutEverywhere(`{"image":"${base64.slice(0, 1500)}${fault}${base64.slice(1500)}"}`)
    t.match(result, { value: [['image', { details: { position: Number } }]] }, fault)
  }
})

t.test('what JSON forbids in a text is refused in an image too, at the same place', async t => {
  for (const fault of ['\n', '\t', '\0', '\\x', '\\u12', '\\', Buffer.from([0xff]), Buffer.from([0xe2, 0x82])]) {
    const body = Buffer.concat([Buffer.from(`{ "image":"${base64.slice(0, 2500)}`), Buffer.from(fault), Buffer.from(`${base64}"} `)])
    t.match(cutEverywhere(body), { statusCode: 422, position: 10 })
  }
})

t.test('a text that breaks off is refused where it does', async t => {
  const text = JSON.stringify({ mask: { url: base64 }, images: [base64, base64], image: base64 })
  for (const end of [1, 8, 20, 3000, 5000, 9000, text.length - 2, text.length - 1]) t.match(cutEverywhere(text.slice(0, end)), { statusCode: 422 })
  t.match(cutEverywhere(`{"image":"${base64}" "image":"${base64}"}`), { statusCode: 422, position: 4012 })
  t.match(cutEverywhere(`{"image" "${base64}"}`), { statusCode: 422, position: 9 })
  t.match(cutEverywhere(`{"im\\xage":"${base64}"}`), { statusCode: 422, position: 1 })
  t.match(cutEverywhere(`]}{"image":"${base64}"}`), { statusCode: 422, position: 0 })
})

t.test('an image that is given twice is refused', async t => {
  t.match(cutEverywhere(`{"image":"${base64}","image":"${base64}"}`), { statusCode: 400, message: '"image" is given twice' })
})

t.test('an address at an image\'s place stays text, however long it is', async t => {
  const url = `https://example.org/${'a'.repeat(3000)}.png`
  t.same(scan(Buffer.from(JSON.stringify({ image: url })), images), { image: url })
})

t.test('an address is told by its beginning although it comes byte by byte', async t => {
  const url = `HTTP://example.org/${'a'.repeat(3000)}.png`
  const text = Buffer.from(JSON.stringify({ image: url }))
  t.same(scan(text, images, Array.from(text.keys())), { image: url })
})

t.test('nothing at all is no text', async t => {
  t.equal(scan(Buffer.alloc(0), images), undefined)
})

t.test('64 KiB beside the images are taken, more are refused', async t => {
  const padded = (bytes: number) => Buffer.from(`{"image":"${base64.repeat(40)}"}`.padEnd(base64.length * 40 + bytes))
  t.match(scan(padded(65536), images), { image: { preview: Function } })
  t.match(outcomeOf(() => scan(padded(65537), images), images), { statusCode: 413, message: 'the body holds more than 65536 bytes beside its images' })
  for (const small of [`[${'1,'.repeat(40_000)}1]`, '9'.repeat(70_000), '['.repeat(70_000), JSON.stringify('x'.repeat(70_000))]) {
    t.match(outcomeOf(() => scan(Buffer.from(small), images), images), { statusCode: 413 })
  }
})
