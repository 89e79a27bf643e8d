import fc from 'fast-check'
import sharp from 'sharp'
import t from 'tap'
import { inspectStructure } from '../../../core/imaging/structure.ts'
import { encodePng } from '../../../core/imaging/png-encode.ts'
import { storePng } from '../../../core/imaging/png-store.ts'
import type { Raster } from '../../../core/imaging/raster.ts'
import { draw, picture } from './pictures.ts'

/** By another decoder than ours: all channels as they are stored. */
async function decoded (png: Uint8Array, { channels, data }: Raster) {
  const isDeep = data instanceof Uint16Array
  const pipeline = sharp(png, { ignoreIcc: true }).toColourspace(isDeep ? 'rgb16' : 'srgb').raw({ depth: isDeep ? 'ushort' : 'uchar' })
  const { data: bytes, info } = await pipeline.toBuffer({ resolveWithObject: true })
  const values = isDeep ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2) : bytes
  // Of greys sharp makes three alike.
  const kept = channels < 3 ? [0, info.channels - 1].slice(0, channels) : [0, 1, 2, 3].slice(0, channels)
  return Array.from({ length: info.width * info.height }, (_, pixel) => kept.map(channel => values[pixel * info.channels + channel])).flat()
}

t.test('every picture comes back as it was, in every depth and number of channels', async t => {
  const cases = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }), channels: fc.constantFrom(1, 2, 3, 4) as fc.Arbitrary<Raster['channels']>, isDeep: fc.boolean(), stored: fc.boolean(), isFlat: fc.boolean() })
    .chain(kind => fc.uint8Array({ minLength: kind.width * kind.height * kind.channels, maxLength: kind.width * kind.height * kind.channels }).map(bytes => ({ ...kind, bytes })))
  await t.resolves(fc.assert(fc.asyncProperty(cases, async ({ width, height, channels, isDeep, stored, isFlat, bytes }) => {
    const values = isFlat ? bytes.map(value => value >> 7) : bytes
    const raster: Raster = { data: isDeep ? Uint16Array.from(values, (value, at) => value * 251 + at % 7) : values, width, height, channels }
    const png = stored ? storePng(raster, undefined) : await encodePng(raster)
    const back = await decoded(png, raster)
    return back.length === raster.data.length && back.every((value, at) => value === raster.data[at]) && inspectStructure(Buffer.from(png), 'image/png').damage === undefined
  }), { numRuns: 120 }))
})

t.test('a large picture comes in strips', async t => {
  const raster = picture(700, 900)
  const png = await encodePng(raster)
  t.equal(Buffer.compare(await sharp(png).raw().toBuffer(), raster.data), 0)
  t.match(await sharp(png).metadata(), { width: 700, height: 900, channels: 3, depth: 'uchar', hasAlpha: false, hasProfile: false })
  t.equal(png.byteOffset, 0)
  t.equal(png.buffer.byteLength, png.length, 'in a buffer of its own')
})

t.test('a strip of which nothing comes yet makes no empty chunk', async t => {
  const flat = draw(1200, 1200, 3, () => [9, 9, 9])
  const png = await encodePng(flat)
  t.equal(Buffer.compare(await sharp(png).raw().toBuffer(), flat.data), 0)
  t.notMatch(Buffer.from(png).toString('latin1'), /\0{4}IDAT/, 'by the length in front of it')
})

t.test('the profile comes along', async t => {
  const { icc } = await sharp(await sharp({ create: { width: 1, height: 1, channels: 3, background: '#369' } }).withIccProfile('p3').png().toBuffer()).metadata()
  const png = await encodePng(picture(9, 9), icc)
  t.same((await sharp(png).metadata()).icc, icc)
  t.same(await sharp(png, { ignoreIcc: true }).raw().toBuffer(), picture(9, 9).data)
})

t.test('what repeats is compressed in full, what does not by the frequency of its bytes, and what is decoded at once not at all', async t => {
  let state = 1
  const noise = draw(256, 256, 3, () => [1, 2, 3].map(() => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223 | 0
    return state >>> 26
  }))
  const text = draw(256, 256, 3, (x, y) => [(x * 5 + (y % 8) * 31) % 64 < 20 ? 0 : 255].flatMap(value => [value, value, value]))
  const stripes = draw(256, 256, 3, (_, y) => [y % 3 * 80, 0, 0])
  const size = async (raster: Raster) => (await encodePng(raster)).length / raster.data.length
  t.ok(await size(noise) < 0.9, `${await size(noise)}`)
  // As `huffman.ts` alone begins its blocks: no length of a repetition has a code.
  t.ok(Buffer.from(await encodePng(noise)).includes('IDAT\x78\x01\x04\xe0', 'latin1'))
  t.ok(await size(text) < 0.05, `${await size(text)}`)
  t.ok(await size(stripes) < 0.02, `${await size(stripes)}`)
  const stored = storePng(stripes, undefined)
  t.ok(stored.length > stripes.data.length && stored.length < stripes.data.length * 1.02)
})
