import t from 'tap'
import { measureFile } from '../../../core/imaging/gate-file.ts'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { draw, open, picture } from './pictures.ts'

const png = async (...drawn: Parameters<typeof draw>) => await open(draw(...drawn)).png().toBuffer()
const question = { distance: true, prominence: false, transparency: true, enlarged: 1 }
const shown = { bytes: await open(picture(300, 200)).png().toBuffer(), mediaType: 'image/png' as const, width: 300, height: 200, alpha: false, profile: null }

t.test('a result of another shape is looked at by itself, and its image too', async t => {
  const blank = await readHeader(await png(100, 400, 3, () => [9, 9, 9]), 'result', limits)
  const figures = await measureFile(blank, shown, question)
  t.match(figures, { contrast: 0, clear: 0, visible: 1 })
  t.ok(Number(figures.imageContrast) > 0.1)
})

t.test('a damaged image is no fault of the result', async t => {
  const result = await readHeader(await png(50, 60, 4, x => [9, 9, 9, x < 25 ? 0 : 255]), 'result', limits)
  t.match(await measureFile(result, { ...shown, bytes: shown.bytes.subarray(0, 90) }, question), { imageContrast: 0, clear: 0.5 })
})
