import fc from 'fast-check'
import t from 'tap'
import { creditsOf, readCredits } from '../../../core/imaging/credits.ts'
import { open, picture } from './pictures.ts'

const photo = picture(8, 6)
const all = {
  IFD0: { ImageDescription: 'Greetings', Artist: 'A. Painter', Copyright: '(c) 2026', DateTime: '2026:05:04 03:02:01', Make: 'ACME', Model: 'One', Software: 'x' },
  IFD2: { DateTimeOriginal: '2026:05:04 03:02:00', BodySerialNumber: '12345', LensModel: 'long', UserComment: 'secret' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '47/1 30/1 0/1' }
}
const kept = {
  IFD0: { ImageDescription: 'Greetings', Artist: 'A. Painter', Copyright: '(c) 2026', DateTime: '2026:05:04 03:02:01' },
  IFD2: { DateTimeOriginal: '2026:05:04 03:02:00' }
}

t.test('keeps who and when, and neither where nor with what, in every format', async t => {
  for (const format of ['png', 'jpeg', 'webp', 'avif'] as const) {
    t.same(await readCredits(await open(photo).withExif(all).toFormat(format).toBuffer()), kept, format)
  }
})

t.test('an image without any has none', async t => {
  t.equal(await readCredits(await open(photo).png().toBuffer()), undefined)
  t.equal(await readCredits(await open(photo).withExif({ IFD3: { GPSLatitudeRef: 'N' } }).jpeg().toBuffer()), undefined)
})

/** EXIF by hand, in either order of bytes: one text in the first directory. */
function exif ({ order = 'II', tag = 0x8298, type = 2, length, value, at }: { order?: string, tag?: number, type?: number, length?: number, value: Buffer, at?: number }): Buffer {
  const head = Buffer.alloc(26)
  head.write(order, 'latin1')
  const short = (number: number, offset: number) => order === 'II' ? head.writeUInt16LE(number, offset) : head.writeUInt16BE(number, offset)
  const long = (number: number, offset: number) => order === 'II' ? head.writeUInt32LE(number, offset) : head.writeUInt32BE(number, offset)
  short(42, 2)
  long(8, 4)
  short(1, 8)
  short(tag, 10)
  short(type, 12)
  long(length ?? value.length, 14)
  if (value.length <= 4 && at === undefined) value.copy(head, 18)
  else long(at ?? 26, 18)
  return Buffer.concat([head, value])
}

t.test('both orders of bytes are read, and texts that are short enough to lie in their entry', async t => {
  for (const order of ['II', 'MM']) {
    t.same(creditsOf(exif({ order, value: Buffer.from('somebody\0') })), { IFD0: { Copyright: 'somebody' } })
    t.same(creditsOf(exif({ order, value: Buffer.from('© Grün\0') })), { IFD0: { Copyright: '© Grün' } })
    t.same(creditsOf(exif({ order, value: Buffer.from('me\0\0') })), { IFD0: { Copyright: 'me' } })
  }
})

t.test('what is no text, too long or empty is not kept, and control characters are not either', async t => {
  const value = Buffer.from('somebody\0')
  t.equal(creditsOf(exif({ value, type: 7 })), undefined)
  t.equal(creditsOf(exif({ value, length: 3000 })), undefined)
  t.equal(creditsOf(exif({ value: Buffer.from(' \0\0\0\0') })), undefined)
  t.equal(creditsOf(exif({ value, at: 9999 })), undefined)
  t.same(creditsOf(exif({ value: Buffer.from('some\r\nbody\x1b[1m') })), { IFD0: { Copyright: 'some body [1m' } })
})

t.test('what lies behind the end is read as nothing', async t => {
  const whole = exif({ value: Buffer.from('somebody\0') })
  for (let length = 0; length <= 26; length++) t.equal(creditsOf(whole.subarray(0, length)), undefined, `${length}`)
})

t.test('nothing in it can do harm', async () => {
  const whole = exif({ value: Buffer.from('somebody\0') })
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(30), (noise, at) => {
    const broken = Buffer.from(whole)
    broken.set(noise.subarray(0, Math.max(0, broken.length - at)), at)
    creditsOf(broken)
    creditsOf(Buffer.from(noise))
  }))
})
