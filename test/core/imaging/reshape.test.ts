import t from 'tap'
import { addReshape, reshapedSize, reshapeMask, type Reshape } from '../../../core/imaging/reshape.ts'
import { draw, open, type Picture } from './pictures.ts'

const none = { left: 0, right: 0, up: 0, down: 0 }
const box = (width: number, height: number, [left, top, right, bottom]: readonly number[], levels: readonly [number, number] = [0, 255]): Picture =>
  draw(width, height, 1, (x, y) => [levels[x >= left && x < right && y >= top && y < bottom ? 1 : 0]])

async function reshaped (picture: Picture, reshape: Reshape) {
  const pipeline = open(picture)
  addReshape(pipeline, reshape)
  return await pipeline.raw().toBuffer({ resolveWithObject: true })
}

/** The rectangle of what is edited by more than a half. */
function edited ({ pixels, width }: { pixels: Uint8Array, width: number }): number[] {
  const places = [...pixels.keys()].filter(at => pixels[at] >= 128)
  const [xs, ys] = [places.map(at => at % width), places.map(at => Math.floor(at / width))]
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1]
}

t.test('an image is cut, then scaled, then padded with what stands at its edges', async t => {
  const picture = draw(40, 20, 3, (x, y) => [x < 20 ? 200 : 40, y < 10 ? 100 : 20, 7])
  const reshape = { crop: { left: 0, top: 0, width: 40, height: 10 }, scaledTo: { width: 20, height: 5 }, padding: { left: 2, right: 3, up: 4, down: 1 } }
  t.same(reshapedSize(picture, reshape), { width: 25, height: 10 })
  const { data, info: { width, height } } = await reshaped(picture, reshape)
  t.same({ width, height }, { width: 25, height: 10 })
  const at = (x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
  t.same([at(0, 0), at(24, 9), at(4, 6)], [[200, 100, 7], [40, 100, 7], [200, 100, 7]])
})

t.test('padding has a colour where one is given, also around a grey image', async t => {
  const reshape = { padding: { left: 1, right: 2, up: 0, down: 0 }, fill: '#808080' }
  const { data } = await reshaped(draw(4, 1, 3, () => [10, 20, 30]), reshape)
  t.same([...data.subarray(0, 6), ...data.subarray(18)], [128, 128, 128, 10, 20, 30, 128, 128, 128])
  const grey = await reshaped(box(4, 4, [0, 0, 4, 4]), reshape)
  t.same([...grey.data.subarray(0, grey.info.channels * 2)], [...Array(grey.info.channels).fill(128), ...Array(grey.info.channels).fill(255)])
})

t.test('nothing to do is nothing done', async t => {
  const picture = box(6, 4, [1, 1, 3, 3])
  t.same(reshapedSize(picture, {}), { width: 6, height: 4 })
  t.same((await reshaped(picture, {})).data, picture.data)
  const mask = { pixels: picture.data, width: 6, height: 4 }
  t.equal(await reshapeMask(mask, {}), mask)
  t.equal(await reshapeMask(mask, { scaledTo: mask, padding: none }), mask)
})

t.test('what is transparent does not bleed into what is scaled', async t => {
  const cutOut = draw(64, 64, 4, x => x < 32 ? [255, 0, 0, 255] : [0, 255, 0, 0])
  const { data } = await reshaped(cutOut, { scaledTo: { width: 17, height: 17 } })
  const greenest = Math.max(...[...data.keys()].filter(at => at % 4 === 1 && data[at + 2] > 0).map(at => data[at]))
  t.ok(greenest <= 2, `green up to ${greenest}`)
})

t.test('the mask lies over the same things as before, and the padding is kept', async t => {
  const { data, width, height } = box(300, 200, [99, 51, 201, 150])
  const half = await reshapeMask({ pixels: data, width, height }, { scaledTo: { width: 150, height: 100 }, padding: { ...none, left: 10, down: 50 } })
  t.match(half, { width: 160, height: 150 })
  // An edge that lies on a pixel's own may move outwards by one.
  t.same(edited(half), [59, 25, 111, 76])
  t.same([...new Set(half.pixels)], [0, 255])
  t.equal(half.pixels.subarray(100 * 160).every(value => value === 0), true)
  t.same(edited(await reshapeMask({ pixels: data, width, height }, { padding: { ...none, left: 7 } })), [106, 51, 208, 150])
  t.same(edited(await reshapeMask({ pixels: data, width, height }, { scaledTo: { width: 900, height: 600 } })), [297, 153, 603, 450])
})

t.test('a part of the mask is cut out with that of the image', async t => {
  const { data, width, height } = box(300, 200, [99, 51, 201, 150])
  const crop = { left: 90, top: 40, width: 120, height: 140 }
  const part = await reshapeMask({ pixels: data, width, height }, { crop })
  t.match(part, { width: 120, height: 140 })
  t.same(edited(part), [9, 11, 111, 110])
  const half = await reshapeMask({ pixels: data, width, height }, { crop, scaledTo: { width: 60, height: 70 }, padding: { ...none, left: 4 } })
  t.match(half, { width: 64, height: 70 })
  t.same(edited(half), [8, 5, 60, 56])
})

t.test('a mask of two levels keeps to them, a soft one stays soft', async t => {
  const hard = box(100, 100, [33, 33, 67, 67])
  const soft = draw(100, 100, 1, x => [x * 2])
  for (const side of [41, 170]) {
    const scaledTo = { width: side, height: side }
    t.same([...new Set((await reshapeMask({ pixels: hard.data, width: 100, height: 100 }, { scaledTo })).pixels)].toSorted(), [0, 255])
    const levels = new Set((await reshapeMask({ pixels: soft.data, width: 100, height: 100 }, { scaledTo })).pixels)
    t.ok(levels.size > 30, `${levels.size} levels`)
  }
})

t.test('a line thinner than a pixel of what is sent is not lost', async t => {
  const { data } = box(400, 300, [201, 0, 202, 300])
  const { pixels, width } = await reshapeMask({ pixels: data, width: 400, height: 300 }, { scaledTo: { width: 100, height: 75 } })
  t.same(edited({ pixels, width }).filter((_, at) => at % 2 === 1), [0, 75])
})

t.test('masks are taken from a view into a larger buffer', async t => {
  const { data } = box(20, 10, [0, 0, 10, 10])
  const pixels = new Uint8Array(Buffer.concat([Buffer.alloc(3, 9), data])).subarray(3)
  t.same(edited(await reshapeMask({ pixels, width: 20, height: 10 }, { scaledTo: { width: 40, height: 20 } })), [0, 0, 20, 20])
})
