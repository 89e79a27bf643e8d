import t from 'tap'
import { toOklab, linearOf, hueDifference, hueOf } from '../../../plugins/local/oklab.ts'
import type { Raster } from '../../../plugins/local/raster.ts'
import { applyTones, lift } from '../../../plugins/local/tone.ts'
import type { ToneStep } from '../../../plugins/local/vocabulary.ts'
import { pixels, swatches, type Pixel } from './swatches.ts'

const greys = swatches(...Array.from({ length: 256 }, (_, level): Pixel => [level, level, level]))
const colours: Pixel[] = [[200, 40, 40], [220, 160, 40], [60, 140, 50], [40, 160, 170], [50, 70, 200], [150, 60, 160], [240, 190, 170], [40, 25, 20]]
const apply = (image: Raster, ...steps: ToneStep[]) => pixels(applyTones(image, steps))

function lch ([red, green, blue]: Pixel | number[]): { lightness: number, chroma: number, hue: number } {
  const lab = Float64Array.of(linearOf[red], linearOf[green], linearOf[blue])
  toOklab(lab, lab)
  return { lightness: lab[0], chroma: Math.hypot(lab[1], lab[2]), hue: hueOf(lab[1], lab[2]) }
}

t.test('does not write to the image, and leaves alpha alone', async t => {
  const image = swatches([10, 200, 90, 0], [10, 200, 90, 128])
  const before = [...image.data]
  const after = pixels(applyTones(image, [{ edit: 'invert' }]))
  t.same([...image.data], before)
  t.same(after, [[245, 55, 165, 0], [245, 55, 165, 128]])
})

t.test('greys stay grey under every edit that is not a tint', async t => {
  for (const step of [
    { edit: 'brightness', amount: 0.5 }, { edit: 'brightness', amount: -0.5 }, { edit: 'contrast', amount: 0.6 }, { edit: 'contrast', amount: -0.6 },
    { edit: 'saturation', amount: 1 }, { edit: 'saturation', amount: -1 }, { edit: 'greyscale', amount: 1 }, { edit: 'invert' }
  ] as const) {
    t.same(apply(greys, step).filter(([red, green, blue]) => red !== green || green !== blue), [], JSON.stringify(step))
  }
})

t.test('brightness keeps black, white, hue and the order of greys', async t => {
  for (const amount of [1, 0.2, -0.2, -1]) {
    const levels = apply(greys, { edit: 'brightness', amount }).map(([level]) => level)
    t.equal(levels[0], 0)
    t.equal(levels[255], 255)
    levels.forEach((level, index) => {
      if (index > 0 && level < levels[index - 1]) t.fail(`${index} is darker than the grey below it`)
      if (index > 20 && index < 235 && Math.sign(level - index) !== Math.sign(amount)) t.fail(`${index} became ${level}`)
    })
  }
  apply(swatches(...colours), { edit: 'brightness', amount: 0.2 }).forEach((pixel, index) => {
    t.ok(lch(pixel).lightness > lch(colours[index]).lightness + 0.02)
    t.ok(Math.abs(hueDifference(lch(pixel).hue, lch(colours[index]).hue)) < 4, `${colours[index]} became ${pixel}`)
  })
})

t.test('brighter and as much darker again is the image as it was', async t => {
  const there = applyTones(swatches(...colours), [{ edit: 'brightness', amount: 0.15 }, { edit: 'brightness', amount: -0.15 }])
  pixels(there).forEach((pixel, index) => pixel.slice(0, 3).forEach((level, channel) => {
    t.ok(Math.abs(level - Number(colours[index][channel])) <= 1, `${colours[index]} became ${pixel}`)
  }))
})

