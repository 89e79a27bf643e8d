import t from 'tap'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits } from '../../../core/imaging/limits.ts'
import { restoreTransparency } from '../../../core/imaging/restore-alpha.ts'
import { corrupt, draw, open } from './pictures.ts'

const [width, height] = [60, 40]
const png = async (channels: 3 | 4, outside: readonly number[]) =>
  await open(draw(width, height, channels, (x, y) => Math.hypot(x - 30, y - 20) < 12 ? [200, 80, 60, 255].slice(0, channels) : outside)).png().toBuffer()
const clear = await png(4, [0, 0, 0, 0])
const flat = await png(3, [255, 255, 255])

async function restored (result: Buffer, bytes: Buffer = clear) {
  const image = { bytes, mediaType: 'image/png' as const, width, height, alpha: true, profile: null }
  return await restoreTransparency({ image, result: await readHeader(result, 'result', defaultImageLimits), reshape: {} }, { format: 'image/png' })
}

t.test('a result on a flat colour is transparent where its image was', async t => {
  t.match(await restored(flat), { image: { mediaType: 'image/png', width, height, alpha: true }, warnings: [], changes: { changed: 0, total: width * height } })
})

t.test('any other stays as it is, also where the image does not decode', async t => {
  t.equal(await restored(await open(draw(width, height, 3, (x, y) => [(x * 37) % 256, (y * 41) % 256, 9])).png().toBuffer()), undefined)
  t.equal(await restored(flat, corrupt(clear, clear.indexOf('IDAT') + 6, 12)), undefined)
})

t.test('a result that does not decode is rejected', async t => {
  await t.rejects(restored(corrupt(flat, flat.indexOf('IDAT') + 6, 12)), { code: 'EDIT_ERR_OUTPUT_REJECTED' })
})
