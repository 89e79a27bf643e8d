import sharp from 'sharp'
import t from 'tap'
import { cutOutImage } from '../../../core/imaging/cut-out-work.ts'
import type { Question } from '../../../core/imaging/gate-figures.ts'
import { readHeader } from '../../../core/imaging/header.ts'
import { defaultImageLimits } from '../../../core/imaging/limits.ts'
import { alphaAt, before, height, room, subjectAt, width } from './keyed-pictures.ts'
import { corrupt, draw, open, pixelsOf, samplesOf, type Picture } from './pictures.ts'

const size = { width, height }
const png = (picture: Picture) => open(picture).png().toBuffer()
const image = await png(before(room))
const keyed = await png(before(() => [12, 240, 20], { tone: value => value * 0.95 + 6 }))

async function cut (result: Buffer, { source = image, ownPixels = true, anew = false, question }: { source?: Buffer, ownPixels?: boolean, anew?: boolean, question?: Question } = {}) {
  const read = async (bytes: Buffer, name: string) => await readHeader(bytes, name, defaultImageLimits)
  return await cutOutImage({
    image: await read(source, 'image'), result: await read(result, 'result'), reshape: {}, size, place: { left: 0, top: 0, ...size }, ownPixels, further: { anew, flattened: false }, question
  })
}

async function done (...options: Parameters<typeof cut>) {
  const made = await cut(...options)
  if (!('picture' in made) || !('png' in made.picture)) throw new TypeError(JSON.stringify(made))
  const bytes = Buffer.from(made.picture.png)
  const { data } = await pixelsOf(bytes)
  return { ...made, bytes, at: (x: number, y: number) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)] }
}

t.test('the subject has the image\'s own pixels, whatever the model made of their tone, and nothing is behind it', async t => {
  const { at, alpha, profiled, changed, total, ownBut, warnings } = await done(keyed)
  t.same([at(80, 80), at(60, 95), at(90, 103), at(80, 65)], [[80, 80], [60, 95], [90, 103], [80, 65]].map(([x, y]) => [...subjectAt(x, y), 255]))
  t.same([at(0, 0), at(159, 119), at(20, 60)], [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
  t.match({ alpha, profiled, warnings }, { alpha: true, profiled: false, warnings: [] })
  t.ok(changed > 0.9 * total && Number(ownBut) < 0.02 * total, `${changed} ${ownBut} ${total}`)
})

t.test('soft edges have the tone of the image', async t => {
  const { at } = await done(keyed)
  let [sum, count] = [0, 0]
  for (let y = 40; y < 90; y++) {
    for (let x = 30; x < 130; x++) {
      const share = alphaAt(x, y)
      if (share < 0.4 || share > 0.8 || Math.hypot(x - 80, y - 66) < 33) continue
      const colour = at(x, y)
      if (colour[3] < 60) continue
      sum += Math.max(...subjectAt(x, y).map((value, channel) => Math.abs(value - colour[channel])))
      count++
    }
  }
  t.ok(count > 50 && sum / count < 35, `${sum / count} of ${count}`)
})

t.test('a moved subject, and one whose own pixels are not wished, are shown as they were made', async t => {
  const made = await done(keyed, { ownPixels: false })
  t.equal(made.ownBut, undefined)
  t.same(made.warnings, [])
  t.same(made.at(80, 80), [...subjectAt(80, 80).map(value => Math.round(value * 0.95 + 6)), 255])
  const moved = await done(await png(before(() => [12, 240, 20], { alpha: (x, y) => alphaAt(x - 8, y) })))
  t.match(moved, { ownBut: undefined, warnings: [/moved or repainted/] })
})

t.test('without a key there is nothing to cut out', async t => {
  const unkeyed = { unkeyed: /not one flat colour/ }
  t.match(await cut(image), unkeyed, 'the model has handed the image back')
  t.match(await cut(await png(before(() => [250, 250, 250]))), unkeyed, 'white is no key')
  t.match(await cut(await png(before((x, y) => [(x * 29) % 256, (y * 31) % 256, 20]))), unkeyed)
  t.match(await cut(await png(before(x => [12 + (x % 12) * 5, 240 - (x % 12) * 6, 20 + (x % 12) * 5]))), unkeyed, 'it varies by too much')
  t.match(await cut(await png(draw(4, 4, 3, () => [0, 255, 0]))), unkeyed, 'too few pixels')
  t.match(await cut(await png(draw(width, height, 3, () => [0, 255, 0]))), { unkeyed: /nothing but a background/ })
  const grey = await png(draw(width, height, 1, x => [x]))
  t.match(await cut(grey, { source: grey }), unkeyed)
})

t.test('what was transparent in the image stays so', async t => {
  const { data } = before(room)
  const clear = await png(draw(width, height, 4, (x, y) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), y > 80 ? 100 : 255]))
  const { at } = await done(keyed, { source: clear })
  t.same([at(80, 66)[3], at(60, 95)[3]], [255, 100])
  t.same(at(60, 95).slice(0, 3), [244, 241, 232].map((_, channel) => at(60, 95)[channel]))
})

t.test('sixteen bits and a profile are the image\'s; a grey image gets the colours of its result', async t => {
  const samples = Uint16Array.from(before(room).data, value => value * 256 + value)
  const deep = await sharp(samples, { raw: { width, height, channels: 3 } }).toColourspace('rgb16').png().toBuffer()
  const { bytes } = await done(keyed, { source: deep })
  t.equal((await samplesOf(bytes))[(95 * width + 60) * 4], 244 * 257)
  const wide = await open(before(room)).withIccProfile('p3').png().toBuffer()
  t.match(await done(keyed, { source: wide }), { profiled: true })
  const grey = await open(before(room)).toColourspace('b-w').png().toBuffer()
  t.match(await done(keyed, { source: grey }), { profiled: false, ownBut: undefined })
})

t.test('what does not decode is said', async t => {
  t.same(await cut(corrupt(keyed, keyed.indexOf('IDAT') + 9, 12)), { damaged: 'result' })
  t.same(await cut(keyed, { source: corrupt(image, image.indexOf('IDAT') + 9, 12) }), { damaged: 'image' })
})

t.test('what is encoded anew at once comes as mere pixels, and what is asked for the gates is answered', async t => {
  const question = { distance: false, prominence: false, transparency: true, enlarged: 1 }
  const [small, asked, plain] = [await done(keyed), await done(keyed, { question }), await cut(keyed, { anew: true, question })]
  if (!('picture' in plain) || !('raw' in plain.picture)) throw new TypeError('it is a PNG')
  t.ok(Buffer.from(plain.picture.raw.data).equals((await pixelsOf(small.bytes)).data))
  t.equal(small.figures, undefined)
  t.match(plain.figures, { contrast: Number, clear: Number, visible: Number })
  t.same(plain.figures, asked.figures)
})
