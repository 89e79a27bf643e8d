import t from 'tap'
import { chooseKey } from '../../../core/imaging/key-choice.ts'
import { corrupt, draw, open } from './pictures.ts'

async function chosen (pixel: (x: number, y: number) => readonly number[]) {
  const bytes = await open(draw(200, 150, 3, pixel)).png().toBuffer()
  return await chooseKey({ bytes, mediaType: 'image/png', width: 200, height: 150, alpha: false, profile: null })
}

t.test('the key is the colour that the image has least of', async t => {
  t.equal(await chosen(() => [120, 110, 100]), 'green', 'of equals the one that is known best')
  t.equal(await chosen(x => x < 40 ? [90, 160, 60] : [200, 200, 200]), 'blue')
  t.equal(await chosen((_, y) => y < 70 ? [90, 130, 210] : [90, 160, 60]), 'magenta', 'a meadow under the sky')
  t.equal(await chosen(x => x < 60 ? [200, 40, 180] : x < 120 ? [30, 40, 220] : [70, 90, 60]), 'green', 'the least of three evils')
})

t.test('a few pixels are no area', async t => {
  t.equal(await chosen((x, y) => x === 7 && y < 20 ? [0, 255, 0] : [99, 99, 99]), 'green')
})

t.test('grey images with transparency have their colours looked at, damaged ones are refused', async t => {
  const grey = await open(draw(40, 30, 2, x => [x * 6, x * 6])).png().toBuffer()
  const image = { bytes: grey, mediaType: 'image/png' as const, width: 40, height: 30, alpha: true, profile: null }
  t.equal(await chooseKey(image), 'green')
  await t.rejects(chooseKey({ ...image, bytes: corrupt(grey, grey.indexOf('IDAT') + 9, 12) }), { code: 'EDIT_ERR_IMAGE_INVALID' })
})
