import t from 'tap'
import { readSelection } from '../../../plugins/local/colour-words.ts'
import type { Raster } from '../../../plugins/local/raster.ts'
import { selectColour } from '../../../plugins/local/selection.ts'
import { ball, flat, paint, type Pixel } from './swatches.ts'

const wall: Pixel = [205, 205, 200]
const select = async (image: Raster, colour: string, mask?: Uint8Array) => await selectColour(image, readSelection(colour), mask)
const weightAt = (weights: Uint8Array | null, { width }: Raster, x: number, y: number) => weights?.[y * width + x]

t.test('selects a shaded thing whole, and not what is around it', async t => {
  const image = ball(120, 120, [210, 40, 40], wall)
  const weights = await select(image, 'red')
  t.ok(Number(weightAt(weights, image, 60, 60)) > 250)
  t.ok(Number(weightAt(weights, image, 90, 80)) > 200, 'in its shade')
  t.equal(weightAt(weights, image, 5, 5), 0)
})

t.test('selects nothing where nothing is of the colour', async t => {
  const image = ball(120, 120, [210, 40, 40], wall)
  t.equal(await select(image, 'green'), null)
  t.equal(await select(image, 'black'), null)
})

t.test('a few stray pixels are no find', async t => {
  t.equal(await select(paint(60, 60, (x, y) => x === 10 && y % 20 === 5 ? [210, 40, 40] : wall), 'red'), null)
  t.equal(await select(paint(60, 60, (x, y) => x === 10 && y % 20 === 5 ? [0, 0, 0] : wall), 'black'), null)
})

t.test('leaves no speckle and no pinholes', async t => {
  const image = paint(100, 100, (x, y) => {
    const left = x < 50
    const odd = x % 10 === 3 && y % 10 === 7
    return left !== odd ? [210, 40, 40] : wall
  })
  const weights = await select(image, 'red')
  t.ok(Number(weightAt(weights, image, 23, 47)) > 200, 'the pinhole')
  t.equal(weightAt(weights, image, 83, 47), 0, 'the speck')
})

t.test('pale parts belong to it where they hang together with strong ones', async t => {
  const image = paint(120, 60, x => x < 40 ? [210, 40, 40] : x < 70 ? [190, 130, 128] : x < 90 ? wall : [190, 130, 128])
  const weights = await select(image, 'red')
  t.ok(Number(weightAt(weights, image, 60, 30)) > 150, 'beside the red')
  t.equal(weightAt(weights, image, 105, 30), 0, 'on its own')
})

t.test('takes in the fringe where its colour mixes with the background', async t => {
  const image = paint(80, 40, x => x < 40 ? [210, 40, 40] : x === 40 ? [207, 150, 148] : wall)
  t.ok(Number(weightAt(await select(image, 'red'), image, 40, 20)) > 60)
})

t.test('takes in a small reflection, and not a large thing of another colour', async t => {
  const image = paint(400, 300, (x, y) => Math.abs(x - 100) < 4 && Math.abs(y - 150) < 40 ? [200, 120, 60] : x > 250 ? [200, 120, 60] : [200, 35, 40])
  const weights = await select(image, 'red')
  t.ok(Number(weightAt(weights, image, 100, 150)) > 200)
  t.equal(weightAt(weights, image, 330, 150), 0)
})

t.test('white, grey and black are told apart by lightness', async t => {
  const image = paint(90, 30, x => x < 30 ? [245, 245, 245] : x < 60 ? [120, 120, 120] : [20, 20, 20])
  for (const [colour, at] of [['white', 15], ['grey', 45], ['black', 75]] as const) {
    const weights = await select(image, colour)
    for (const x of [15, 45, 75]) t.equal(Number(weightAt(weights, image, x, 15)) > 200, x === at, `${colour} at ${x}`)
  }
})

t.test('a colour is not taken for grey', async t => {
  t.equal(await select(flat(40, 40, [90, 120, 160]), 'grey'), null)
})

t.test('a mask limits the selection, softly', async t => {
  const image = flat(60, 30, [210, 40, 40])
  const mask = Uint8Array.from({ length: 1800 }, (_, index) => [0, 128, 255][Math.floor(index % 60 / 20)])
  const weights = await select(image, 'red', mask)
  t.equal(weightAt(weights, image, 10, 15), 0)
  t.ok(Math.abs(Number(weightAt(weights, image, 30, 15)) - 128) < 3)
  t.ok(Number(weightAt(weights, image, 50, 15)) > 250)
})

t.test('a large image is cleaned more widely', async t => {
  const image = paint(1500, 1400, (x, y) => x < 700 || (x % 40 < 2 && y % 40 < 2) ? [210, 40, 40] : wall)
  const weights = await select(image, 'red')
  t.equal(weightAt(weights, image, 1201, 801), 0)
  t.ok(Number(weightAt(weights, image, 300, 300)) > 250)
})

t.test('works on the smallest images', async t => {
  for (const [width, height] of [[1, 1], [2, 2], [1, 50], [50, 2]]) {
    t.ok((await select(flat(width, height, [210, 40, 40]), 'red'))?.every(weight => weight > 250), `${width}×${height}`)
    t.equal(await select(flat(width, height, [210, 40, 40]), 'black'), null)
  }
})
