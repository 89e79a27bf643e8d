import fc from 'fast-check'
import t from 'tap'
import { lookalike, sniff } from '../../../core/imaging/sniff.ts'
import { frames, open, picture } from './pictures.ts'

const small = picture(16, 12)
const ftyp = (...brands: string[]) => {
  const body = Buffer.from('ftyp' + brands[0] + '\0\0\0\0' + brands.slice(1).join(''), 'latin1')
  const size = Buffer.alloc(4)
  size.writeUInt32BE(body.length + 4)
  return Buffer.concat([size, body])
}

t.test('knows every accepted format by what an encoder writes', async t => {
  t.strictSame(sniff(await open(small).png().toBuffer()), { mediaType: 'image/png', name: 'PNG' })
  t.strictSame(sniff(await open(small).jpeg().toBuffer()), { mediaType: 'image/jpeg', name: 'JPEG' })
  t.strictSame(sniff(await open(small).webp().toBuffer()), { mediaType: 'image/webp', name: 'WebP' })
  t.strictSame(sniff(await open(small).webp({ lossless: true }).toBuffer()), { mediaType: 'image/webp', name: 'WebP' })
  t.strictSame(sniff(await (await frames(small, small)).webp().toBuffer()), { mediaType: 'image/webp', name: 'WebP' })
  t.strictSame(sniff(await open(small).avif({ effort: 0 }).toBuffer()), { mediaType: 'image/avif', name: 'AVIF' })
  t.strictSame(sniff(await open(small).gif().toBuffer()), { mediaType: 'image/gif', name: 'GIF' })
  t.strictSame(sniff(await open(small).tiff().toBuffer()), { mediaType: 'image/tiff', name: 'TIFF' })
  t.strictSame(sniff(await open(small).tiff({ bigtiff: true }).toBuffer()), { mediaType: 'image/tiff', name: 'TIFF' })
  t.strictSame(sniff(Buffer.from('MM\0*\0\0\0\x08')), { mediaType: 'image/tiff', name: 'TIFF' })
})

t.test('knows AVIF by its major or a compatible brand', async t => {
  t.equal(sniff(ftyp('avif', 'mif1'))?.name, 'AVIF')
  t.equal(sniff(ftyp('mif1', 'miaf', 'avif'))?.name, 'AVIF')
  t.equal(sniff(ftyp('mif1', 'heic')), undefined)
  t.equal(sniff(Buffer.from('\0\0\0\x20ftyp')), undefined, 'cut off in its first box')
})

t.test('says what a refused file looks like', async t => {
  const looks: Array<[string, Buffer | string]> = [
    ['HEIC', ftyp('heic', 'mif1')],
    ['HEIC', ftyp('mif1', 'heic')],
    ['video', ftyp('isom', 'mp42')],
    ['PDF', '%PDF-1.7\n'],
    ['BMP', 'BM\x46\0\0\0'],
    ['icon (ICO)', '\0\0\x01\0\x01\0'],
    ['Photoshop (PSD)', '8BPS\0\x01'],
    ['JPEG XL', '\xff\x0a\0'],
    ['JPEG XL', '\0\0\0\x0cJXL \r\n\x87\n'],
    ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
    ['ZIP', 'PK\x03\x04'],
    ['SVG', '<?xml version="1.0"?>\n<!-- a --><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['SVG', '<svg width="1">'],
    ['HTML', '<!DOCTYPE html><title>502</title>'],
    ['XML', '<?xml version="1.0"?><Error/>'],
    ['JSON', '{"error":{"message":"no"}}'],
    ['base64 text', 'data:image/png;base64,AAAA'],
    ['base64 text', 'iVBORw0KGgoAAAAN'],
    ['an unknown format', 'hello'],
    ['an unknown format', '']
  ]
  for (const [name, content] of looks) {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
    t.equal(lookalike(bytes), name)
    t.equal(sniff(bytes), undefined, `${name} is not accepted`)
  }
})

t.test('any bytes are sniffed without an error, also as a view into a larger buffer', async t => {
  const start = fc.constantFrom('', 'RIFF', '\xff\xd8', '\0\0\0\x14ftyp', '\xff\xff\xff\xffftyp', 'GIF8', 'II')
  t.doesNotThrow(() => fc.assert(fc.property(start, fc.uint8Array({ maxLength: 64 }), (start, rest) => {
    const bytes = new Uint8Array(Buffer.concat([Buffer.from('padding'), Buffer.from(start, 'latin1'), rest])).subarray(7)
    sniff(bytes)
    return typeof lookalike(bytes) === 'string'
  })))
  t.equal(sniff(new Uint8Array([0, 0xff, 0xd8, 0xff]).subarray(1))?.name, 'JPEG')
})
