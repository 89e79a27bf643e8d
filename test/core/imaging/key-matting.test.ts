import sharp from 'sharp'
import t, { type Test } from 'tap'
import type { KeyName } from '../../../core/emulation-prompts.ts'
import { borderPlaces, readFlatBackdrop } from '../../../core/imaging/flat-backdrop.ts'
import { extractKeyMatte } from '../../../core/imaging/key-matting.ts'
import { keyness } from '../../../core/imaging/keyness.ts'
import type { Raster } from '../../../core/imaging/raster.ts'
import { alphaAt, before, height, subjectAt, width } from './keyed-pictures.ts'
import type { Picture } from './pictures.ts'

const asRaster = ({ data, ...size }: Picture): Raster => ({ ...size, data: new Uint8Array(data) })

function matteOf (picture: Raster, key: KeyName) {
  const backdrop = readFlatBackdrop(picture, borderPlaces(picture))
  if (backdrop === undefined) throw new TypeError('no backdrop')
  return extractKeyMatte(picture, backdrop, key)
}

/** Mean and greatest error of alpha in levels: in soft pixels, in all, and in those that are opaque or empty. */
function errorsOf (alpha: Uint8Array) {
  let [soft, softCount, all, hard] = [0, 0, 0, 0]
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const share = alphaAt(pixel % width, Math.floor(pixel / width))
    const error = Math.abs(alpha[pixel] - share * 255)
    all += error
    if (share > 0 && share < 1) {
      soft += error
      softCount++
    } else hard = Math.max(hard, error)
  }
  return { soft: soft / softCount, all: all / alpha.length, hard }
}

function within (t: Test, alpha: Uint8Array, limits: ReturnType<typeof errorsOf>) {
  const errors = errorsOf(alpha)
  const shown = Object.entries(errors).map(([name, value]) => `${name} ${value.toFixed(1)}`).join(', ')
  t.ok(errors.soft <= limits.soft && errors.all <= limits.all && errors.hard <= limits.hard, shown)
}

t.test('soft edges and hairs keep their alpha, before every key', async t => {
  for (const [key, colour] of [['green', [0, 255, 0]], ['blue', [20, 30, 240]], ['magenta', [240, 20, 230]]] as const) {
    within(t, matteOf(asRaster(before(() => colour)), key).alpha, { soft: 18, all: 1.2, hard: 10 })
  }
})

t.test('the key is as it really is: other than it was asked for, and not the same everywhere', async t => {
  within(t, matteOf(asRaster(before((x, y) => [45 + x / 8, 205 - y / 6, 62])), 'green').alpha, { soft: 20, all: 1.3, hard: 15 })
  within(t, matteOf(asRaster(before(() => [12, 240, 20], { noise: 10 })), 'green').alpha, { soft: 20, all: 1.3, hard: 15 })
})

t.test('a picture that was compressed is cut out too', async t => {
  const { data, channels } = before(() => [12, 240, 20])
  const jpeg = await sharp(data, { raw: { width, height, channels } }).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer()
  const decoded = await sharp(jpeg).raw().toBuffer()
  within(t, matteOf({ data: new Uint8Array(decoded), width, height, channels: 3 }, 'green').alpha, { soft: 20, all: 1.3, hard: 60 })
})

t.test('colours are freed of the key, and what is invisible has none', async t => {
  const { cutout, alpha } = matteOf(asRaster(before(() => [0, 255, 0])), 'green')
  let [sum, count] = [0, 0]
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const colour = [...cutout.data.subarray(pixel * 4, pixel * 4 + 4)]
    if (alpha[pixel] === 0) {
      if (colour.some(value => value > 0)) return t.fail(`pixel ${pixel}`)
      continue
    }
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    const isGreen = x >= 66 && x < 94 && y >= 56 && y < 74
    if (!isGreen && keyness('green', colour[0], colour[1], colour[2]) > 24) return t.fail(`green at ${x}, ${y}: ${colour}`)
    if (alpha[pixel] < 255 && alpha[pixel] > 100) {
      sum += Math.max(...subjectAt(x, y).map((value, channel) => Math.abs(value - colour[channel])))
      count++
    }
  }
  t.ok(sum / count < 30, `${sum / count}`)
  t.same([...cutout.data.subarray((65 * width + 80) * 4, (65 * width + 80) * 4 + 4)], [120, 150, 80, 255], 'what is green far inside is the subject\'s')
})

t.test('what is dim of the key far inside is no hole, and a hole is one', async t => {
  const hole = (x: number, y: number) => Math.hypot(x - 80, y - 66) < 8 ? 0 : alphaAt(x, y)
  t.equal(matteOf(asRaster(before(() => [0, 255, 0], { alpha: hole })), 'green').alpha[66 * width + 80], 0)
  const tinted = before(() => [0, 255, 0])
  const dim = asRaster({ ...tinted, data: Buffer.from(tinted.data).fill(Buffer.from([80, 180, 80]), (66 * width + 76) * 3, (66 * width + 84) * 3) })
  const { alpha, cutout } = matteOf(dim, 'green')
  t.equal(alpha[66 * width + 80], 255)
  t.ok(keyness('green', cutout.data[(66 * width + 80) * 4], cutout.data[(66 * width + 80) * 4 + 1], cutout.data[(66 * width + 80) * 4 + 2]) < 40, 'the light of the key is taken out of it')
})

t.test('sixteen bits stay sixteen', async t => {
  const { data, channels } = before(() => [0, 255, 0])
  const { cutout, alpha } = matteOf({ data: Uint16Array.from(data, value => value * 257), width, height, channels }, 'green')
  t.ok(cutout.data instanceof Uint16Array)
  within(t, alpha, { soft: 18, all: 1.2, hard: 10 })
  t.same([...cutout.data.subarray((95 * width + 60) * 4, (95 * width + 60) * 4 + 4)], [244 * 257, 241 * 257, 232 * 257, 65535])
})

t.test('the magenta of a key is taken out of both of its channels', async t => {
  const { cutout, alpha } = matteOf(asRaster(before(() => [255, 0, 255])), 'magenta')
  const left = alpha.reduce((most, value, pixel) => value === 0
    ? most
    : Math.max(most, keyness('magenta', cutout.data[pixel * 4], cutout.data[pixel * 4 + 1], cutout.data[pixel * 4 + 2])), 0)
  t.ok(left <= 20, `${left}`)
})
