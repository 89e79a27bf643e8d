import t from 'tap'
import { FRONT } from '../../../plugins/local/band.ts'
import { copyPixel, mixBand } from '../../../plugins/local/mixture.ts'

const width = 12
const height = 9

/** A row of pixels across an edge, `height` times: the two left columns are outside, the two right ones surely subject. */
function mix (row: readonly (readonly [number, number, number])[], noise = 0) {
  const data = new Uint8Array(width * height * 4).fill(255)
  const behind = new Uint8Array(width * height * 3).fill(240)
  const depth = new Uint8Array(width * height)
  const front = new Uint8Array(width * height * 4)
  for (let p = 0; p < width * height; p++) {
    const x = p % width
    data.set(row[x], 4 * p)
    depth[p] = FRONT - 1 + x
    if (x >= width - 2) copyPixel(data, front, p)
  }
  const band = Int32Array.from({ length: width * height }, (_, p) => p).filter(p => p % width < width - 2).sort((a, b) => depth[a] - depth[b])
  mixBand({ image: { data, width, height }, behind, front, depth, band, noise, around: new Int32Array(8) })
  return Array.from({ length: width }, (_, x) => [...front.subarray(4 * (4 * width + x), 4 * (4 * width + x) + 4)])
}

const grey = (level: number) => [level, level, level] as const
const backdrop = grey(240)
const ink = [40, 60, 140] as const
const mixed = (share: number) => [240 - 200 * share, 240 - 180 * share, 240 - 100 * share].map(Math.round) as [number, number, number] // three of three

t.test('a pixel between backdrop and subject is their mixture, and has the subject\'s colour', async t => {
  const front = mix([backdrop, backdrop, mixed(0.25), mixed(0.5), mixed(0.75), ink, ink, ink, ink, ink, ink, ink])
  const shares = [1, 1, 64, 128, 192, 255, 255, 255, 255, 255, 255, 255] // a share of nothing is kept as the least there is
  front.forEach((pixel, x) => t.ok(Math.abs(pixel[3] - shares[x]) <= 1, `${x}: ${pixel[3]}`))
  for (const pixel of front) t.same(pixel.slice(0, 3), ink)
})

t.test('a pixel of another hue is no mixture', async t => {
  const front = mix([backdrop, backdrop, [230, 120, 40], ink, ink, ink, ink, ink, ink, ink, ink, ink])
  t.same(front[2], [230, 120, 40, 255])
})

t.test('what is nearly all subject is all subject, and more so in noise', async t => {
  const row = [backdrop, backdrop, mixed(0.9), ...Array.from({ length: 9 }, () => ink)]
  t.ok(Math.abs(mix(row)[2][3] - 230) <= 1)
  t.equal(mix(row, 5)[2][3], 255)
})

t.test('an echo of a strong edge is no subject, though nothing beside it is', async t => {
  const front = mix([backdrop, backdrop, [238, 214, 240], backdrop, backdrop, ...Array.from({ length: 7 }, () => ink)])
  t.ok(front[2][3] <= 30, `${front[2][3]}`)
  const far = mix([[238, 150, 240], ...Array.from({ length: 9 }, () => backdrop), backdrop, backdrop])
  t.equal(far[0][3], 0, 'outside')
})

t.test('a faint pixel inside with nothing stronger near is subject, one like the backdrop is not', async t => {
  const front = mix([backdrop, backdrop, backdrop, grey(220), ...Array.from({ length: 8 }, () => backdrop)])
  t.same(front[3], [220, 220, 220, 255])
  t.equal(mix([...Array.from({ length: 10 }, () => backdrop), [80, 240, 80], [80, 240, 80]])[5][3], 0)
})
