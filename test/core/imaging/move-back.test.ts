import t from 'tap'
import { moveBack } from '../../../core/imaging/move-back.ts'
import type { Raster } from '../../../core/imaging/raster.ts'

const [width, height] = [24, 20]
const shown = (x: number, y: number, full = 255): Raster => {
  const values = Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3)
    return Math.round((120 + 60 * Math.sin((pixel % width - x) / 3) + 50 * Math.cos((Math.floor(pixel / width) - y) / 4)) * full / 255)
  })
  return { data: full === 255 ? Uint8Array.from(values) : Uint16Array.from(values), width, height, channels: 3 }
}
const inner = { left: 4, top: 4, width: 12, height: 10 }
const at = ({ data }: Raster, x: number, y: number) => data[(y * width + x) * 3]

t.test('by whole pixels nothing is lost, by parts of one hardly anything, and around the region all stays', async t => {
  for (const [x, y, most] of [[1, -1, 0], [1.05, 0, 5], [0.5, 0.25, 2], [-0.7, 1.3, 2]] as const) {
    const [moved, was, image] = [shown(x, y), shown(x, y), shown(0, 0)]
    moveBack(moved, { x, y }, inner)
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const isInside = column >= 4 && column < 16 && row >= 4 && row < 14
        const off = Math.abs(at(moved, column, row) - at(isInside ? image : was, column, row))
        if (off > (isInside ? most : 0)) t.fail(`${x}, ${y}: ${off} at ${column}, ${row}`)
      }
    }
  }
  const deep = shown(0.5, 0.5, 65535)
  moveBack(deep, { x: 0.5, y: 0.5 }, inner)
  t.ok(Math.abs(at(deep, 8, 8) - at(shown(0, 0, 65535), 8, 8)) < 300)
})

t.test('at the border it is drawn out, and no value leaves its range', async t => {
  const steps: Raster = { data: Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.floor(i / 3) % width < 12 ? 0 : 255), width, height, channels: 3 }
  moveBack(steps, { x: 0.5, y: 1 }, { left: 0, top: 0, width, height })
  t.same([0, 5, 10, 12, 15, 23].map(x => at(steps, x, 19)), [0, 0, 0, 255, 255, 255])
  t.equal(at(steps, 11, 3), 128)
})
