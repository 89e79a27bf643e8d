import sharp from 'sharp'
import t from 'tap'
import { storePng } from '../../../core/imaging/png-store.ts'
import { inspectStructure } from '../../../core/imaging/structure.ts'
import { picture } from './pictures.ts'

t.test('a picture comes back as it was, also where its rows are longer than a block, or many fit into one', async t => {
  for (const [width, height] of [[1, 1], [700, 900], [30_000, 9], [21_845, 3]] as const) {
    const raster = picture(width, height)
    const png = storePng(raster, undefined)
    t.equal(Buffer.compare(await sharp(png).raw().toBuffer(), raster.data), 0, `${width}×${height}`)
    t.same(inspectStructure(Buffer.from(png), 'image/png'), {})
    t.equal(png.buffer.byteLength, png.length, 'in a buffer of its own')
  }
})

t.test('the profile comes along', async t => {
  const { icc } = await sharp(await sharp({ create: { width: 1, height: 1, channels: 3, background: '#369' } }).withIccProfile('p3').png().toBuffer()).metadata()
  t.same((await sharp(storePng(picture(9, 9), icc)).metadata()).icc, icc)
})
