import t from 'tap'
import { Refusal, type Raster } from '../../../plugins/local/raster.ts'
import { isCutOut, removeBackground } from '../../../plugins/local/remove-background.ts'
import { compress } from './compress.ts'
import { ball, blob, box, clutter, compareMatte, ellipse, makePicture, makeScene, plain, ring, shaded, stroke, union, type MatteError, type SceneParts } from './cut-out-scenes.ts'

const side = 240
const cut = async (image: Raster) => await removeBackground(image, { parameters: {} })
const mug = union(box(110, 130, 90, 120, 15), ring(165, 125, 30, 38, 11))
const fur = clutter(12, 3)

const scenes: Record<string, SceneParts> = {
  'a ball on white, with its shadow': { width: side, height: side, backdrop: plain([255, 255, 255]), shape: ellipse(120, 115, 70, 70), paint: ball(120, 115, 70, [200, 40, 30]), shadow: blob(130, 192, 75, 13, 0.5) },
  'a ball before a shaded backdrop': { width: side, height: side, backdrop: shaded([230, 228, 224], 120, 80, 165, 0.45), shape: ellipse(120, 115, 70, 70), paint: ball(120, 115, 70, [30, 90, 180]), noise: 2 },
  'a mug, open at its handle': { width: side, height: side, backdrop: shaded([236, 236, 238], 100, 50, 250, 0.3), shape: mug, paint: x => { const light = 0.65 + 0.4 * Math.sin((x - 65) / 30); return [190 * light, 80 * light, 50 * light] }, shadow: blob(120, 196, 75, 12, 0.5), noise: 1.5 },
  'letters and thin lines': { width: side, height: side, backdrop: plain([250, 240, 215]), shape: union(ring(45, 75, 20, 25, 5), stroke(80, 50, 80, 100, 5), ring(97, 87, 12, 12, 4), stroke(120, 100, 140, 50, 3), stroke(140, 50, 160, 100, 3), stroke(128, 82, 152, 82, 2), ring(190, 75, 6, 7, 2), stroke(30, 150, 210, 165, 1.5), stroke(30, 170, 210, 200, 3)), paint: plain([25, 30, 60]) },
  'a portrait cut off below': { width: side, height: side, backdrop: shaded([150, 160, 170], 120, 80, 160, 0.5), shape: union(ellipse(120, 85, 38, 48), box(120, 215, 165, 130, 45), box(120, 140, 30, 50)), paint: (x, y) => y < 145 ? ball(110, 75, 65, [225, 175, 145])(x, y) : ball(100, 190, 130, [50, 55, 90])(x, y), noise: 2 },
  'stripes before a green screen': { width: side, height: side, backdrop: shaded([60, 190, 90], 50, 50, 300, 0.3), shape: box(120, 120, 110, 130, 30, 0.4), paint: (x, y) => { const share = 0.5 + 0.5 * Math.sin(x / 4 + y / 7); return [40 + 190 * share, 60 + 120 * share, 160] }, noise: 2 },
  'fur, a little out of focus': { width: side, height: side, backdrop: shaded([244, 244, 246], 120, 120, 250, 0.15), shape: union(ellipse(120, 155, 55, 60), ellipse(120, 80, 42, 40)), paint: (x, y) => { const light = fur(x, y)[0] / 255; return [110 + 140 * light, 75 + 120 * light, 40 + 90 * light] }, noise: 1.5, softness: 2.5 },
  'two things before a gradient of hues': { width: side, height: side, backdrop: (x, y) => [90 + x / 2, 140 - y / 4, 200 - x / 3], shape: union(ellipse(65, 125, 40, 55), box(170, 130, 70, 90, 5, 0.2)), paint: x => x < 115 ? [245, 220, 60] : [240, 240, 240], shadow: blob(65, 182, 50, 9, 0.5), noise: 1 },
  'a thing that touches two sides': { width: side, height: side, backdrop: plain([250, 250, 250]), shape: ellipse(25, 225, 95, 95), paint: plain([20, 120, 60]), noise: 1 },
  'light on black': { width: side, height: side, backdrop: plain([0, 0, 0]), shape: ellipse(120, 120, 60, 70), paint: ball(120, 120, 75, [200, 180, 150]) },
  'a white thing on nearly white': { width: side, height: side, backdrop: shaded([238, 238, 238], 120, 100, 250, 0.2), shape: box(120, 120, 110, 130, 20), paint: x => { const light = 0.84 - 0.1 * Math.cos((x - 65) / 18); return [242 * light, 240 * light, 236 * light] }, shadow: blob(125, 192, 70, 12, 0.4), noise: 1 }
}

