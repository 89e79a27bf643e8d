import t from 'tap'
import { byteOf, fitGamut, fromOklab, hueDifference, hueOf, linearOf, toOklab, triple } from '../../../plugins/local/oklab.ts'

const linear = (...bytes: number[]) => Float64Array.from(bytes, byte => linearOf[byte])
const lab = (...bytes: number[]) => {
  const out = triple()
  toOklab(linear(...bytes), out)
  return out
}

t.test('every byte survives the way to linear light and back', async t => {
  for (let byte = 0; byte < 256; byte++) t.equal(byteOf(linearOf[byte]), byte)
  t.same([byteOf(-0.5), byteOf(1.5)], [0, 255], 'light beyond the range is clipped')
})

t.test('knows the reference values of the primaries', async t => {
  for (const [bytes, expected] of [
    [[255, 255, 255], [1, 0, 0]],
    [[255, 0, 0], [0.62796, 0.22486, 0.12585]],
    [[0, 255, 0], [0.86644, -0.23389, 0.1795]],
    [[0, 0, 255], [0.45201, -0.03246, -0.31153]],
    [[0, 0, 0], [0, 0, 0]]
  ]) {
    lab(...bytes).forEach((value, index) => t.ok(Math.abs(value - expected[index]) < 1e-4, `${bytes}[${index}]: ${value}`))
  }
})

t.test('every colour survives the way to OKLab and back', async t => {
  const rgb = triple()
  for (let red = 0; red < 256; red += 15) {
    for (let green = 0; green < 256; green += 15) {
      for (let blue = 0; blue < 256; blue += 15) {
        fromOklab(lab(red, green, blue), rgb)
        const back = [byteOf(rgb[0]), byteOf(rgb[1]), byteOf(rgb[2])]
        if (`${back}` !== `${[red, green, blue]}`) t.fail(`${[red, green, blue]} came back as ${back}`)
      }
    }
  }
})

t.test('works in place', async t => {
  const colour = linear(200, 100, 50)
  toOklab(colour, colour)
  fromOklab(colour, colour)
  t.same([byteOf(colour[0]), byteOf(colour[1]), byteOf(colour[2])], [200, 100, 50])
})

t.test('a colour beyond sRGB keeps its lightness and hue, and gives way in colourfulness', async t => {
  const rgb = triple()
  const back = triple()
  for (const [lightness, hue] of [[0.8, 264], [0.3, 110], [0.9, 29], [0.5, 195]]) {
    const angle = hue * Math.PI / 180
    fromOklab(Float64Array.of(lightness, 0.35 * Math.cos(angle), 0.35 * Math.sin(angle)), rgb)
    rgb.forEach(value => t.ok(value >= -1e-4 && value <= 1 + 1e-4, `${value} lies in the gamut`))
    toOklab(rgb, back)
    t.ok(Math.abs(back[0] - lightness) < 0.001, `lightness ${lightness} became ${back[0]}`)
    t.ok(Math.abs(hueDifference(hueOf(back[1], back[2]), hue)) < 1, `hue ${hue} became ${hueOf(back[1], back[2])}`)
    t.ok(Math.hypot(back[1], back[2]) > 0.04, 'it is still a colour')
  }
})

t.test('light beyond white is white, below black it is black', async t => {
  const bright = Float64Array.of(1.4, 1.2, 1.3)
  fitGamut(bright, 1.1)
  t.same([...bright], [1, 1, 1])
  const dark = Float64Array.of(-0.2, 0.1, -0.1)
  fitGamut(dark, 0)
  t.same([...dark], [0, 0, 0])
})

t.test('measures hues in degrees, the short way round', async t => {
  t.equal(Math.round(hueOf(0.1, 0)), 0)
  t.equal(Math.round(hueOf(0, -0.1)), 270)
  t.equal(hueDifference(10, 350), 20)
  t.equal(hueDifference(350, 10), -20)
})
