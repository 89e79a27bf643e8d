import t from 'tap'
import { outpaint } from '../../../plugins/local/outpaint.ts'
import { Refusal } from '../../../plugins/local/raster.ts'
import { backdrop, bricks, difference, fractal, landscape, mean, percentile, picture, steps, stripes, withBall } from './scenes.ts'
import type { LocalInputs, Raster } from '../../../plugins/local/raster.ts'
import type { Paint } from './scenes.ts'

type Expansion = NonNullable<LocalInputs['expansion']>
const none: Expansion = { left: 0, right: 0, up: 0, down: 0 }
const width = 160
const height = 120

async function extend (image: Raster, expansion: Partial<Expansion>, seed = 0): Promise<Raster> {
  return await outpaint(image, { expansion: { ...none, ...expansion }, parameters: { seed } })
}
/** 1 = outside the image. */
function outside (result: Raster, image: Raster, { left = 0, up = 0 }: Partial<Expansion>): Uint8Array {
  const marks = new Uint8Array(result.width * result.height).fill(1)
  for (let y = up; y < up + image.height; y++) marks.fill(0, y * result.width + left, y * result.width + left + image.width)
  return marks
}
/** The same scene, as large as the extension. */
function wider (paint: Paint, { left = 0, right = 0, up = 0, down = 0 }: Partial<Expansion>): Raster {
  return picture(width + left + right, height + up + down, (x, y) => paint(x - left, y - up))
}

t.test('keeps the image exactly, at its place', async t => {
  const image = picture(width, height, landscape(width, height))
  const expansion = { left: 30, right: 41, up: 17, down: 25 }
  const result = await extend(image, expansion)
  t.match(result, { width: 231, height: 162 })
  for (let y = 0; y < height; y++) {
    const from = ((y + 17) * 231 + 30) * 4
    t.same(result.data.subarray(from, from + width * 4), image.data.subarray(y * width * 4, (y + 1) * width * 4))
  }
})

t.test('lines, stripes and horizons go on outside', async t => {
  const edge: Paint = (x, y) => y > 20 + 0.4 * x ? [60, 70, 90] : [200, 190, 170]
  const line = await extend(picture(width, height, edge), { left: 40, right: 60 })
  t.ok(difference(line, wider(edge, { left: 40, right: 60 }), outside(line, picture(width, height, edge), { left: 40 })).mean < 6)

  const striped = await extend(picture(width, height, stripes(20, height)), { left: 50, right: 50 })
  t.ok(difference(striped, wider(stripes(20, height), { left: 50, right: 50 }), outside(striped, { ...striped, width, height }, { left: 50 })).mean < 4)

  const view = landscape(width, height)
  const seen = await extend(picture(width, height, view), { right: 80 })
  const sky = outside(seen, { ...seen, width, height }, {}).map((mark, p) => Math.floor(p / seen.width) < 0.55 * height - 3 ? mark : 0)
  t.ok(difference(seen, wider(view, { right: 80 }), sky).mean < 5, 'the sky ends at the horizon')
})

t.test('no seam shows, and the extension is as rough as the image', async t => {
  const noise = fractal(3)
  const scenes: Paint[] = [landscape(width, height), bricks(), backdrop(width, height), (x, y) => [130 + 90 * noise(x, y), 120 + 80 * noise(x, y), 110]]
  for (const paint of scenes) {
    const expansion = { left: 40, right: 40, up: 30, down: 30 }
    const image = picture(width, height, paint)
    const result = await extend(image, expansion)
    const marks = outside(result, image, expansion)
    const border = percentile(steps(result, (a, b) => marks[a] !== marks[b]), 0.95)
    const within = percentile(steps(result, (a, b) => marks[a] + marks[b] === 0), 0.95)
    t.ok(border <= within * 1.3 + 2, `border ${border}, image ${within}`)
    const rough = mean(steps(result, (a, b) => marks[a] + marks[b] === 2))
    const known = mean(steps(result, (a, b) => marks[a] + marks[b] === 0))
    t.ok(rough > known * 0.55 && rough < known * 1.3, `grain ${rough}, image ${known}`)
  }
})

