import t from 'tap'
import { colourfulnessOf, inLightness, leastColourful, readLab, rise, surveyColour, weigh } from '../../../plugins/local/colour-survey.ts'
import { triple } from '../../../plugins/local/oklab.ts'
import { flat, paint, swatches, type Pixel } from './swatches.ts'

const red = { name: 'red', family: 'red', hues: [5, 44], lightness: [0, 1] } as const
const everything = { middle: 0, half: 180 }

t.test('colourfulness is the same in light and in shade', async t => {
  const lab = triple()
  const of = (...pixel: Pixel) => {
    readLab(swatches(pixel).data, 0, lab)
    return colourfulnessOf(lab)
  }
  t.ok(Math.abs(of(200, 40, 40) - of(100, 16, 16)) < 0.02)
  t.ok(of(60, 58, 58) < leastColourful)
})

t.test('a ramp is 0 and 1 outside of its ends and a half in its middle', async t => {
  t.same([rise(1, 2, 4), rise(2, 2, 4), rise(3, 2, 4), rise(4, 2, 4), rise(9, 2, 4)], [0, 0, 0.5, 1, 1])
})

t.test('a range of lightness has soft ends, but none at black and white', async t => {
  const within = (lightness: number, low: number, high: number) => inLightness(lightness, { ...red, lightness: [low, high] })
  t.same([within(0, 0, 1), within(1, 0, 1)], [1, 1])
  t.same([within(0.3, 0.3, 0.6), within(0.6, 0.3, 0.6), within(0.45, 0.3, 0.6), within(0.1, 0.3, 0.6)].map(value => Number(value.toFixed(6))), [0.5, 0.5, 1, 0])
})

t.test('learns how colourful a colour is, and finds none where there is none', async t => {
  const vivid = surveyColour(flat(20, 20, [220, 30, 30]), undefined, red)
  const dull = surveyColour(flat(20, 20, [150, 110, 108]), undefined, red)
  t.ok(vivid && dull && vivid.typical > 2 * dull.typical)
  for (const colour of [[128, 128, 128], [30, 60, 200], [12, 2, 2], [220, 30, 30, 0]] as Pixel[]) {
    t.equal(surveyColour(flat(20, 20, colour), undefined, red), null, `${colour}`)
  }
})

t.test('the end of a hue is drawn where few pixels are', async t => {
  // Reds of hue 33 beside browns of hue 45: between them hardly anything.
  const cup: Pixel = [170, 45, 25]
  const table: Pixel = [190, 100, 50]
  const found = surveyColour(paint(60, 60, x => x < 20 ? cup : table), undefined, red)
  const [ofCup, ofTable] = weigh(swatches(cup, table), undefined, found ?? everything, [({ beyond }) => beyond < 0 ? 1 : 0])[0]
  t.same([ofCup, ofTable], [255, 0])
  const orange = surveyColour(paint(60, 60, x => x < 40 ? cup : table), undefined, { ...red, name: 'orange', hues: [34, 79] })
  t.same([...weigh(swatches(cup, table), undefined, orange ?? everything, [({ beyond }) => beyond < 0 ? 1 : 0])[0]], [0, 255])
})

t.test('looks only at what the mask lets it see', async t => {
  const image = paint(20, 20, x => x < 10 ? [220, 30, 30] : [128, 128, 128])
  t.equal(surveyColour(image, Uint8Array.from({ length: 400 }, (_, index) => index % 20 < 10 ? 0 : 255), red), null)
})

t.test('a large image is looked at in samples', async t => {
  t.ok(surveyColour(flat(700, 500, [220, 30, 30]), undefined, red))
})

t.test('weighs each pixel by all functions, and leaves out what is transparent or masked off', async t => {
  const image = swatches([255, 255, 255], [255, 255, 255], [0, 0, 0], [255, 255, 255, 0], [255, 255, 255])
  const [light, dark] = weigh(image, Uint8Array.of(255, 1, 255, 255, 0), everything, [seen => seen.lightness, seen => 1 - seen.lightness])
  t.same([...light], [255, 255, 0, 0, 0])
  t.same([...dark], [0, 0, 255, 0, 0])
})
