import sharp from 'sharp'
import t from 'tap'
import { transferableSymbol, valueSymbol } from 'piscina'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { compare, cutOut, encode, preserve, restoreAlpha, shape } from '../../../core/imaging/pixel-work.ts'
import { corrupt, draw, open, picture } from './pictures.ts'

const valueOf = (answer: object) => Reflect.get(answer, valueSymbol)
const movedOf = (answer: object) => Reflect.get(answer, transferableSymbol)
/** What a task holds is the thread's own, and gone after it. */
const own = <T>(task: T): T => structuredClone(task)
const further = { anew: false, flattened: false }
const mask = { pixels: Uint8Array.of(0, 7), width: 2, height: 1 }

t.test('a shaped mask is moved', async t => {
  const answer = await shape(own({ mask, grow: 1, feather: 0 }))
  t.same(valueOf(answer), [7, 7])
  t.same(movedOf(answer), [valueOf(answer).buffer])
})

t.test('a preserved image is moved, and counts have nothing to move', async t => {
  const png = await open(picture(2, 1)).png().toBuffer()
  const image = await readHeader(png, 'image', limits)
  const comparison = { image, result: image, reshape: {}, size: { width: 2, height: 1 }, place: { left: 0, top: 0, width: 2, height: 1 }, mask }
  const preserved = await preserve(own({ ...comparison, further }))
  t.match(valueOf(preserved), { changed: 0, total: 1 })
  t.same(movedOf(preserved), [valueOf(preserved).picture.png.buffer])
  const counted = await compare(own(comparison))
  t.same([valueOf(counted), movedOf(counted)], [{ changed: 0, total: 1 }, []])

  const damaged = await readHeader(corrupt(png, png.indexOf('IDAT') + 4, 12), 'result', limits)
  const failed = await preserve(own({ ...comparison, result: damaged, further }))
  t.same([valueOf(failed), movedOf(failed)], [{ damaged: 'result' }, []])
})

t.test('a cut-out is moved, and a reason not to cut has nothing to move', async t => {
  const size = { width: 40, height: 30 }
  const of = async (ground: readonly number[]) => await readHeader(await open(draw(40, 30, 3, (x, y) => x > 10 && x < 30 && y > 8 && y < 22 ? [90, 80, 70] : ground)).png().toBuffer(), 'image', limits)
  const image = await of([200, 200, 200])
  const task = { image, reshape: {}, size, place: { left: 0, top: 0, ...size }, ownPixels: true, further }
  const made = await cutOut(own({ ...task, result: await of([0, 255, 0]) }))
  t.same(movedOf(made), [valueOf(made).picture.png.buffer])
  const failed = await cutOut(own({ ...task, result: image }))
  t.match([valueOf(failed), movedOf(failed)], [{ unkeyed: String }, []])
})

t.test('an image with its transparency is moved, and the lack of it has nothing to move', async t => {
  const size = { width: 40, height: 30 }
  const of = async (channels: 3 | 4) => await readHeader(await open(draw(40, 30, channels, x => [90, 80, 70, x < 20 ? 255 : 0].slice(0, channels))).png().toBuffer(), 'image', limits)
  const task = { image: await of(4), result: await of(3), reshape: {}, size, place: { left: 0, top: 0, ...size }, further }
  const made = await restoreAlpha(own(task))
  t.same(movedOf(made), [valueOf(made).picture.png.buffer])
  const failed = await restoreAlpha(own({ ...task, image: task.result }))
  t.same([valueOf(failed), movedOf(failed)], [{ uneven: true }, []])
})

t.test('an encoded raster is moved, and gone', async t => {
  const raster = { ...picture(3, 2), data: new Uint8Array(picture(3, 2).data) }
  const answer = await encode({ raster, icc: undefined })
  t.same(movedOf(answer), [valueOf(answer).buffer])
  t.ok((await sharp(valueOf(answer)).raw().toBuffer()).equals(picture(3, 2).data))
  t.equal(raster.data.length, 0)
})

t.test('what a task held is freed', async t => {
  const { bytes, ...header } = await readHeader(await open(picture(2, 1)).png().toBuffer(), 'image', limits)
  const place = { left: 0, top: 0, width: 2, height: 1 }
  const of = () => ({ ...header, bytes: Buffer.from(new Uint8Array(bytes).buffer) })
  const task = { image: of(), result: of(), reshape: {}, size: { width: 2, height: 1 }, place, mask: own(mask) }
  await compare(task)
  t.same([task.image.bytes.length, task.result.bytes.length, task.mask.pixels.length], [0, 0, 0])
})
