import t from 'tap'
import { openCanvas } from '../../../plugins/local/canvas.ts'
import { extendShading } from '../../../plugins/local/shading-extension.ts'
import { backdrop, picture, withBall } from './scenes.ts'
import type { Box, Canvas } from '../../../plugins/local/canvas.ts'
import type { Raster } from '../../../plugins/local/raster.ts'

function extend (image: Raster, by: number): { canvas: Canvas, picture: Box } {
  const canvas = openCanvas(image, { left: -by, top: -by, right: image.width + by, bottom: image.height + by })
  const box = { left: by, top: by, right: by + image.width, bottom: by + image.height }
  canvas.hole.fill(1)
  for (let y = box.top; y < box.bottom; y++) canvas.hole.fill(0, y * canvas.width + box.left, y * canvas.width + box.right)
  return { canvas, picture: box }
}
const red = (canvas: Canvas, x: number, y: number) => canvas.data[(y * canvas.width + x) * 4]

t.test('without its shading a backdrop is grey along its rim, and an object still stands out', async t => {
  const { canvas, picture: box } = extend(picture(240, 180, withBall(backdrop(240, 180), { x: 120, y: 90, radius: 40 })), 60)
  const shading = extendShading(canvas, box)
  t.ok(Math.abs(shading.rim - 22.5) < 0.01)
  shading.remove()
  for (const [x, y] of [[62, 70], [150, 64], [296, 150], [180, 236]]) t.ok(Math.abs(red(canvas, x, y) - 128) < 8, `${x}, ${y}: ${red(canvas, x, y)}`)
  t.ok(canvas.data[(150 * canvas.width + 180) * 4 + 1] < 60)
})

t.test('what is grey in the hole gets the shading that stands beside it', async t => {
  const image = picture(240, 180, (x, y) => [120 + y / 2, 100, 160 - x / 4])
  const { canvas, picture: box } = extend(image, 100)
  const shading = extendShading(canvas, box)
  const known = canvas.data.slice()
  for (let p = 0; p < canvas.hole.length; p++) if (canvas.hole[p] === 1) canvas.data.fill(128, p * 4, p * 4 + 3)
  shading.restore()
  for (const y of [110, 190, 270]) {
    t.ok(Math.abs(red(canvas, 98, y) - (120 + (y - 100) / 2)) <= 3, `left at ${y}: ${red(canvas, 98, y)}`)
    t.ok(Math.abs(red(canvas, 341, y) - (120 + (y - 100) / 2)) <= 3, `right at ${y}`)
  }
  t.ok(red(canvas, 200, 99) - red(canvas, 200, 80) >= 7, 'the slope goes on')
  t.ok(red(canvas, 200, 80) - red(canvas, 200, 0) < 45, 'and fades')
  for (let p = 0; p < canvas.hole.length; p++) {
    if (canvas.hole[p] === 0 && canvas.data[p * 4] !== known[p * 4]) t.fail('known pixels keep their values')
  }
})

t.test('is smooth everywhere outside', async t => {
  const { canvas, picture: box } = extend(picture(100, 80, backdrop(100, 80)), 300)
  const shading = extendShading(canvas, box)
  for (let p = 0; p < canvas.hole.length; p++) canvas.data.fill(128, p * 4, p * 4 + 3)
  shading.restore()
  let most = 0
  for (let y = 0; y < canvas.height - 1; y++) {
    for (let x = 0; x < canvas.width - 1; x++) {
      if (canvas.hole[y * canvas.width + x] + canvas.hole[y * canvas.width + x + 1] + canvas.hole[(y + 1) * canvas.width + x] < 3) continue
      most = Math.max(most, Math.abs(red(canvas, x, y) - red(canvas, x + 1, y)), Math.abs(red(canvas, x, y) - red(canvas, x, y + 1)))
    }
  }
  t.ok(most <= 3, `${most}`)
})

t.test('reads a strip as well', async t => {
  const { canvas, picture: box } = extend(picture(400, 12, x => [100 + x / 10, 0, 0]), 0)
  extendShading(canvas, box).remove()
  t.ok(Math.abs(red(canvas, 200, 6) - 128) <= 2)
})
