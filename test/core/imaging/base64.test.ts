import fc from 'fast-check'
import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import { decodeBase64 } from '../../../core/imaging/base64.ts'

const refusal = (text: string | Buffer): EditError => {
  try {
    decodeBase64(text, 'mask_base64')
  } catch (error) {
    if (error instanceof EditError) return error
    throw error
  }
  throw new Error(`accepted ${JSON.stringify(text.toString())}`)
}

// The reference: a character is at fault when no ending makes the text up to and with it valid base64.
const alphabets = ['A-Za-z0-9+/', 'A-Za-z0-9_-']
const bare = (text: string) => text.replace(/[\t\n\f\r ]/g, '')
const extendable = (text: string) => alphabets.some(set =>
  new RegExp(`^(?:[${set}]*|(?:[${set}]{4})*[${set}]{2}={1,2}|(?:[${set}]{4})*[${set}]{3}=)$`).test(bare(text)))
const complete = (text: string) => bare(text) !== '' && alphabets.some(set =>
  new RegExp(`^(?:[${set}]{4})*(?:[${set}]{2}(?:==)?|[${set}]{3}=?)?$`).test(bare(text)))
const faultOf = (text: string): number | undefined => {
  for (let at = 0; at < text.length; at++) if (!extendable(text.slice(0, at + 1))) return at
  return complete(text) ? undefined : text.length
}

const bytesOf = fc.uint8Array({ minLength: 1, maxLength: 200 }).map(array => Buffer.from(array))
const spelling = fc.record({
  url: fc.boolean(),
  padded: fc.boolean(),
  breaks: fc.constantFrom('', '\r\n', ' ', '\t\f\n'),
  prefix: fc.constantFrom('', 'data:image/png;base64,', 'DATA:;BASE64,', 'data:image/svg+xml;charset=utf-8; Base64,', ' data:text/html;base64,')
})
const spell = (bytes: Buffer, { url, padded, breaks, prefix }: { url: boolean, padded: boolean, breaks: string, prefix: string }) => {
  let text = bytes.toString(url ? 'base64url' : 'base64').replace(/=+$/, '')
  if (padded) text = text.padEnd(Math.ceil(text.length / 4) * 4, '=')
  return prefix + text.replace(/.{1,7}/g, `$&${breaks}`)
}

t.test('decodes every spelling of any bytes, from a string and from bytes of a body', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(bytesOf, spelling, (bytes, how) => {
    const text = spell(bytes, how)
    return decodeBase64(text, 'image').equals(bytes) && decodeBase64(Buffer.from(text), 'image').equals(bytes)
  })))
  t.ok(Buffer.isBuffer(decodeBase64('QQ==', 'image')))
})

t.test('accepts exactly what is base64, and names the place of the first character that is not', async t => {
  const character = fc.constantFrom(...'AQz9+/-_== \n', '%', 'é', '\u0141', '😀', '\0')
  const text = fc.array(character, { maxLength: 12 }).map(characters => characters.join(''))
  t.doesNotThrow(() => fc.assert(fc.property(text.filter(text => text.length > 0 && bare(text) !== ''), text => {
    const fault = faultOf(text)
    if (fault === undefined) return decodeBase64(text, 'image').length > 0
    return refusal(text).details.position === fault
  }), { numRuns: 3000 }))
})

t.test('names the place of one changed character, in strings and in bytes, with the prefix counted', async t => {
  const change = fc.record({ place: fc.nat(), character: fc.constantFrom('%', '=', 'é', '\u0141', '😀', '\0', '.', '-', '_', '+', '/') })
  t.doesNotThrow(() => fc.assert(fc.property(bytesOf, spelling, change, (bytes, how, { place, character }) => {
    const good = spell(bytes, how)
    const start = how.prefix.length
    const at = start + place % (good.length - start)
    const text = good.slice(0, at) + character + good.slice(at + 1)
    const fault = faultOf(text.slice(start))
    if (fault === undefined) return decodeBase64(text, 'image').length > 0
    const inBytes = Buffer.from(text)
    return refusal(text).details.position === start + fault &&
      refusal(inBytes).details.position === Buffer.byteLength(text.slice(0, start + fault))
  }), { numRuns: 2000 }))
})