/** Every figure of the error that is above the limit. */
function excess (error: MatteError, limit: MatteError): string[] {
  return (['mean', 'edge', 'halo'] as const).filter(key => error[key] > limit[key]).map(key => `${key} ${error[key]}`)
}

for (const [name, parts] of Object.entries(scenes)) {
  t.test(`cuts out ${name}: alpha and colours as they truly are`, async t => {
    const scene = makeScene(parts)
    const before = scene.image.data.slice()
    const result = await cut(scene.image)
    t.same([result.width, result.height], [side, side])
    // Where the outline itself is as faint as the noise, some of it is lost.
    const limit = name.startsWith('a white thing') ? { mean: 2, edge: 0.1, halo: 10 } : { mean: 0.8, edge: 0.05, halo: 6 }
    t.same(excess(compareMatte(result, scene.truth), limit), [])
    t.ok(Buffer.compare(scene.image.data, before) === 0, 'and does not write to the image')
  })
}

t.test('compression of the web takes little away', async t => {
  for (const name of ['a ball on white, with its shadow', 'a mug, open at its handle', 'a portrait cut off below', 'a ball before a shaded backdrop']) {
    const scene = makeScene(scenes[name])
    const error = compareMatte(await cut(await compress(scene.image, 75)), scene.truth)
    t.same(excess(error, { mean: 1.5, edge: 0.09, halo: 13 }), [], name)
  }
})

t.test('works from 16 × 16 pixels, and on long strips', async t => {
  for (const [width, height] of [[16, 16], [16, 200], [300, 20]]) {
    const scene = makeScene({ width, height, backdrop: plain([240, 240, 238]), shape: ellipse(width / 2, height / 2, width / 3, height / 3), paint: plain([40, 60, 150]) })
    t.same(excess(compareMatte(await cut(scene.image), scene.truth), { mean: 1, edge: 0.05, halo: 6 }), [], `${width} × ${height}`)
  }
})

t.test('refuses what has no plain border, and says what it can do', async t => {
  for (const picture of [clutter(40, 1), clutter(14, 2)]) {
    await t.rejects(cut(makePicture(160, 120, picture)), { name: 'Refusal', message: /not a plain or smoothly shaded background/ })
  }
})

t.test('refuses a backdrop without a subject, and a subject without a backdrop', async t => {
  await t.rejects(cut(makeScene({ ...scenes['a ball before a shaded backdrop'], shape: () => Infinity }).image), { name: 'Refusal', message: /no subject/ })
  const framed = makeScene({ width: 300, height: 300, backdrop: plain([255, 255, 255]), shape: box(149.5, 149.5, 294, 294), paint: clutter(60, 2) })
  await t.rejects(cut(framed.image), { name: 'Refusal', message: /fills the image/ })
  await t.rejects(cut(makePicture(1, 1, plain([9, 9, 9]))), Refusal)
})

t.test('an image that is cut out already comes back as it is, in memory of its own', async t => {
  const { truth } = makeScene(scenes['a ball on white, with its shadow'])
  const image = { ...truth, data: Buffer.from(truth.data) }
  t.ok(isCutOut(image))
  const result = await cut(image)
  t.same(Buffer.compare(result.data, image.data), 0)
  result.data[0] = 77
  t.equal(image.data[0], truth.data[0])
})

t.test('a transparent place inside stays transparent', async t => {
  const { image } = makeScene(scenes['a ball on white, with its shadow'])
  const place = 4 * (115 * side + 120)
  image.data[place + 3] = 100
  t.notOk(isCutOut(image))
  t.equal((await cut(image)).data[place + 3], 100)
})
