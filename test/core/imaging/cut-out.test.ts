import t from 'tap'
import { cutOutSubject } from '../../../core/imaging/cut-out.ts'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits } from '../../../core/imaging/limits.ts'
import type { Wish } from '../../../core/imaging/preserve.ts'
import { before, height, room, width } from './keyed-pictures.ts'
import { open, pixelsOf } from './pictures.ts'

const sent = await open(before(room)).png().toBuffer()
const keyed = await open(before(() => [12, 240, 20])).png().toBuffer()
const image = { bytes: sent, mediaType: 'image/png' as const, width, height, alpha: false, profile: null }

async function cut (result: Buffer, wish: Wish = { format: 'image/png' }, options: Partial<Parameters<typeof cutOutSubject>[2]> = {}) {
  return await cutOutSubject({ image, result: await readHeader(result, 'result', defaultImageLimits), reshape: {} }, wish, { ownPixels: true, ...options })
}

t.test('the cut-out comes in the wished format', async t => {
  const answer = await cut(keyed)
  t.match(answer, { image: { mediaType: 'image/png', width, height, alpha: true, profile: null }, warnings: [], ownBut: Number })
  t.equal((await pixelsOf(answer.image.bytes)).channels, 4)
  t.match(await cut(keyed, { format: 'image/webp' }), { image: { mediaType: 'image/webp', alpha: true } })
  const white = await cut(keyed, { format: 'image/png', background: '#ff0000' }, { ownPixels: false, exif: { IFD0: { Artist: 'me' } } })
  t.equal(white.ownBut, undefined)
  const { data, channels } = await pixelsOf(white.image.bytes)
  t.same([...data.subarray(0, 3)], [255, 0, 0])
  t.equal(channels, 3)
})

t.test('a result that is not as the model was told is rejected', async t => {
  await t.rejects(cut(sent), { code: 'EDIT_ERR_OUTPUT_REJECTED', message: /not one flat colour/ })
})