t.test('does not draw streaks: rows outside differ from each other as those inside do', async t => {
  const noise = fractal(3, 16)
  const image = picture(width, height, (x, y) => [130 + 90 * noise(x, y), 120 + 80 * noise(x, y), 110])
  const result = await extend(image, { right: 80 })
  const along = (from: number, to: number) => mean(steps(result, (a, b) => b === a + 1 && a % 240 >= from && a % 240 < to))
  t.ok(along(170, 235) > along(0, 155) * 0.6, `${along(170, 235)} and ${along(0, 155)}`)
})

t.test('a plain background goes on as far as is asked for, without a second object', async t => {
  const paint = withBall(backdrop(width, height), { x: 80, y: 62, radius: 34 })
  const result = await extend(picture(width, height, paint), { left: 340, right: 100, up: 20, down: 160 })
  t.match(result, { width: 600, height: 300 })
  const marks = outside(result, { ...result, width, height }, { left: 340, up: 20 })
  for (let p = 0; p < marks.length; p++) {
    if (marks[p] === 1 && result.data[p * 4] > result.data[p * 4 + 1] + 40) t.fail(`red at ${p % 600}, ${Math.floor(p / 600)}`)
  }
  const jumps = steps(result, (a, b) => marks[a] + marks[b] > 0)
  t.ok(percentile(jumps, 0.999) < 8, `${percentile(jumps, 0.999)}`)
})

t.test('transparent surroundings stay transparent', async t => {
  const image = picture(120, 90, () => [200, 40, 90], (x, y) => Math.hypot(x - 60, y - 45) < 30 ? 255 : 0)
  const result = await extend(image, { left: 40, right: 40, up: 20, down: 20 })
  const marks = outside(result, image, { left: 40, up: 20 })
  t.ok(marks.every((mark, p) => mark === 0 || result.data[p * 4 + 3] === 0))
})

t.test('an object that touches the edge goes on, with its alpha', async t => {
  const image = picture(120, 90, () => [200, 40, 90], (_x, y) => y > 40 ? 255 : 0)
  const result = await extend(image, { right: 60 })
  const at = (x: number, y: number) => [...result.data.subarray((y * 180 + x) * 4, (y * 180 + x) * 4 + 4)]
  t.same(at(150, 70), [200, 40, 90, 255])
  t.equal(at(150, 15)[3], 0)
})

t.test('the same seed gives the same extension, another one another; what was given stays as it was', async t => {
  const noise = fractal(3)
  const image = picture(80, 64, (x, y) => [130 + 90 * noise(x, y), 120, 110])
  const before = image.data.slice()
  const first = await outpaint(image, { expansion: { ...none, right: 20 }, parameters: {} })
  t.same(first.data, (await extend(image, { right: 20 }, 0)).data)
  t.notSame(first.data, (await extend(image, { right: 20 }, 5)).data)
  t.same(image.data, before)
})

t.test('says what it can do when that is too much', async t => {
  const image = picture(64, 48, bricks())
  await t.rejects(extend(image, { right: 65 }), new Refusal('outpaint extends this image by up to 64 pixels on this side (right), where it is textured; 65 were asked for'))
  await t.rejects(extend(image, { up: 49 }), { message: /up to 48 pixels on this side \(up\)/ })
  await t.rejects(extend(image, { left: 65 }), Refusal)
  await t.rejects(extend(image, { down: 49 }), Refusal)
  await t.rejects(extend(picture(40, 31, bricks()), { up: 4 }), new Refusal('outpaint extends images of at least 32 pixels a side'))
  await t.rejects(extend({ width: 9000, height: 9000, data: new Uint8Array(0) }, { up: 4 }), { message: /up to 60 megapixels; this one would have 82/ })
  await t.rejects(extend(image, {}), new Refusal('outpaint needs an expansion of at least one pixel'))
  t.throws(() => outpaint(image, { parameters: {} }), Refusal)
})
