import t from 'tap'
import type { Raster } from '../../../core/imaging/raster.ts'
import { regionOf } from '../../../core/imaging/region.ts'
import { measureTone } from '../../../core/imaging/tone-match.ts'
import { draw } from './pictures.ts'

const side = 256
const masked = (x: number, y: number) => Math.hypot(x - 128, y - 128) < 60
const plane = (isMasked: (x: number, y: number) => boolean) => ({ pixels: draw(side, side, 1, (x, y) => [isMasked(x, y) ? 255 : 0]).data, width: side, height: side })
const mask = plane(masked)
const grain = (x: number, y: number, channel: number) => Math.round(3 * Math.sin(x * 12.9 + y * 78.2 + channel * 37.7))
const image = draw(side, side, 3, (x, y) => [0, 1, 2].map(channel => 90 + (x >> 3) + channel * 20 + grain(x, y, channel)))
const changed = (change: (x: number, y: number) => readonly number[], channels: 3 | 4 = 3): Raster =>
  draw(side, side, channels, (x, y) => [...change(x, y).map((by, channel) => image.data[(y * side + x) * 3 + channel] + by), 255].slice(0, channels))

/** The shift in the middle of the mask and at its left edge. */
function shifts (result: Raster, { of = image, within = mask }: { of?: Raster, within?: typeof mask } = {}) {
  const region = regionOf(within, 1)
  if (region === undefined) throw new TypeError('nothing is masked')
  const tone = measureTone(of, result, within, region)
  if (tone === undefined) return undefined
  const colours = of.channels < 3 ? 1 : 3
  const row = [...tone.row(128)]
  const at = (x: number) => row.slice((x - region.left) * colours, (x - region.left + 1) * colours)
  return { middle: at(128), edge: at(70), right: at(186) }
}
const isNear = (values: number[] = [], wanted: number[], by = 0.5) => values.length === wanted.length && values.every((value, at) => Math.abs(value - wanted[at]) <= by)

t.test('a shift of tone outside the mask is found, and holds for what is masked', async t => {
  const found = shifts(changed((x, y) => masked(x, y) ? [-90, 50, 20] : [10, -6, 0]))
  t.ok(isNear(found?.middle, [-10, 6, 0]) && isNear(found?.edge, [-10, 6, 0]), JSON.stringify(found))
})

t.test('one that differs from side to side changes smoothly across the mask', async t => {
  const found = shifts(changed(x => [Math.round(x / 16), 0, 0]))
  t.ok(isNear(found?.edge, [-4.4, 0, 0], 1) && isNear(found?.middle, [-8, 0, 0], 1) && isNear(found?.right, [-11.6, 0, 0], 1), JSON.stringify(found))
})

t.test('there is none where nothing was shifted, and none where another picture was painted', async t => {
  t.equal(shifts(changed((x, y) => masked(x, y) ? [80, 80, 80] : [0, 0, 0])), undefined)
  t.equal(shifts(changed(() => [100, -60, 0])), undefined)
  const half = shifts(changed(x => x < 128 ? [10, 10, 10] : [90, 0, 0]))
  t.ok(isNear(half?.edge, [-10, -10, -10], 2) && isNear(half?.right, [0, 0, 0], 2), JSON.stringify(half))
})

t.test('a rim of the old picture around the mask is no shift', async t => {
  const rim = (x: number, y: number) => !masked(x, y) && Math.hypot(x - 128, y - 128) < 61.5
  t.ok(isNear(shifts(changed((x, y) => rim(x, y) ? [-70, 60, 60] : [5, 5, 5]))?.edge, [-5, -5, -5], 1))
})

t.test('without anything around it to compare there is no shift', async t => {
  t.equal(shifts(changed(() => [10, 10, 10]), { within: plane(() => true) }), undefined)
})

t.test('greys and 16 bits are measured in values of the image', async t => {
  const deep: Raster = { ...image, data: Uint16Array.from(image.data, value => value * 257) }
  t.ok(isNear(shifts(changed(() => [4, 4, 4]), { of: deep })?.middle, [-1028, -1028, -1028], 130))
  const grey = draw(side, side, 1, x => [x >> 1])
  t.ok(isNear(shifts(draw(side, side, 1, x => [(x >> 1) + 7]), { of: grey })?.middle, [-7], 0.5))
})

t.test('what is not fully visible says nothing', async t => {
  const faint = (picture: Raster) => draw(side, side, 4, (x, y) => [...picture.data.subarray((y * side + x) * 3, (y * side + x) * 3 + 3), y < 128 ? 255 : 100])
  const shifted = changed((_, y) => y < 128 ? [6, 6, 6] : [30, 30, 30])
  t.ok(isNear(shifts(shifted, { of: faint(image) })?.middle, [-6, -6, -6], 1), 'in the image')
  t.ok(isNear(shifts(faint(shifted))?.middle, [-6, -6, -6], 1), 'in the result')
  t.ok(isNear(shifts(changed(() => [6, 6, 6], 4))?.middle, [-6, -6, -6], 1), 'opaque everywhere')
})
