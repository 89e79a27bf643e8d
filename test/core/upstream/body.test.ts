import { randomBytes } from 'node:crypto'
import t from 'tap'
import { encodeBody } from '../../../core/upstream/body.ts'
import type { FormPart, UpstreamBody } from '../../../core/upstream/types.ts'

/** As it arrives, in one. */
const encode = (body: UpstreamBody) => {
  const { length, pieces, contentType } = encodeBody(body)
  const bytes = Buffer.concat([...pieces()])
  t.equal(bytes.length, length)
  t.ok(Buffer.concat([...pieces()]).equals(bytes), 'a second time too')
  return { bytes, contentType }
}
const json = (value: unknown) => encode({ json: value })
const form = async (parts: FormPart[]) => {
  const { bytes, contentType } = encode({ form: parts })
  // The platform's own parser reads it, not one written beside the encoder.
  const parsed = await new Response(bytes, { headers: { 'content-type': contentType } }).formData()
  return { bytes, contentType, parsed }
}

t.test('bytes go as they are', async t => {
  const bytes = Buffer.from('x')
  const { pieces, contentType } = encodeBody({ bytes, contentType: 'image/png' })
  t.equal([...pieces()][0], bytes)
  t.equal(contentType, 'image/png')
})

t.test('of an image no copy is made: not in a form, and in JSON no more than a piece of its base64', async t => {
  const image = randomBytes(300_000)
  t.ok([...encodeBody({ form: [{ name: 'image', value: image, filename: 'a.png' }] }).pieces()].includes(image))
  t.ok([...encodeBody({ json: { base64: image } }).pieces()].every(({ length }) => length <= 64 * 1024))
})

t.test('JSON without images is what JSON.stringify writes', async t => {
  const value = { prompt: 'a "lake" ünder\n🌧', steps: 3, none: null, absent: undefined, list: [1, { a: true }], at: new Date(0) }
  t.equal(json(value).bytes.toString(), JSON.stringify(value))
  t.equal(json(value).contentType, 'application/json')
})

t.test('images stand in JSON as base64, wherever they are and of any length', async t => {
  const image = randomBytes(3 * 16 * 1024 * 2 + 1)
  for (const length of [0, 1, 2, 3, 3 * 16 * 1024, image.length]) {
    const base64 = image.subarray(0, length)
    const { bytes } = json({ image: { base64 }, images: [{ base64, prefix: 'data:image/png;base64,' }, 'text'], ü: { deep: [[{ base64 }]] } })
    const text = base64.toString('base64')
    t.same(JSON.parse(bytes.toString()), { image: text, images: [`data:image/png;base64,${text}`, 'text'], ü: { deep: [[text]] } })
  }
})

t.test('an image may be the whole body, and stand in it twice', async t => {
  const image = { base64: Buffer.from('abc'), prefix: 'a "quoted" prefix:' }
  t.equal(JSON.parse(json(image).bytes.toString()), 'a "quoted" prefix:YWJj')
  t.same(JSON.parse(json([image, image]).bytes.toString()), ['a "quoted" prefix:YWJj', 'a "quoted" prefix:YWJj'])
})

t.test('an object that only looks like an image stays an object', async t => {
  const value = { base64: 'YWJj', other: { base64: 1 } }
  t.same(JSON.parse(json(value).bytes.toString()), value)
})

t.test('bytes that stand bare in JSON are a mistake, not an array of numbers', async t => {
  t.throws(() => json({ image: Buffer.from('x') }), { name: 'TypeError', message: /at "image"/ })
  t.throws(() => json(new Uint8Array(1)), TypeError)
  t.throws(() => json(undefined), TypeError)
})

t.test('a form carries texts and files byte by byte', async t => {
  const image = randomBytes(100_000)
  const { parsed, contentType } = await form([
    { name: 'prompt', value: 'a lake\r\nat night, ünder 🌧' },
    { name: 'image', value: image, filename: 'image.png', contentType: 'image/png' },
    { name: 'mask', value: image.subarray(0, 10), filename: 'mask' },
    { name: 'options', value: '{}', contentType: 'application/json' },
    { name: 'empty', value: '' }
  ])
  t.equal(parsed.get('prompt'), 'a lake\r\nat night, ünder 🌧')
  t.equal(parsed.get('options'), '{}')
  t.equal(parsed.get('empty'), '')
  const [file, mask] = [parsed.get('image'), parsed.get('mask')]
  if (!(file instanceof File) || !(mask instanceof File)) throw new TypeError('the files are texts')
  t.same([file.name, file.type, mask.name, mask.type], ['image.png', 'image/png', 'mask', 'application/octet-stream'])
  t.ok(Buffer.from(await file.arrayBuffer()).equals(image))
  t.equal(mask.size, 10)
  t.match(contentType, /^multipart\/form-data; boundary=form-[\w-]{36}$/)
})

t.test('no name, file name or type can add a header or a part', async t => {
  const evil = 'a"\r\nx-evil: 1\r\n\r\n--'
  const { bytes, parsed } = await form([{ name: evil, value: 'x' }, { name: 'file', value: Buffer.from('y'), filename: evil }])
  t.equal([...parsed.keys()].length, 2)
  t.notMatch(bytes.toString(), /^x-evil/m)
  t.match(bytes.toString(), 'name="a%22%0D%0Ax-evil: 1%0D%0A%0D%0A--"')
  t.throws(() => encodeBody({ form: [{ name: 'file', value: Buffer.from('y'), contentType: 'image/png\r\nx-evil: 1' }] }), TypeError)
})

t.test('an empty form is a closed one', async t => {
  const { parsed } = await form([])
  t.same([...parsed.keys()], [])
})

t.test('what stands between the files of a form is one piece, and so one write', async t => {
  const image = Buffer.alloc(100, 'x')
  const { pieces } = encodeBody({ form: [{ name: 'a', value: '1' }, { name: 'b', value: 'zwei ü' }, { name: 'image', value: image, filename: 'a.png' }, { name: 'c', value: '3' }] })
  const written = [...pieces()]
  t.equal(written.length, 3)
  t.equal(written[1], image)
})
