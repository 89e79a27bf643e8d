import t from 'tap'
import { erase } from '../../../plugins/local/erase.ts'
import { Refusal } from '../../../plugins/local/raster.ts'
import { backdrop, bricks, difference, discMask, fractal, landscape, mean, percentile, picture, steps, stripes, withBall } from './scenes.ts'
import type { LocalInputs, Raster } from '../../../plugins/local/raster.ts'
import type { Paint } from './scenes.ts'

const width = 256
const height = 192
const at = { x: 110, y: 100, radius: 34 }
const mask = discMask(width, height, at)

async function run (image: Raster, inputs: Partial<LocalInputs>): Promise<Raster> {
  return await erase(image, { parameters: {}, ...inputs })
}
/** The scene with a ball in front, what erase makes of it, and the scene without the ball. */
async function eraseBall (paint: Paint): Promise<{ result: Raster, truth: Raster, image: Raster }> {
  const image = picture(width, height, withBall(paint, at))
  return { image, truth: picture(width, height, paint), result: await run(image, { mask }) }
}
/** Mean of what known neighbours say: what a fill that knows no structure does. */
function naive (image: Raster): Raster {
  const ring = discMask(width, height, { ...at, radius: at.radius + 6 })
  const around = [...ring.keys()].filter(p => ring[p] > 0 && mask[p] === 0)
  const colour = [0, 1, 2].map(c => mean(around.map(p => image.data[p * 4 + c])))
  return picture(width, height, () => [colour[0], colour[1], colour[2]])
}

t.test('pixels outside the grown mask keep their exact values, and what is in it changes', async t => {
  const { image, result } = await eraseBall(landscape(width, height))
  const grown = discMask(width, height, { ...at, radius: at.radius + 5 })
  let changed = 0
  for (let p = 0; p < width * height; p++) {
    const same = [0, 1, 2, 3].every(c => image.data[p * 4 + c] === result.data[p * 4 + c])
    if (grown[p] === 0 && !same) t.fail(`pixel ${p} lies outside`)
    if (mask[p] > 0 && !same) changed++
  }
  t.ok(changed > 3000)
  const exact = await run(image, { mask, parameters: { grow_mask: 0 } })
  for (let p = 0; p < width * height; p++) {
    if (mask[p] === 0 && exact.data[p * 4] !== image.data[p * 4]) t.fail(`pixel ${p} lies outside the mask`)
  }
})

t.test('structured surroundings go on where the object was', async t => {
  const scenes: Array<readonly [string, Paint, number]> = [
    ['a shaded backdrop', backdrop(width, height), 3],
    ['stripes', stripes(24, height), 3],
    ['an edge', (x, y) => y > 60 + 0.4 * x ? [60, 70, 90] : [200, 190, 170], 3],
    ['a thin line', (x, y) => Math.abs(y - 150 + 0.5 * x) < 2 ? [20, 20, 20] : [210, 220, 200 + x / 10], 3]
  ]
  for (const [name, paint, limit] of scenes) {
    const { result, truth, image } = await eraseBall(paint)
    const off = difference(result, truth, mask).mean
    t.ok(off < limit, `${name}: ${off.toFixed(2)} colour levels`)
    t.ok(off < difference(naive(image), truth, mask).mean / 2, `${name}: well under a plain fill's`)
  }
})

t.test('bricks and horizons line up', async t => {
  const wall = await eraseBall(bricks())
  t.ok(difference(wall.result, wall.truth, mask).mean < difference(naive(wall.image), wall.truth, mask).mean * 0.6)
  const view = await eraseBall(landscape(width, height))
  const sky = mask.map((value, p) => Math.floor(p / width) < 0.55 * height - 2 ? value : 0)
  t.ok(difference(view.result, view.truth, sky).mean < 4, 'no grass in the sky')
})

t.test('no seam shows around the fill, nor is it smoother or rougher than its surroundings', async t => {
  const noise = fractal(3)
  const scenes: Paint[] = [landscape(width, height), backdrop(width, height), (x, y) => [130 + 90 * noise(x, y), 120 + 80 * noise(x, y), 110]]
  for (const paint of scenes) {
    const { result, truth } = await eraseBall(paint)
    const filled = discMask(width, height, { ...at, radius: at.radius + 3 })
    const border = steps(result, (a, b) => (filled[a] > 0) !== (filled[b] > 0))
    const around = steps(truth, (a, b) => (filled[a] > 0) !== (filled[b] > 0))
    t.ok(percentile(border, 0.95) <= percentile(around, 0.95) * 1.35 + 1, `border ${percentile(border, 0.95)}, before ${percentile(around, 0.95)}`)
    const inside = mean(steps(result, (a, b) => mask[a] > 0 && mask[b] > 0))
    const before = mean(steps(truth, (a, b) => mask[a] > 0 && mask[b] > 0))
    t.ok(inside > before * 0.7 && inside < before * 1.3, `grain ${inside}, before ${before}`)
  }
})

