import t from 'tap'
import { measureAlone, measureBoth } from '../../../core/imaging/gate-figures.ts'
import type { Raster } from '../../../core/imaging/raster.ts'
import type { Bytes } from '../../../core/imaging/region.ts'
import { draw, picture } from './pictures.ts'

const width = 120
const height = 90
const question = { distance: true, prominence: true, transparency: false, enlarged: 1 }
const sky = (x: number, y: number) => [100 + y / 3, 140 + y / 3, 210 - x / 20]
const isBall = (x: number, y: number) => Math.hypot(x - 60, y - 40) < 10
const without: Raster = draw(width, height, 3, sky)
const withBall: Raster = draw(width, height, 3, (x, y) => isBall(x, y) ? [210, 40, 30] : sky(x, y))
const mask: Bytes = { width, height, pixels: draw(width, height, 1, (x, y) => [Math.hypot(x - 60, y - 40) < 14 ? 255 : 0]).data }
const nowhere: Bytes = { ...mask, pixels: new Uint8Array(width * height) }
const both = (image: Raster, result: Raster, region: Bytes | undefined, changes = {}) => measureBoth(image, result, region, region ?? nowhere, { ...question, ...changes })

t.test('what changed is far, and where the mask is nothing else counts', t => {
  t.ok(Number(both(withBall, without, mask).distance) > 0.1)
  t.equal(both(withBall, withBall, mask).distance, 0)
  t.ok(Number(both(withBall, without, undefined).distance) > 0.1)
  const corner = { ...mask, pixels: draw(width, height, 1, (x, y) => [x < 30 && y < 20 ? 255 : 0]).data }
  t.equal(both(withBall, without, corner).distance, 0)
  t.end()
})

t.test('under a mask that is thin everywhere nothing can be told', t => {
  const line = (rows: number) => ({ ...mask, pixels: draw(width, height, 1, (x, y) => [x > 20 && x < 100 && y >= 40 && y < 40 + rows ? 255 : 0]).data })
  t.equal(both(withBall, without, line(4)).distance, undefined)
  t.ok(Number(both(withBall, without, line(8)).distance) > 0.1)
  t.end()
})

t.test('all may be masked, and nothing', t => {
  t.ok(Number(both(withBall, without, { ...mask, pixels: new Uint8Array(width * height).fill(255) }).distance) > 0.1)
  t.equal(both(withBall, without, nowhere).distance, undefined)
  t.equal(both(withBall, without, mask, { distance: false }).distance, undefined)
  t.end()
})

t.test('a line at the edge of a picture may be gone, in one of a few cells all counts', t => {
  const lined = draw(width, height, 3, (x, y) => y === 0 ? [200, 200, 200] : sky(x, y))
  t.ok(Number(both(lined, without, undefined).distance) < 0.01)
  t.ok(Number(both(draw(width, height, 3, (x, y) => y === 20 ? [200, 200, 200] : sky(x, y)), without, undefined).distance) > 0.015)
  const [bright, dark] = [draw(16, 12, 3, () => [250, 250, 250]), draw(16, 12, 3, () => [20, 20, 20])]
  t.ok(Number(measureBoth(bright, dark, undefined, { width: 16, height: 12, pixels: new Uint8Array(192) }, question).distance) > 0.1)
  t.end()
})

t.test('a ball stands out from the sky, the sky does not', t => {
  t.ok(Number(both(withBall, withBall, mask).prominence) > 0.1)
  t.ok(Number(both(without, without, mask).prominence) < 0.01)
  t.equal(both(withBall, without, mask).prominence, undefined, 'not asked where something changed')
  t.equal(both(without, without, mask, { prominence: false }).prominence, undefined)
  t.equal(both(without, without, undefined).prominence, undefined)
  t.end()
})

t.test('a plain result is compared with the image, and with what is kept of it', t => {
  const plain = draw(width, height, 3, () => [110, 150, 205])
  const { contrast, imageContrast, kept } = both(withBall, plain, mask)
  t.equal(contrast, 0)
  t.ok(Number(imageContrast) > 0.1)
  t.ok(Number(kept?.contrast) < 0.1 && Number(kept?.distance) < 0.05)
  t.match(both(withBall, plain, { ...mask, pixels: new Uint8Array(width * height).fill(255) }).kept, undefined)
  t.equal(both(withBall, plain, undefined).kept?.contrast, both(withBall, plain, undefined).imageContrast)
  t.equal(measureBoth(withBall, plain, undefined, { ...mask, pixels: new Uint8Array(width * height).fill(255) }, question).imageContrast, 0, 'where nothing is known of the image')
  t.equal(both(withBall, picture(width, height), mask).imageContrast, undefined, 'but one that shows something is not')
  t.end()
})

t.test('of transparency the shares are told', t => {
  t.match(measureAlone(draw(10, 10, 4, x => [1, 2, 3, x < 3 ? 0 : 255]), { transparency: true }), { clear: 0.3, visible: 0.7 })
  t.match(measureAlone(without, { transparency: true }), { clear: 0, visible: 1 })
  t.equal(measureAlone(without, { transparency: false }).clear, undefined)
  t.end()
})
