import sharp from 'sharp'
import t from 'tap'
import type { Raster } from '../../../plugins/local/raster.ts'
import edit, { type Answer, type Job } from '../../../plugins/local/worker.ts'
import { at, ball, flat, type Pixel } from './swatches.ts'

const wall: Pixel = [205, 205, 200]
const encode = async ({ data, width, height }: Raster) => new Uint8Array(await sharp(data, { raw: { width, height, channels: 4 } }).png().toBuffer())

async function decode (answer: Answer): Promise<Raster> {
  if ('refused' in answer) throw new Error(answer.refused)
  const { data, info } = await sharp(answer.png).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

async function grey (width: number, height: number, level: (x: number, y: number) => number): Promise<Uint8Array> {
  const levels = Uint8Array.from({ length: width * height }, (_, index) => level(index % width, Math.floor(index / width)))
  return new Uint8Array(await sharp(levels, { raw: { width, height, channels: 1 } }).toColourspace('b-w').png().toBuffer())
}

const run = async (job: Omit<Job, 'image' | 'parameters'> & Partial<Job>) =>
  await decode(await edit({ image: await encode(ball(64, 48, [210, 40, 40], wall)), parameters: {}, ...job }))

t.test('runs every operation with its inputs', async t => {
  const wide = await encode(ball(128, 48, [210, 40, 40], wall))
  const mask = await grey(128, 48, (x, y) => Math.hypot(x - 64, y - 24) < 19 ? 255 : 0)
  t.equal(at(await run({ operation: 'remove_background' }), 1, 1)[3], 0)
  t.ok(at(await run({ operation: 'erase', image: wide, mask, parameters: { grow_mask: 1, seed: 1 } }), 64, 24)[1] > 150)
  t.match(await run({ operation: 'outpaint', expansion: { left: 8, right: 4, up: 2, down: 6 } }), { width: 76, height: 56 })
  t.same(at(await run({ operation: 'relight', background: await encode(flat(64, 48, [20, 60, 200])) }), 1, 1), [20, 60, 200, 255])
  t.match(await run({ operation: 'relight', lighting: await encode(flat(64, 48, [20, 60, 200])) }), { width: 64, height: 48 })
  const blue = at(await run({ operation: 'search_recolor', selectPrompt: 'red', prompt: 'blue' }), 32, 24)
  t.ok(blue[2] > blue[0] + 50)
  const [red, green] = at(await run({ operation: 'general_edit', prompt: 'black and white' }), 32, 24)
  t.equal(red, green)
})

t.test('a mask arrives as it was sent', async t => {
  const mask = await grey(64, 48, x => x < 20 ? 0 : 255)
  const image = await run({ operation: 'general_edit', prompt: 'invert', mask })
  t.same(at(image, 19, 2), [...wall, 255])
  t.same(at(image, 20, 2), [50, 50, 55, 255])
})

t.test('a refusal is an answer, with its reason', async t => {
  t.match(await edit({ operation: 'general_edit', image: await encode(flat(8, 8, wall)), prompt: 'a dragon', parameters: {} }), { refused: /^"dragon" is not/ })
})

t.test('tells that depth was lost, and nothing when none was', async t => {
  const deep = await sharp(new Uint16Array(48).fill(40_000), { raw: { width: 4, height: 4, channels: 3 } }).toColourspace('rgb16').png().toBuffer()
  const job = { operation: 'general_edit', prompt: 'invert', parameters: {} } as const
  t.match(await edit({ ...job, image: new Uint8Array(deep) }), { warnings: ['edited in 8 bits a channel: the image had more'] })
  t.match(await edit({ ...job, image: await encode(flat(4, 4, wall)) }), { warnings: [] })
})

t.test('a colour profile comes back, but not on what was put together', async t => {
  const { data } = ball(64, 48, [210, 40, 40], wall)
  const image = new Uint8Array(await sharp(data, { raw: { width: 64, height: 48, channels: 4 } }).withIccProfile('p3').png().toBuffer())
  const profiled = async (job: Pick<Job, 'operation'> & Partial<Job>) => {
    const answer = await edit({ image, parameters: {}, ...job })
    return 'png' in answer && (await sharp(answer.png).metadata()).icc !== undefined
  }
  t.equal(await profiled({ operation: 'general_edit', prompt: 'darker' }), true)
  t.equal(await profiled({ operation: 'relight', background: await encode(flat(64, 48, wall)) }), false)
})

t.test('rejects with what is no refusal', async t => {
  await t.rejects(edit({ operation: 'general_edit', image: new Uint8Array(10), prompt: 'darker', parameters: {} }))
  await t.rejects(edit({ operation: 'inpaint', image: await encode(flat(8, 8, wall)), parameters: {} }), new TypeError('there is no local inpaint'))
  const expansion = { left: -100, right: 0, up: 0, down: 0 }
  await t.rejects(edit({ operation: 'outpaint', image: await encode(flat(64, 64, wall)), expansion, parameters: {} }), { name: 'RangeError' })
})
