import sharp from 'sharp'
import t from 'tap'
import { markImage } from '../../../core/imaging/mark.ts'
import { corrupt, draw, open, picture, pixelsOf } from './pictures.ts'

const [width, height] = [40, 30]
const mask = { pixels: draw(width, height, 1, (x, y) => [x >= 30 ? 255 : y === 0 ? 3 : 0]).data, width, height }
const sent = async (channels: 1 | 3 | 4) => ({
  bytes: await open(picture(width, height, channels)).png().toBuffer(), mediaType: 'image/png' as const, width, height, alpha: channels === 4, profile: null
})

t.test('all that is masked gets the colour, the rest keeps its pixels', async t => {
  const marked = await markImage(await sent(3), mask, '#ff00ff')
  t.match(marked, { mediaType: 'image/png', width, height, alpha: false, profile: null })
  const { data } = await pixelsOf(marked.bytes)
  const whole = picture(width, height)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const expected = mask.pixels[pixel] > 0 ? [255, 0, 255] : [...whole.data.subarray(pixel * 3, pixel * 3 + 3)]
    if (String([...data.subarray(pixel * 3, pixel * 3 + 3)]) !== String(expected)) return t.fail(`pixel ${pixel}`)
  }
})

t.test('a grey image gets colours, and one with transparency keeps it', async t => {
  const { data, channels } = await pixelsOf((await markImage(await sent(1), mask, '#00ff00')).bytes)
  t.same([...data.subarray(35 * channels, 35 * channels + 3)], [0, 255, 0])
  t.equal((await markImage(await sent(4), mask, '#00ff00')).alpha, true)
  const wide = { ...await sent(3), bytes: await open(picture(width, height)).withIccProfile('p3').png().toBuffer(), profile: 'sP3C' }
  t.notOk((await sharp((await markImage(wide, mask, '#00ff00')).bytes).metadata()).hasProfile)
})

t.test('a damaged image is refused', async t => {
  const image = await sent(3)
  await t.rejects(markImage({ ...image, bytes: corrupt(image.bytes, image.bytes.indexOf('IDAT') + 9, 12) }, mask, '#00ff00'), { code: 'EDIT_ERR_IMAGE_INVALID' })
})
