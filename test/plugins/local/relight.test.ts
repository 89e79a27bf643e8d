import t from 'tap'
import type { Raster } from '../../../plugins/local/raster.ts'
import { relight } from '../../../plugins/local/relight.ts'
import { ball, clutter, ellipse, makePicture, makeScene, plain, shaded } from './cut-out-scenes.ts'

const width = 160
const height = 120
const parts = { width, height, backdrop: shaded([220, 222, 225], 80, 50, 200, 0.2), shape: ellipse(80, 60, 35, 40), paint: ball(80, 60, 42, [200, 150, 120]) }
const { image, truth } = makeScene(parts)
const park = makePicture(200, 100, clutter(40, 4))
const night = makePicture(64, 64, plain([16, 24, 60]))
const pixel = (raster: Raster, x: number, y: number) => [...raster.data.subarray(4 * (y * raster.width + x), 4 * (y * raster.width + x) + 4)]
const isOpaque = (raster: Raster) => raster.data.every((value, i) => i % 4 !== 3 || value === 255)
const far = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((value, c) => Math.abs(value - b[c])))

t.test('places the subject before the background, in the image\'s size', async t => {
  const before = [image.data.slice(), park.data.slice()]
  const result = await relight(image, { background: park, parameters: {} })
  t.same([result.width, result.height], [width, height])
  t.ok(isOpaque(result))
  t.ok(Buffer.compare(image.data, before[0]) === 0 && Buffer.compare(park.data, before[1]) === 0, 'and writes to neither')
  t.ok(far(pixel(result, 80, 60), pixel(image, 80, 60)) < 60, 'the subject is still there')
})

t.test('the background covers the image, cut at the centre', async t => {
  const wide = makePicture(400, 120, x => x < 120 ? [255, 0, 0] : x < 280 ? [0, 0, 200] : [0, 255, 0])
  const result = await relight(image, { background: wide, parameters: {} })
  for (const [x, y] of [[2, 2], [width - 3, 2], [2, height - 3]]) t.ok(far(pixel(result, x, y), [0, 0, 200, 255]) < 3, `${x},${y}`)
  const same = makePicture(width, height, clutter(30, 8))
  const exact = await relight(image, { background: same, parameters: {} })
  t.same(pixel(exact, 3, 3), pixel(same, 3, 3), 'one of the same size is untouched')
})

t.test('a cut-out and its picture give the same result', async t => {
  const a = await relight(image, { background: park, parameters: {} })
  const b = await relight(truth, { background: park, parameters: {} })
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i])
  t.ok(sum / a.data.length < 0.5)
})

t.test('nothing of the old background shows at the edge', async t => {
  const result = await relight(image, { background: makePicture(width, height, plain([0, 0, 0])), parameters: { light_source_strength: 0 } })
  for (let p = 0; p < truth.data.length; p += 4) {
    const alpha = truth.data[p + 3]
    if (alpha > 0 && alpha < 128 && result.data[p + 2] > truth.data[p + 2] + 12) t.fail(`pixel ${p / 4} is bluer than the subject`)
  }
})

t.test('a bright background lies a little over the subject\'s edge, a dark one does not', async t => {
  const shape = ellipse(80, 60, 35, 40)
  const dark = makeScene({ ...parts, paint: plain([20, 20, 22]) }).truth
  const rim = async (level: number) => {
    const result = await relight(dark, { background: makePicture(width, height, plain([level, level, level])), parameters: { light_source_strength: 1 } })
    let edge = 0
    let count = 0
    for (let p = 0; p < width * height; p++) {
      const depth = shape(p % width, Math.floor(p / width))
      if (depth < -0.6 && depth > -1.6) { edge += result.data[4 * p]; count++ }
    }
    return edge / count - result.data[4 * (60 * width + 80)]
  }
  const bright = await rim(255)
  t.ok(bright > 12, `${bright}`)
  t.ok(Math.abs(await rim(10)) < 4)
})

t.test('takes the light from the lighting image rather than from the background', async t => {
  const bright = await relight(image, { background: park, parameters: {} })
  const dark = await relight(image, { background: park, lighting: night, parameters: {} })
  t.ok(pixel(dark, 80, 60)[0] < pixel(bright, 80, 60)[0] - 20)
  t.same(pixel(dark, 2, 2), pixel(bright, 2, 2), 'the background itself keeps its light')
})

t.test('without a background only the subject\'s light changes, where it stands', async t => {
  const result = await relight(image, { lighting: night, parameters: {} })
  t.same(pixel(result, 2, 2), pixel(image, 2, 2))
  t.ok(pixel(result, 80, 60)[0] < pixel(image, 80, 60)[0] - 20)
  const unchanged = await relight(image, { lighting: night, parameters: { light_source_strength: 0 } })
  t.same(unchanged.data, image.data)
})

t.test('a cut-out without a background stays a cut-out', async t => {
  const result = await relight(truth, { lighting: night, parameters: {} })
  t.same(result.data.filter((_, i) => i % 4 === 3), truth.data.filter((_, i) => i % 4 === 3))
  t.ok(pixel(result, 80, 60)[0] < pixel(truth, 80, 60)[0] - 20)
})

t.test('light_source_strength is kept within 0 and 1; half is the default', async t => {
  const at = async (value: unknown) => pixel(await relight(truth, { lighting: night, parameters: { light_source_strength: value } }), 80, 60)
  t.same(await at(undefined), await at(0.5))
  t.same(await at(7), await at(1))
  t.same(await at(-1), pixel(truth, 80, 60))
})

t.test('a transparent background shows white where it is transparent', async t => {
  const empty = makePicture(40, 30, plain([90, 90, 90]))
  for (let p = 0; p < 1200; p++) if (p % 40 < 20) empty.data[4 * p + 3] = 0
  const result = await relight(image, { background: empty, parameters: {} })
  t.same(pixel(result, 2, 2), [255, 255, 255, 255])
  t.ok(far(pixel(result, width - 3, 2), [90, 90, 90, 255]) < 3)
})

t.test('refuses a subject that cannot be cut out, and says how to send it', async t => {
  await t.rejects(async () => await relight(makePicture(width, height, clutter(30, 2)), { background: park, parameters: {} }),
    { name: 'Refusal', message: /^the subject cannot be cut out: the border .* Send it cut out, with a transparent background$/ })
  await t.rejects(async () => await relight({ data: new Uint8Array(3), width, height: -1 }, { background: park, parameters: {} }), /./, 'a fault is no refusal')
})

t.test('refuses without any light, or without anything to light', async t => {
  const nothing = { ...night, data: new Uint8Array(night.data.length) }
  await t.rejects(async () => await relight(image, { parameters: {} }), { name: 'Refusal', message: /no light to match/ })
  await t.rejects(async () => await relight(image, { background: nothing, parameters: {} }), { name: 'Refusal' })
  await t.rejects(async () => await relight(nothing, { background: park, parameters: {} }), { name: 'Refusal', message: /no visible subject/ })
})
