import t from 'tap'
import { isColourful } from '../../../core/imaging/colourful.ts'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { corrupt, draw, open, picture, type Picture } from './pictures.ts'

const colourful = async (image: Picture) => await isColourful(await readHeader(await open(image).png().toBuffer(), 'image', limits))

t.test('colours are told from greys, with transparency and without', async t => {
  t.equal(await colourful(picture(40, 30)), true)
  t.equal(await colourful(picture(40, 30, 4)), true)
  t.equal(await colourful(picture(40, 30, 1)), false)
  t.equal(await colourful(picture(40, 30, 2)), false)
  t.equal(await colourful(draw(40, 30, 3, x => [x * 6, x * 6, x * 6])), false)
})

t.test('neither a trace of colour, as compression leaves it, nor an invisible one counts', async t => {
  t.equal(await colourful(draw(40, 30, 3, x => [x * 6, x * 6 + 10, x * 6 + 4])), false)
  t.equal(await colourful(draw(40, 30, 4, x => x < 20 ? [255, 0, 0, 0] : [90, 90, 90, 255])), false)
  t.equal(await colourful(draw(600, 500, 3, (x, y) => [(x + y) % 2 * 60, 30, (x + y + 1) % 2 * 60])), false, 'noise that evens out')
})

t.test('what does not decode is refused', async t => {
  const png = await open(picture(40, 30)).png().toBuffer()
  await t.rejects(isColourful(await readHeader(corrupt(png, png.indexOf('IDAT') + 20), 'image', limits)), { code: 'EDIT_ERR_IMAGE_INVALID' })
})