t.test('more contrast parts light and dark, less draws them to the middle', async t => {
  const steep = apply(greys, { edit: 'contrast', amount: 0.5 }).map(([level]) => level)
  const mild = apply(greys, { edit: 'contrast', amount: -0.5 }).map(([level]) => level)
  t.same([steep[0], steep[255]], [0, 255])
  t.ok(steep[60] < 50 && steep[200] > 210)
  t.ok(mild[0] > 30 && mild[60] > 70 && mild[200] < 190 && mild[255] < 220)
  t.ok(Math.abs(steep[122] - 122) < 5 && Math.abs(mild[122] - 122) < 5, 'the middle stays')
})

t.test('less contrast does not blow up the colour of dark pixels', async t => {
  const dark: Pixel = [26, 20, 22]
  const [pixel] = apply(swatches(dark), { edit: 'contrast', amount: -0.5 })
  t.ok(lch(pixel).chroma <= lch(dark).chroma * 1.1)
})

t.test('saturation changes colourfulness alone', async t => {
  for (const amount of [0.3, -0.5]) {
    apply(swatches(...colours), { edit: 'saturation', amount }).forEach((pixel, index) => {
      const before = lch(colours[index])
      const after = lch(pixel)
      t.ok(Math.abs(after.lightness - before.lightness) < 0.012, `lightness of ${colours[index]}`)
      t.ok(Math.abs(hueDifference(after.hue, before.hue)) < 5, `hue of ${colours[index]}`)
      t.equal(Math.sign(after.chroma - before.chroma), Math.sign(amount), `chroma of ${colours[index]}`)
    })
  }
  t.same(apply(swatches(...colours), { edit: 'saturation', amount: -1 }), apply(swatches(...colours), { edit: 'greyscale', amount: 1 }))
})

t.test('greyscale goes by how light a colour looks, and halfway keeps half of the colour', async t => {
  const [yellow, blue] = apply(swatches([255, 255, 0], [0, 0, 255]), { edit: 'greyscale', amount: 1 })
  t.ok(yellow[0] > 240 && blue[0] < 100)
  const [half] = apply(swatches([200, 40, 40]), { edit: 'greyscale', amount: 0.5 })
  t.ok(Math.abs(lch(half).chroma / lch([200, 40, 40]).chroma - 0.5) < 0.02)
})

t.test('sepia is brown in the middle, and leaves black and white', async t => {
  const toned = apply(greys, { edit: 'sepia', amount: 1 })
  t.same([toned[0], toned[255]], [[0, 0, 0, 255], [255, 255, 255, 255]])
  const [red, green, blue] = toned[128]
  t.ok(red > green && green > blue && red - blue > 30)
})

t.test('warmer is redder and less blue, cooler the other way, at the same lightness', async t => {
  for (const [amount, sign] of [[0.3, 1], [-0.3, -1]]) {
    const toned = apply(greys, { edit: 'warmth', amount })
    t.same([toned[0], toned[255]], [[0, 0, 0, 255], [255, 255, 255, 255]])
    const [red, green, blue] = toned[128]
    t.equal(Math.sign(red - green), sign)
    t.equal(Math.sign(green - blue), sign)
    t.ok(Math.abs(lch(toned[128]).lightness - lch([128, 128, 128]).lightness) < 0.005)
  }
})

t.test('inverting twice gives the image back', async t => {
  t.same(apply(swatches(...colours), { edit: 'invert' }, { edit: 'invert' }), pixels(swatches(...colours)))
})

t.test('several edits are rounded once', async t => {
  const dark = swatches([30, 30, 31], [31, 31, 30])
  t.same(apply(dark, { edit: 'brightness', amount: -1 }, { edit: 'brightness', amount: 1 }), pixels(dark))
  t.not(apply(applyTones(dark, [{ edit: 'brightness', amount: -1 }]), { edit: 'brightness', amount: 1 }), pixels(dark))
})

t.test('lift pins black and white and undoes itself', async t => {
  t.equal(lift(0, 3), 0)
  t.equal(lift(1, 3), 1)
  t.ok(Math.abs(lift(lift(0.4, 3), 1 / 3) - 0.4) < 1e-9)
})
