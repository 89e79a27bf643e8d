import fc from 'fast-check'
import t from 'tap'
import { inspectStructure } from '../../../core/imaging/structure.ts'
import { blackPng, open, picture, pngChunk } from './pictures.ts'

const photo = picture(64, 48)
const files = {
  'image/png': await open(photo).png().toBuffer(),
  'image/jpeg': await open(photo).jpeg().toBuffer(),
  'image/avif': await open(photo).avif({ effort: 0 }).toBuffer()
} as const
const types = ['image/png', 'image/jpeg', 'image/avif'] as const

t.test('a complete file shows no damage', async t => {
  for (const type of types) t.strictSame(inspectStructure(files[type], type), {}, type)
  t.strictSame(inspectStructure(await open(photo).jpeg({ progressive: true }).toBuffer(), 'image/jpeg'), {})
  t.strictSame(inspectStructure(await open(photo).png({ palette: true, progressive: true }).toBuffer(), 'image/png'), {})
})

t.test('what follows a complete file is no damage', async t => {
  for (const type of types.filter(type => type !== 'image/avif')) {
    t.strictSame(inspectStructure(Buffer.concat([files[type], Buffer.alloc(100)]), type), {}, type)
  }
})

t.test('a file cut off anywhere is damaged', async t => {
  for (const type of types) {
    for (let length = 40; length < files[type].length; length++) {
      if (inspectStructure(files[type].subarray(0, length), type).damage === undefined) t.fail(`${type} cut off at ${length}`)
    }
    t.pass(type)
  }
})

t.test('a JPEG is not taken for complete because of the thumbnail in its EXIF', async t => {
  const thumbnail = await open(picture(8, 8)).jpeg().toBuffer()
  const app1 = Buffer.from([0xff, 0xe1, 0, 0])
  app1.writeUInt16BE(thumbnail.length + 2, 2)
  const whole = Buffer.concat([files['image/jpeg'].subarray(0, 2), app1, thumbnail, files['image/jpeg'].subarray(2)])
  t.strictSame(inspectStructure(whole, 'image/jpeg'), {})
  t.match(inspectStructure(whole.subarray(0, whole.length - 30), 'image/jpeg').damage, 'end-of-image marker')
})

t.test('bytes before a marker of a JPEG are skipped, as its decoders do', async t => {
  const jpeg = files['image/jpeg']
  const padded = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xff, 0, 1, 2]), jpeg.subarray(2)])
  t.strictSame(inspectStructure(padded, 'image/jpeg'), {})
  t.match(inspectStructure(jpeg.subarray(0, 100), 'image/jpeg').damage, 'before its image data')
})

t.test('a PNG that claims more pixels than its data can hold is damaged', async t => {
  t.match(inspectStructure(blackPng({ width: 5000, height: 5000 }, { width: 16, height: 16 }), 'image/png').damage, 'less data than its header says')
  t.strictSame(inspectStructure(blackPng({ width: 5000, height: 5000 }), 'image/png'), {}, 'the best compression there is')
})

t.test('an unknown colour type of a PNG is left to the decoder', async t => {
  const odd = blackPng({ width: 16, height: 16 })
  odd[25] = 77
  t.strictSame(inspectStructure(odd, 'image/png'), {})
})

t.test('counts the frames of an animated PNG', async t => {
  const control = Buffer.alloc(8)
  control.writeUInt32BE(12)
  t.strictSame(inspectStructure(blackPng({ width: 4, height: 4 }, undefined, [pngChunk('acTL', control)]), 'image/png'), { frames: 12 })
  t.strictSame(inspectStructure(blackPng({ width: 4, height: 4 }, undefined, [pngChunk('acTL')]), 'image/png'), {}, 'too short to count')
})

t.test('boxes of an AVIF may have 64-bit sizes, or end with the file', async t => {
  const box = (size: number, type: string, ...rest: Buffer[]) => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(size)
    head.write(type, 4)
    return Buffer.concat([head, ...rest])
  }
  const long = Buffer.alloc(8)
  long.writeBigUInt64BE(20n)
  t.strictSame(inspectStructure(Buffer.concat([box(8, 'meta'), box(1, 'free', long, Buffer.alloc(4)), box(0, 'mdat', Buffer.alloc(9))]), 'image/avif'), {})
  t.strictSame(inspectStructure(box(16, 'meta', box(8, 'idat')), 'image/avif'), {}, 'data inside meta')
  t.match(inspectStructure(Buffer.concat([box(8, 'meta'), box(1, 'mdat')]), 'image/avif').damage, 'middle of its data')
  t.match(inspectStructure(box(8, 'ftyp'), 'image/avif').damage, 'before its image data')
})

t.test('formats that libvips reads to their end are not walked', async t => {
  t.strictSame(inspectStructure(Buffer.alloc(0), 'image/webp'), {})
})

t.test('any bytes are walked to an end', async t => {
  const type = fc.constantFrom(...types)
  t.doesNotThrow(() => fc.assert(fc.property(type, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 20 }), (type, mutations) => {
    const bytes = Buffer.from(files[type])
    for (const [at, value] of mutations) bytes[at % bytes.length] = value
    inspectStructure(bytes, type)
  }), { numRuns: 1000 }))
  t.doesNotThrow(() => fc.assert(fc.property(type, fc.uint8Array({ maxLength: 200 }), (type, bytes) => {
    inspectStructure(Buffer.from(bytes), type)
  })))
})