t.test('the error names field, character and place', async t => {
  const error = refusal('data:image/png;base64,iVBO%w0K')
  t.equal(error.code, 'EDIT_ERR_IMAGE_INVALID')
  t.equal(error.message, 'mask_base64: character "%" at position 26 is not base64')
  t.strictSame(error.details, { field: 'mask_base64', position: 26 })
  t.match(refusal('QUJ😀').message, 'character "😀" at position 3')
  t.match(refusal(Buffer.from('QUJ😀')).message, 'character "😀" at position 3')
  t.match(refusal('QU\0J').message, 'character "\\u0000" at position 2')
})

t.test('finds one wrong character among millions', async t => {
  const text = Buffer.alloc(5_000_000, 1).toString('base64')
  t.equal(decodeBase64(text, 'image').length, 5_000_000)
  const at = 4_000_001
  // U+0141 is the trap: its low byte is "A", which Node's own decoder takes it for.
  t.equal(refusal(text.slice(0, at) + '\u0141' + text.slice(at + 1)).details.position, at)
})

t.test('finds it among line breaks, in either alphabet, and behind padding', async t => {
  const bytes = Buffer.from(Array.from({ length: 150_000 }, (_, i) => (i * 2654435761) >>> 24))
  for (const alphabet of ['base64', 'base64url'] as const) {
    const text = 'data:;base64,' + bytes.toString(alphabet).replace(/.{76}/g, '$&\r\n')
    for (const at of [13, 70_000, 131_085, text.length - 1]) {
      t.equal(refusal(text.slice(0, at) + '%' + text.slice(at + 1)).details.position, at)
    }
  }
  const plain = 'QUJD'.repeat(60_000)
  t.equal(refusal(plain.slice(0, 200_002) + '=' + plain.slice(200_003)).details.position, 200_003, 'data behind padding')
  t.equal(refusal(plain.slice(0, 200_001) + '=' + plain.slice(200_002)).details.position, 200_001, 'padding too early')
  t.equal(refusal(plain + 'Q').details.position, 240_001, 'the end')
  t.equal(refusal(' '.repeat(70_000) + '%').details.position, 70_000, 'behind nothing but spaces')
})

t.test('refuses text that was cut off', async t => {
  for (const text of ['Q', 'QUJDR', 'QQ=', 'data:image/png;base64,QQ=']) {
    const error = refusal(text)
    t.equal(error.details.position, text.length, text)
    t.match(error.message, 'mask_base64: ends at position')
  }
})

t.test('refuses mixed alphabets at the first character of the other one', async t => {
  t.equal(refusal('AA-A+AAA').details.position, 4)
  t.equal(refusal('AA+A-AAA').details.position, 4)
})

t.test('refuses what is empty', async t => {
  for (const text of ['', ' \n', 'data:image/png;base64,', Buffer.alloc(0)]) {
    const error = refusal(text)
    t.match(error, { code: 'EDIT_ERR_IMAGE_INVALID', message: 'mask_base64: is empty; it must hold an image as base64' })
    t.strictSame(error.details, { field: 'mask_base64' })
  }
})

t.test('refuses data URLs that are not base64', async t => {
  t.match(refusal('data:image/svg+xml,%3Csvg/%3E').message, 'without ";base64"')
  t.match(refusal('data:image/png;base64x,AAAA').message, 'without ";base64"')
  t.match(refusal('data:image/png;base64').message, 'without a comma')
  t.match(refusal(`data:${'x'.repeat(2000)};base64,AAAA`).message, 'without a comma')
  t.equal(refusal('data:image/png;base64,iVBO%2B').details.position, 26, 'percent-encoded base64')
})

t.test('keeps the exact error of the decoder as the cause', async t => {
  t.type(refusal('%').cause, SyntaxError)
})

t.test('a data URL holds any bytes', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(bytesOf, bytes => decodeBase64(`data:image/webp;base64,${bytes.toString('base64')}`, 'image').equals(bytes))))
})
