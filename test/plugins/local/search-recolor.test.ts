import t from 'tap'
import { linearOf, hueDifference, hueOf, toOklab } from '../../../plugins/local/oklab.ts'
import type { Raster } from '../../../plugins/local/raster.ts'
import { searchRecolor } from '../../../plugins/local/search-recolor.ts'
import { at, ball, flat, paint, type Pixel } from './swatches.ts'

const wall: Pixel = [205, 205, 200]
const red = ball(120, 120, [210, 40, 40], wall)
const recolor = async (image: Raster, selectPrompt: string, prompt: string, mask?: Uint8Array) =>
  await searchRecolor(image, { selectPrompt, prompt, parameters: {}, ...mask && { mask } })

function lch (image: Raster, x: number, y: number): { lightness: number, chroma: number, hue: number } {
  const lab = Float64Array.from(at(image, x, y).slice(0, 3), byte => linearOf[byte])
  toOklab(lab, lab)
  return { lightness: lab[0], chroma: Math.hypot(lab[1], lab[2]), hue: hueOf(lab[1], lab[2]) }
}

t.test('gives the thing the hue that was asked for, and leaves the rest bit by bit', async t => {
  for (const [colour, hue] of [['blue', 261], ['green', 146], ['purple', 309], ['#ff8800', 56]] as const) {
    const image = await recolor(red, 'the red ball', colour)
    for (const [x, y] of [[60, 60], [45, 70], [85, 75]]) {
      t.ok(Math.abs(hueDifference(lch(image, x, y).hue, hue)) < 12, `${colour} at ${x},${y}: ${lch(image, x, y).hue}`)
    }
    for (const x of [2, 60, 117]) t.same(at(image, x, 3), at(red, x, 3))
  }
})

t.test('keeps light and shade: what was darker stays darker, the highlight stays light', async t => {
  for (const colour of ['blue', 'yellow', 'dark green', 'pink', 'white', 'black', 'grey']) {
    const image = await recolor(red, 'red', colour)
    const places = [[92, 92], [85, 80], [75, 70], [60, 60], [46, 46]]
    const lightness = places.map(([x, y]) => lch(image, x, y).lightness)
    const before = places.map(([x, y]) => lch(red, x, y).lightness)
    lightness.slice(1).forEach((value, index) => {
      t.equal(Math.sign(value - lightness[index]), Math.sign(before[index + 1] - before[index]), `${colour}: ${lightness[index]} then ${value}`)
    })
    t.ok(lightness[4] > lightness[2], colour)
  }
})

t.test('a flat colour becomes exactly what was asked for', async t => {
  const image = paint(60, 60, x => x < 40 ? [200, 30, 40] : wall)
  for (const [code, bytes] of [['#2060c0', [32, 96, 192]], ['#309040', [48, 144, 64]], ['#808080', [128, 128, 128]]] as const) {
    at(await recolor(image, 'red', code), 20, 30).slice(0, 3).forEach((level, channel) => {
      t.ok(Math.abs(level - bytes[channel]) <= 3, `${code}: ${level}`)
    })
  }
})

t.test('leaves no seam of the old colour', async t => {
  const image = await recolor(red, 'red', 'blue')
  let seam = 0
  for (let y = 0; y < 120; y++) {
    for (let x = 0; x < 120; x++) {
      const { chroma, hue } = lch(image, x, y)
      if (chroma > 0.05 && Math.abs(hueDifference(hue, 27)) < 40) seam++
    }
  }
  t.equal(seam, 0)
})

t.test('white, grey and black targets take the colour out', async t => {
  for (const [colour, low, high] of [['white', 0.75, 1], ['grey', 0.45, 0.75], ['black', 0.05, 0.35]] as const) {
    const { lightness, chroma } = lch(await recolor(red, 'red', colour), 62, 64)
    t.ok(chroma < 0.02 && lightness > low && lightness < high, `${colour}: ${lightness}, ${chroma}`)
  }
})

t.test('white takes colour as paint does, its brightest spots too', async t => {
  const shirt = paint(60, 60, (x, y) => x < 45 ? [255 - y, 255 - y, 255 - y] : [40, 90, 40])
  const image = await recolor(shirt, 'the white shirt', 'red')
  t.ok(lch(image, 20, 1).chroma > 0.15)
  t.ok(lch(image, 20, 1).lightness > lch(image, 20, 50).lightness)
  t.same(at(image, 55, 30), at(shirt, 55, 30))
})

t.test('black and grey take colour', async t => {
  const tyres = paint(60, 60, (x, y) => x < 30 ? [y / 2, y / 2, y / 2] : [120 + y / 4, 120 + y / 4, 120 + y / 4])
  const black = await recolor(tyres, 'black', 'blue')
  t.ok(lch(black, 15, 5).chroma > 0.1 && lch(black, 15, 55).lightness > lch(black, 15, 5).lightness)
  t.same(at(black, 45, 30), at(tyres, 45, 30))
  const grey = await recolor(tyres, 'grey', 'green')
  t.ok(lch(grey, 45, 30).chroma > 0.1)
  t.same(at(grey, 15, 5), at(tyres, 15, 5))
})

t.test('keeps some of the variation of hue', async t => {
  const fruit = paint(60, 60, x => x < 30 ? [210, 40, 50] : [215, 70, 40])
  const image = await recolor(fruit, 'red', 'blue')
  const difference = Math.abs(hueDifference(lch(image, 15, 30).hue, lch(image, 45, 30).hue))
  t.ok(difference > 1 && difference < 12, `${difference}`)
})

t.test('a mask limits it', async t => {
  const mask = Uint8Array.from({ length: 14400 }, (_, index) => index % 120 < 60 ? 0 : 255)
  const image = await recolor(red, 'red', 'blue', mask)
  for (const x of [30, 50, 59]) t.same(at(image, x, 60), at(red, x, 60))
  t.ok(Math.abs(hueDifference(lch(image, 75, 60).hue, 261)) < 12)
})

t.test('alpha stays, and what is transparent is not looked at', async t => {
  const image = paint(60, 60, x => x < 20 ? [200, 30, 40] : x < 40 ? [200, 30, 40, 100] : [200, 30, 40, 0])
  const blue = await recolor(image, 'red', 'blue')
  t.same([10, 30, 50].map(x => at(blue, x, 30)[3]), [255, 100, 0])
  t.same(at(blue, 55, 30), at(image, 55, 30))
})

t.test('says that nothing of the colour was found', async t => {
  await t.rejects(recolor(red, 'the green ball', 'blue'), { name: 'Refusal', message: 'no green was found in the image' })
  await t.rejects(recolor(red, 'dark blue', 'red'), { name: 'Refusal', message: 'no dark blue was found in the image' })
  await t.rejects(recolor(red, 'red', 'blue', new Uint8Array(14400)), { name: 'Refusal', message: 'no red was found under the mask' })
  await t.rejects(recolor(flat(20, 20, wall), 'black', 'blue', new Uint8Array(400)), { name: 'Refusal', message: 'no black was found under the mask' })
})

t.test('refuses prompts without a colour', async t => {
  await t.rejects(recolor(red, 'the ball', 'blue'), { name: 'Refusal', message: /^the select prompt must name a colour/ })
  await t.rejects(recolor(red, 'red', 'shiny'), { name: 'Refusal', message: /^the prompt names no colour/ })
  await t.rejects(async () => await searchRecolor(red, { parameters: {} }), { name: 'Refusal' })
})

t.test('does not write to the image', async t => {
  const before = [...red.data]
  await recolor(red, 'red', 'blue')
  t.same([...red.data], before)
})
