import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import t from 'tap'
import { readMetadata } from '../../../core/imaging/codec.ts'
import { plainPng } from '../../../core/imaging/plain-png.ts'
import { blackPng, deepPng, open, picture, pngChunk, pngHeader, pngSignature, turned } from './pictures.ts'

const takenOf = ({ autoOrient, orientation, pages, space, depth, hasAlpha, icc }: NonNullable<ReturnType<typeof plainPng>>) =>
  ({ autoOrient, orientation, pages, space, depth, hasAlpha, icc })

/** Says so only where libvips says the same. @returns did it say anything? */
async function agrees (bytes: Buffer): Promise<boolean> {
  const said = plainPng(bytes)
  if (said === undefined) return false
  const known = await readMetadata(bytes).catch(() => undefined)
  if (known === undefined || JSON.stringify(takenOf(known)) !== JSON.stringify(takenOf(said))) {
    t.same(takenOf(said), known && takenOf(known), bytes.subarray(0, 200).toString('base64'))
  }
  return true
}

const pixels = (width: number, height: number) => blackPng({ width, height }).subarray(33)
const gamma = pngChunk('gAMA', Buffer.from([0, 0, 0xb1, 0x8f]))
const density = pngChunk('pHYs', Buffer.from([0, 0, 0x0b, 0x13, 0, 0, 0x0b, 0x13, 1]))
const rendering = pngChunk('sRGB', Buffer.from([0]))

t.test('plain ones are known as libvips knows them', async t => {
  const plain = [
    await open(picture(40, 24, 1)).png().toBuffer(),
    await open(picture(40, 24, 2)).png().toBuffer(),
    await open(picture(40, 24, 3)).png().toBuffer(),
    await open(picture(40, 24, 4)).png().toBuffer(),
    await deepPng(8, 9, 1),
    await deepPng(8, 9, 3),
    await sharp(await deepPng(8, 9, 3)).ensureAlpha().toColourspace('rgb16').png().toBuffer(),
    Buffer.concat([pngSignature, pngHeader(16, 12), gamma, density, rendering, pixels(16, 12)])
  ]
  for (const bytes of plain) t.ok(await agrees(bytes))
})

t.test('of all others libvips is asked', async t => {
  const photo = open(picture(40, 24))
  const png = await photo.clone().png().toBuffer()
  const other: Record<string, Buffer> = {
    JPEG: await photo.clone().jpeg().toBuffer(),
    'too short': png.subarray(0, 32),
    'a palette': await photo.clone().png({ palette: true }).toBuffer(),
    interlaced: await photo.clone().png({ progressive: true }).toBuffer(),
    'a profile': await photo.clone().withIccProfile('p3').png().toBuffer(),
    EXIF: await photo.clone().withExif({ IFD0: { Artist: 'a' } }).png().toBuffer(),
    turned: turned(png, 6),
    animated: blackPng({ width: 8, height: 8 }, undefined, [pngChunk('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]))]),
    'a few bits a sample': Buffer.concat([pngSignature, pngHeader(16, 12, 4), pixels(16, 12)]),
    'one colour that is transparent': blackPng({ width: 8, height: 8 }, undefined, [pngChunk('tRNS', Buffer.from([0, 0]))]),
    'the same chunk twice': Buffer.concat([pngSignature, pngHeader(16, 12), gamma, gamma, pixels(16, 12)]),
    'a chunk of a wrong length': Buffer.concat([pngSignature, pngHeader(16, 12), pngChunk('gAMA', Buffer.alloc(5)), pixels(16, 12)]),
    'a chunk behind the pixels': Buffer.concat([png.subarray(0, png.length - 12), density, png.subarray(png.length - 12)]),
    'no pixels': Buffer.concat([pngSignature, pngHeader(16, 12), pngChunk('IEND')]),
    'no side': Buffer.concat([pngSignature, pngHeader(0, 12), pixels(16, 12)]),
    'a very long side': Buffer.concat([pngSignature, pngHeader(100_001, 12), pixels(16, 12)]),
    'cut off': png.subarray(0, png.length - 1),
    'cut off between chunks': png.subarray(0, png.length - 12),
    'a wrong checksum': Buffer.concat([png.subarray(0, 29), Buffer.from([png.readUInt8(29) ^ 1]), png.subarray(30)]),
    'another first chunk': Buffer.concat([pngSignature, density, png.subarray(8)])
  }
  for (const [what, bytes] of Object.entries(other)) t.equal(plainPng(bytes), undefined, what)
})

/** A PNG with something wrong in it, checksums and all; or with nothing wrong. */
function mutated (png: Buffer): Buffer {
  const [kind = 0, place = 0, value = 0, further = 0] = randomBytes(4)
  const bytes = Buffer.from(png)
  const at = 8 + place % 90
  if (kind % 4 === 0) bytes[at] = value
  // Within IHDR, which is made whole again.
  if (kind % 4 > 0) bytes[16 + place % 13] = kind % 4 === 1 ? value : value % 17
  if (kind % 4 === 3) bytes[16 + further % 13] = further % 9
  if (kind % 4 > 0) bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
  const chunks = [gamma, density, rendering, pngChunk('gAMA', randomBytes(4)), pngChunk('pHYs', randomBytes(9)), pngChunk('sRGB', randomBytes(1)), pngChunk('tEXt', randomBytes(9))]
  const chunk = chunks[further % 14]
  return chunk === undefined ? bytes : Buffer.concat([bytes.subarray(0, 33), chunk, bytes.subarray(33)])
}

t.test('whatever is changed in one, it says nothing that libvips does not say', async t => {
  const seeds = [blackPng({ width: 16, height: 12 }), ...await Promise.all(([1, 2, 3, 4] as const).map(channels => open(picture(20, 14, channels)).png().toBuffer()))]
  let said = 0
  for (let run = 0; run < Number(process.env.FUZZ_RUNS ?? 1500); run++) {
    if (await agrees(mutated(seeds[run % seeds.length] ?? Buffer.alloc(0)))) said++
  }
  t.ok(said > 100, `${said} were plain`)
})
