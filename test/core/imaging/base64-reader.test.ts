import fc from 'fast-check'
import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { readBase64, type ByteRoom } from '../../../core/imaging/base64-reader.ts'
import { decodeBase64 } from '../../../core/imaging/base64.ts'

/** Room for so many bytes. */
function roomOf (size: number): ByteRoom {
  const block = Buffer.alloc(size)
  let [start, end] = [0, 0]
  return {
    free (bytes) {
      if (end + bytes > size) throw new RangeError(`${bytes} bytes are asked for, ${size - end} are there`)
      return block.subarray(end)
    },
    advance: bytes => { end += bytes },
    finish () {
      const bytes = block.subarray(start, end)
      start = end
      return bytes
    }
  }
}

type Outcome = { readonly bytes: Buffer } | { readonly message: string, readonly details: unknown }

function outcomeOf (work: () => Buffer): Outcome {
  try {
    return { bytes: work() }
  } catch (err) {
    if (!(err instanceof EditError)) throw err
    return { message: err.message, details: err.details }
  }
}

/** Read in pieces of these lengths, round and round. */
function read (text: Buffer, lengths: readonly number[]): Outcome {
  const reader = readBase64(roomOf(text.length + 64))
  let plain = true
  for (let at = 0, piece = 0; at < text.length; piece++) {
    const end = at + (lengths[piece % lengths.length] ?? 1)
    plain = reader.write(text.subarray(at, end)) && plain
    at = end
  }
  const bytesOf = reader.end()
  if (plain && text.length > 1024 && /[^A-Za-z0-9+/=_-]/.test(text.toString('latin1').replace(/^ *data:[^,]*,/i, ''))) throw new Error('that was not plain')
  return outcomeOf(() => bytesOf('mask_base64'))
}

const spelled = fc.record({
  bytes: fc.uint8Array({ maxLength: 1800 }).map(array => Buffer.from(array)),
  alphabet: fc.constantFrom('base64' as const, 'base64url' as const),
  padded: fc.boolean(),
  breaks: fc.constantFrom('', '', '\r\n', ' \t\f'),
  prefix: fc.constantFrom('', '', 'data:image/png;base64,', ' DATA:;a=é;BASE64 ,', 'data:image/png,', 'data:image/png;base64', `data:${'x'.repeat(1020)};base64,`, ' '.repeat(1100))
}).map(({ bytes, alphabet, padded, breaks, prefix }) => {
  const digits = bytes.toString(alphabet).replace(/=+$/, '')
  const text = padded ? digits.padEnd(Math.ceil(digits.length / 4) * 4, '=') : digits
  return prefix + text.replace(/.{1,37}/g, `$&${breaks}`)
})
const change = fc.option(fc.record({ place: fc.nat(), text: fc.constantFrom('%', '=', '==', 'é', '\u0141', '😀', '\0', '-', '_', '+', '/', 'A', '') }))
const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2000 })), { minLength: 1, maxLength: 8 })

t.test('in whatever pieces a text comes, its bytes are those of the whole, and so is its fault', async t => {
  fc.assert(fc.property(spelled, change, lengths, (good, changed, pieces) => {
    const at = changed === null ? 0 : changed.place % (good.length + 1)
    const text = Buffer.from(changed === null ? good : good.slice(0, at) + changed.text + good.slice(at + 1))
    const [found, expected] = [read(text, pieces), outcomeOf(() => decodeBase64(text, 'mask_base64'))]
    if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error('another outcome')
  }), { numRuns: 3000 })
  t.pass()
})

t.test('no cut of a short text changes it', async t => {
  for (const text of ['QUJDRA==', 'QUJDRA=', 'QUJD RA = =', 'QUJDRA==x', 'QUJDR', 'AA-A+AAA', 'AA+A-AAA', 'QUJ😀', 'Q=', '']) {
    const long = Buffer.from('QUJD'.repeat(300) + text)
    const expected = outcomeOf(() => decodeBase64(long, 'mask_base64'))
    for (let cut = 1190; cut <= long.length; cut++) t.same(read(long, [cut, 1, 2]), expected, `${text} after ${cut}`)
  }
})

t.test('a data URL without its comma or base64, and a text without any digits, are told as such', async t => {
  for (const text of ['data:image/png,QUJD', 'data:image/png;base64', `data:${'x'.repeat(1020)};base64,QUJD`, '', ' \n', 'data:image/png;base64,']) {
    const expected = outcomeOf(() => decodeBase64(Buffer.from(text), 'mask_base64'))
    t.match(expected, { message: /^mask_base64: / })
    for (const lengths of [[text.length + 1], [1], [5, 700]]) t.same(read(Buffer.from(text), lengths), expected, text.slice(0, 30))
  }
})

t.test('a character at fault is told whole although it came in pieces', async t => {
  for (const start of [0, 1020, 1023, 3000]) {
    const text = Buffer.from(`${'A'.repeat(start)}😀AAAA`)
    t.match(read(text, [1]), { message: `mask_base64: character "😀" at position ${start} is not base64`, details: { field: 'mask_base64', position: start } })
  }
})

t.test('megabytes are read piece by piece, also when they come at once', async t => {
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 2654435761) >>> 24))
  const text = Buffer.from(bytes.toString('base64'))
  t.same(read(text, [text.length]), { bytes })
  text[250_001] = 0x25
  t.match(read(text, [text.length]), { message: 'mask_base64: character "%" at position 250001 is not base64' })
})

t.test('the decoder\'s own error is the cause', async t => {
  const reader = readBase64(roomOf(64))
  reader.write(Buffer.from('QUJDR'))
  t.throws(() => reader.end()('image'), { code: 'EDIT_ERR_IMAGE_INVALID', cause: SyntaxError })
})
