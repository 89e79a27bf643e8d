import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { canonicalMask, encodeMask } from '../../../core/imaging/mask.ts'
import { shapeMask } from '../../../core/imaging/mask-shape.ts'
import { makeVectors, type Dialect, type Manifest } from '../../vectors/make-masks.ts'

const folder = join(import.meta.dirname, '../../vectors/masks')
const read = (file: string) => readFileSync(join(folder, file))
const { version, vectors }: Manifest = JSON.parse(read('manifest.json').toString())
const bytesOf = (base64: string) => Buffer.from(base64, 'base64')
const decode = async (png: Buffer, channels: Dialect['channels']) => await sharp(png).toColourspace(channels === 1 ? 'b-w' : 'srgb').raw().toBuffer()

/** The canonical mask that a PNG in a dialect says. */
async function understand (png: Buffer, { dialect }: Dialect, size: { width: number, height: number }): Promise<Buffer> {
  // Nothing in a mask tells that its black is what is edited: who takes such masks turns them.
  if (dialect === 'black-edits') return await sharp(png).negate().toColourspace('b-w').raw().toBuffer()
  const { mask } = await canonicalMask(png, 'mask', size, limits, dialect === 'alpha-edits' ? 'alpha' : 'auto')
  return Buffer.from(mask.pixels)
}

for (const { name, about, input, canonical, dialects, grow, feather, ...size } of vectors) {
  t.test(`${name}: ${about}`, async t => {
    const reading = canonicalMask(read(input), 'mask', size, limits)
    if (canonical === undefined) return await t.rejects(reading, { code: 'EDIT_ERR_INVALID_REQUEST' })
    const expected = bytesOf(canonical)
    const mask = await shapeMask((await reading).mask, { grow, feather })
    t.match(mask, size)
    t.equal(Buffer.compare(mask.pixels, expected), 0, 'the canonical mask')
    for (const dialect of dialects) {
      const title = `${dialect.dialect}, ${dialect.levels}`
      const pixels = bytesOf(dialect.pixels)
      t.equal(Buffer.compare(await decode(await encodeMask(mask, dialect.dialect, dialect.levels), dialect.channels), pixels), 0, `to ${title}`)
      t.equal(Buffer.compare(await decode(read(dialect.file), dialect.channels), pixels), 0, `${title} in its file`)
      const back = dialect.levels === 'grey' ? expected : Buffer.from(expected.map(value => value >= 128 ? 255 : 0))
      // Without an edit that is at least half of one, nothing is left of it in two levels.
      if (back.includes(255) || dialect.levels === 'grey') t.equal(Buffer.compare(await understand(read(dialect.file), dialect, size), back), 0, `from ${title}`)
    }
  })
}

t.test('the files are those that the script makes, and the manifest names them all', async t => {
  const { manifest, files } = await makeVectors()
  t.same({ version, vectors }, manifest)
  const there = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
  t.same(there.toSorted(), [...files.keys(), 'manifest.json', 'README.md'].toSorted())
  for (const name of files.keys()) t.equal(Buffer.compare(await sharp(read(name)).raw().toBuffer(), await sharp(files.get(name)).raw().toBuffer()), 0, name)
})

t.test('every dialect is there in both levels, for each mask that is none of nothing', async t => {
  t.ok(vectors.length >= 20)
  for (const { name, canonical, dialects } of vectors) {
    const kinds = canonical === undefined ? [] : ['white-edits', 'black-edits', 'alpha-edits'].flatMap(dialect => [`${dialect} grey`, `${dialect} binary`])
    t.same(dialects.map(({ dialect, levels }) => `${dialect} ${levels}`), kinds, name)
  }
})