t.test('a soft mask mixes the fill with the image', async t => {
  const image = picture(width, height, withBall(() => [200, 200, 200], at))
  const soft = discMask(width, height, { ...at, radius: at.radius + 10 }, 20)
  const result = await run(image, { mask: soft, parameters: { grow_mask: 0 } })
  t.same([...result.data.subarray((100 * width + 110) * 4, (100 * width + 110) * 4 + 4)], [200, 200, 200, 255], 'in the middle all is fill')
  const p = 100 * width + 110 + at.radius - 2
  const share = soft[p] / 255
  t.ok(share > 0.4 && share < 0.8)
  t.ok(Math.abs(result.data[p * 4 + 1] - (image.data[p * 4 + 1] * (1 - share) + 200 * share)) <= 2)
})

t.test('fills transparency with transparency, and mixes colours by how much of them is seen', async t => {
  const image = picture(width, height, withBall(x => x < 128 ? [40, 160, 80] : [0, 0, 0], { x: 128, y: 96, radius: 30 }), (x, y) => x < 128 || Math.hypot(x - 128, y - 96) < 30 ? 255 : 0)
  const result = await run(image, { mask: discMask(width, height, { x: 128, y: 96, radius: 32 }, 4) })
  const alpha = (x: number, y: number) => result.data[(y * width + x) * 4 + 3]
  for (const y of [80, 96, 112]) {
    t.ok(alpha(110, y) > 250 && alpha(146, y) < 5, `row ${y}: ${alpha(110, y)}, ${alpha(146, y)}`)
    const p = (y * width + 112) * 4
    t.ok(Math.abs(result.data[p] - 40) < 12 && Math.abs(result.data[p + 1] - 160) < 12, 'no fringe of another colour')
  }
})

t.test('erases several objects, near and far from each other', async t => {
  const spots = [{ x: 60, y: 60, radius: 12 }, { x: 84, y: 66, radius: 8 }, { x: 420, y: 300, radius: 20 }, { x: 590, y: 20, radius: 14 }]
  const paint = stripes(24, 400)
  const image = picture(600, 400, spots.reduce<Paint>((scene, spot) => withBall(scene, spot), paint))
  const all = new Uint8Array(600 * 400)
  for (const spot of spots) discMask(600, 400, spot).forEach((value, p) => { if (value > 0) all[p] = 255 })
  const off = difference(await run(image, { mask: all }), picture(600, 400, paint), all).mean
  t.ok(off < 3, `${off}`)
})

t.test('the same seed gives the same filling, another one another; what was given stays as it was', async t => {
  const noise = fractal(3)
  const image = picture(128, 96, (x, y) => [130 + 90 * noise(x, y), 120, 110])
  const before = image.data.slice()
  const small = discMask(128, 96, { x: 60, y: 50, radius: 14 })
  const [first, again, other] = [await run(image, { mask: small }), await run(image, { mask: small, parameters: { seed: 0 } }), await run(image, { mask: small, parameters: { seed: 9 } })]
  t.same(first.data, again.data)
  t.notSame(first.data, other.data)
  t.same(image.data, before)
})

t.test('a picture too small for patches is filled smoothly', async t => {
  const image = picture(14, 14, (x, y) => x === 6 && y === 6 ? [0, 0, 0] : [10 * x, 100, 50])
  const result = await run(image, { mask: discMask(14, 14, { x: 6, y: 6, radius: 1 }), parameters: { grow_mask: 1 } })
  t.ok(Math.abs(result.data[(6 * 14 + 6) * 4] - 60) < 8)
  t.ok(Math.abs(result.data[(6 * 14 + 6) * 4 + 1] - 100) < 2)
})

t.test('says what it can do when the mask is missing, empty or too large', async t => {
  const image = picture(40, 40, () => [1, 2, 3])
  await t.rejects(run(image, {}), new Refusal('erase needs a mask that marks what to remove'))
  await t.rejects(run(image, { mask: new Uint8Array(1600) }), new Refusal('the mask marks nothing to erase'))
  await t.rejects(run(image, { mask: new Uint8Array(1600).fill(255, 0, 800) }), new Refusal('erase fills regions of up to 20 % of the image; this mask covers 50 %'))
})
