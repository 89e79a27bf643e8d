import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openEncoded, openPixels, produce, readMetadata } from '../../../core/imaging/codec.ts'
import { createBlockPool } from '../../../core/block-pool.ts'
import { openLoan } from '../../../core/loan.ts'
import { loadSharp } from '../../../core/imaging/sharp.ts'
import { open, picture, pixelsOf } from './pictures.ts'

const sharp = loadSharp()
const photo = picture(32, 24)
const png = await open(photo).png().toBuffer()
const source = { bytes: png, field: 'image', name: 'PNG', pixels: 32 * 24 }

t.test('opens no decoder but the accepted ones, and no file', async t => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>')
  const pnm = Buffer.from('P6 1 1 255\nabc')
  const path = join(t.testdir(), 'a.png')
  await writeFile(path, png)
  for (const [name, input] of [['SVG', svg], ['PDF', Buffer.from('%PDF-1.4\n')], ['PPM', pnm], ['a file', path]] as const) {
    await t.rejects(sharp(input).metadata(), /unsupported image format/, name)
  }
})

t.test('opens every accepted format', async t => {
  const encoded = {
    png: open(photo).png(),
    jpeg: open(photo).jpeg(),
    webp: open(photo).webp(),
    heif: open(photo).avif({ effort: 0 }),
    gif: open(photo).gif(),
    tiff: open(photo).tiff()
  }
  for (const [format, pipeline] of Object.entries(encoded)) t.match(await readMetadata(await pipeline.toBuffer()), { format, width: 32, height: 24 })
})

t.test('keeps nothing of an image in memory', async t => {
  t.match(sharp.cache(), { memory: { max: 0 }, items: { max: 0 } })
})

t.test('decodes, with the pixels untouched', async t => {
  const { data, info } = await produce(openEncoded(source).raw(), source)
  t.ok(data.equals(photo.data))
  t.match(info, { width: 32, height: 24, channels: 3 })
})

t.test('refuses to decode more pixels than the header said', async t => {
  const lying = { ...source, pixels: 32 * 24 - 1 }
  await t.rejects(produce(openEncoded(lying).raw(), lying), { code: 'EDIT_ERR_IMAGE_INVALID', cause: { message: /pixel limit/ } })
})

t.test('says whose image does not decode, and keeps the decoder\'s words for the log', async t => {
  const cut = { ...source, bytes: png.subarray(0, png.length - 60), field: 'mask_base64' }
  await t.rejects(produce(openEncoded(cut).raw(), cut), {
    code: 'EDIT_ERR_IMAGE_INVALID',
    message: 'mask_base64: the PNG is damaged, its pixels cannot be decoded',
    details: { field: 'mask_base64' },
    cause: { message: /png/ }
  })
})

t.test('a wrong option is a programmer\'s mistake, not a damaged image', async t => {
  t.throws(() => openEncoded(source).jpeg({ quality: 0 }), { message: /quality/ })
})

t.test('a JPEG with mere warnings decodes, as many a phone writes one', async t => {
  const jpeg = await open(photo).jpeg().toBuffer()
  const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]))
  // Last coefficient 0 in place of 63: "Invalid SOS parameters for sequential JPEG", which Samsung phones write.
  jpeg[scan + 2 + jpeg.readUInt16BE(scan + 2) - 2] = 0
  await t.rejects(sharp(jpeg).raw().toBuffer(), /SOS/, 'the decoder does warn')
  const odd = { ...source, bytes: jpeg, name: 'JPEG' }
  t.equal((await produce(openEncoded(odd).raw(), odd)).data.length, 32 * 24 * 3)
})

t.test('opens raw pixels of one, three and four channels', async t => {
  for (const channels of [1, 3, 4] as const) {
    const { data, width, height } = picture(7, 5, channels)
    const bytes = await openPixels(new Uint8Array(data), width, height, channels).toColourspace(channels === 1 ? 'b-w' : 'srgb').png().toBuffer()
    t.ok((await pixelsOf(bytes, channels === 1 ? 'b-w' : 'srgb')).data.equals(data), `${channels}`)
  }
})

t.test('memory that a decoder reads is held so long', async t => {
  for (const read of [
    (bytes: Buffer) => readMetadata(bytes),
    (bytes: Buffer) => produce(openEncoded({ ...source, bytes }).raw(), { ...source, bytes }),
    (bytes: Buffer) => readMetadata(bytes.fill(0)).catch(() => {}),
    (bytes: Buffer) => produce(openEncoded({ ...source, bytes: bytes.fill(0) }).raw(), { ...source, bytes }).catch(() => {})
  ]) {
    for (const isRead of [false, true]) {
      const pool = createBlockPool({ maxBytes: 2 ** 20 })
      const loan = openLoan(pool)
      const bytes = loan.take(2 ** 18).fill(0)
      png.copy(bytes)
      const reading = read(bytes)
      if (isRead) await reading
      loan.vouch([])
      loan.end()
      t.equal(pool.idleBytes() > 0, isRead)
      await reading
    }
  }
})
