import fc from 'fast-check'
import sharp from 'sharp'
import t from 'tap'
import { profileName } from '../../../core/imaging/profile.ts'
import { open, picture } from './pictures.ts'

const be = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const utf16 = (text: string) => Buffer.from(text, 'utf16le').swap16()

/** A profile with nothing but a header, an unrelated tag and a description tag. */
const profile = (description: Buffer, name = 'desc') => {
  const at = 128 + 4 + 24
  return Buffer.concat([
    Buffer.alloc(128), be(2), Buffer.from('cprt'), be(at), be(4), Buffer.from(name), be(at), be(description.length), description
  ])
}
const version2 = (text: string) => profile(Buffer.concat([Buffer.from('desc'), be(0), be(text.length + 1), Buffer.from(text + '\0'), Buffer.alloc(78)]))
const version4 = (...records: Array<[language: string, text: string]>) => {
  let at = 16 + records.length * 12
  const table = records.map(([language, text]) => {
    const record = Buffer.concat([Buffer.from(language + 'XX'), be(text.length * 2), be(at)])
    at += text.length * 2
    return record
  })
  return profile(Buffer.concat([Buffer.from('mluc'), be(0), be(records.length), be(12), ...table, ...records.map(([, text]) => utf16(text))]))
}

t.test('reads the description of version 2', async t => {
  t.equal(profileName(version2('Adobe RGB (1998)')), 'Adobe RGB (1998)')
})

t.test('reads the English description of version 4, else the first', async t => {
  t.equal(profileName(version4(['en', 'Display P3'])), 'Display P3')
  t.equal(profileName(version4(['de', 'Bildschirm'], ['en', 'Screen'], ['fr', 'Écran'])), 'Screen')
  t.equal(profileName(version4(['de', 'Übersicht'], ['fr', 'Écran'])), 'Übersicht')
})

t.test('sRGB in its spellings is no profile at all', async t => {
  for (const name of ['sRGB IEC61966-2.1', 'sRGB', 'sRGB built-in', 'GIMP built-in sRGB', 'Artifex Software sRGB ICC Profile', 's RGB']) {
    t.equal(profileName(version2(name)), null, name)
  }
  for (const name of ['scRGB', 'Linear sRGB', 'sRGB-elle-V2-g10 (linear)', 'ProPhoto RGB']) t.equal(profileName(version2(name)), name)
})

t.test('reads what an encoder embeds', async t => {
  const iccOf = async (name: string) => (await sharp(await open(picture(8, 8)).withIccProfile(name).png().toBuffer()).metadata()).icc
  t.equal(profileName(await iccOf('srgb') ?? Buffer.alloc(0)), null)
  t.equal(profileName(await iccOf('p3') ?? Buffer.alloc(0)), 'sP3C')
  t.match(profileName(await iccOf('cmyk') ?? Buffer.alloc(0)), /\w/)
})

t.test('a profile without a legible description is unnamed', async t => {
  t.equal(profileName(Buffer.alloc(0)), 'unnamed')
  t.equal(profileName(Buffer.alloc(128)), 'unnamed')
  t.equal(profileName(version2('')), 'unnamed')
  t.equal(profileName(version4()), 'unnamed')
  t.equal(profileName(profile(Buffer.from('text' + 'x'.repeat(20)))), 'unnamed', 'a type of tag that it is not')
  t.equal(profileName(profile(Buffer.alloc(40), 'wtpt')), 'unnamed', 'no description tag')
})

t.test('a name is one short printable line', async t => {
  t.equal(profileName(version2('a\nb\x1b[31m')), 'ab[31m')
  t.equal(profileName(version2('x'.repeat(5000)))?.length, 100)
})

t.test('any bytes give a name, whatever their offsets claim', async t => {
  const base = version4(['de', 'Bildschirm'], ['en', 'Screen'])
  const mutation = fc.tuple(fc.nat(base.length - 1), fc.nat(255))
  t.doesNotThrow(() => fc.assert(fc.property(fc.array(mutation, { maxLength: 6 }), fc.nat(base.length), (mutations, length) => {
    const bytes = Buffer.from(base)
    for (const [at, value] of mutations) bytes[at] = value
    const name = profileName(bytes.subarray(0, length))
    return name === null || (name.length > 0 && name.length <= 100)
  }), { numRuns: 2000 }))
})
