import sharp from 'sharp'
import t, { type Test } from 'tap'
import { draw, open } from '../core/imaging/pictures.ts'
import { buildWavespeedStudio } from './http-edit/wavespeed-studio.ts'

const [width, height] = [320, 256]
const photo = draw(width, height, 3, (x, y) => [0, 1, 2].map(n => Math.round(110 + 60 * Math.sin(x / 60 + n) + 40 * Math.cos(y / 45))))
const png = async (picture: Parameters<typeof open>[0]) => (await open(picture).png().toBuffer()).toString('base64')
const image = await png(photo)
const isMasked = (x: number, y: number) => x >= 200 && y >= 100 && y < 160
const mask = await png(draw(width, height, 1, (x, y) => [isMasked(x, y) ? 255 : 0]))

/** The API before WaveSpeed's emulator, whose models only edit by instruction. */
async function start (t: Test) {
  const { emulator, post } = await buildWavespeedStudio(t)
  const edit = async (fields: object) => {
    const { status, body } = await post('/edit/process', { image_base64: image, provider: 'wavespeed-qwen', fallback: 'none', unsupported: 'emulate', ...fields })
    const bytes = Buffer.from(body.image_base64?.split(',')[1] ?? '', 'base64')
    return { status, body, bytes, sent: emulator.calls.filter(({ path }) => path.endsWith('/edit-plus')).map(({ fields }) => fields) }
  }
  return { emulator, post, edit }
}

/** Pixels of the photo that a result has not at this place of it. */
async function changed (bytes: Buffer, [left, top] = [0, 0], counts: (x: number, y: number) => boolean = () => true) {
  const { data } = await sharp(bytes).extract({ left, top, width, height }).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  let count = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3
      if (counts(x, y) && !data.subarray(at, at + 3).equals(photo.data.subarray(at, at + 3))) count++
    }
  }
  return count
}

t.test('what is masked is edited by a model without masks, and nothing else', async t => {
  const { edit } = await start(t)
  for (const [index, operation] of ['inpaint', 'general_edit'].entries()) {
    const { status, body, bytes, sent } = await edit({ operation, prompt: 'a red boat', mask_base64: mask })
    t.equal(status, 200)
    t.match(sent[index], { prompt: 'a red boat', images: 'png 320×256' })
    t.same(Object.keys(sent[index]).toSorted(), ['enable_base64_output', 'enable_sync_mode', 'images', 'output_format', 'prompt', 'seed', 'size'])
    t.equal(await changed(bytes, [0, 0], (x, y) => !isMasked(x, y)), 0)
    t.ok(await changed(bytes) > 3000)
    t.match(body.metadata, {
      operation,
      emulated: true,
      emulation: /put back/,
      preservation: { changed_after: 0 },
      warnings: [`qwen-edit-plus does not do this ${operation} by itself, it was emulated: the whole image is edited by the prompt, and what the mask does not cover is put back`]
    })
  }
})

t.test('an image is extended by a model that only edits', async t => {
  const { edit } = await start(t)
  const { status, body, bytes, sent } = await edit({ operation: 'outpaint', expand_left: 64, expand_down: 32, prompt: 'a lake' })
  t.equal(status, 200)
  t.match(sent, [{ prompt: /^Extend .* on the left and below.*In the new part: a lake$/, images: 'png 384×288', size: '384*288' }])
  t.match(body, { width: 384, height: 288, metadata: { emulated: true } })
  t.equal(await changed(bytes, [64, 0]), 0)
})

t.test('what is looked for is replaced or recoloured by instruction', async t => {
  const { edit } = await start(t)
  const replaced = await edit({ operation: 'search_replace', search_prompt: 'the boat', prompt: 'a swan', mask_base64: mask })
  t.match(replaced, { status: 200, body: { metadata: { emulated: true } }, sent: [{ prompt: /^Replace the boat with a swan\./, images: 'png 320×256' }] })
  t.equal(await changed(replaced.bytes, [0, 0], (x, y) => !isMasked(x, y)), 0, 'a mask is honoured')
  const { status, sent: [, sent] } = await edit({ operation: 'search_recolor', select_prompt: 'the boat', prompt: 'blue', guidance_scale: 3 })
  t.equal(status, 200)
  t.match(sent, { prompt: /^Change the color of the boat to blue\./ })
})

t.test('what is to be erased is marked, and the rest is put back', async t => {
  const { edit } = await start(t)
  const { status, body, bytes, sent } = await edit({ operation: 'erase', mask_base64: mask, steps: 3 })
  t.equal(status, 200)
  t.match(sent, [{ prompt: /^The flat area of pure green/, images: 'png 320×256' }])
  t.match(body.metadata.warnings, [/emulated/, 'steps is not something that qwen-edit-plus takes: it was not sent'])
  t.equal(await changed(bytes, [0, 0], (x, y) => !isMasked(x, y)), 0)
})

t.test('without the wish nothing is emulated, nothing is spent, and the answer says what would be', async t => {
  const { emulator, edit } = await start(t)
  for (const unsupported of [undefined, 'reject', 'drop']) {
    t.match(await edit({ operation: 'erase', mask_base64: mask, unsupported }), { status: 422, body: { detail: { message: /does not do erase; with unsupported: emulate it would be emulated: / } } })
  }
  t.match(await edit({ operation: 'inpaint', prompt: 'x', mask_base64: mask, preserve_unmasked: false }), { status: 422, body: { detail: { message: /it would be lost/ } } })
  t.same(emulator.calls, [])
})

t.test('where nothing is lacking the wish changes nothing', async t => {
  const { edit } = await start(t)
  const { body, sent } = await edit({ operation: 'general_edit', prompt: 'a red boat' })
  t.match(sent, [{ prompt: 'a red boat' }])
  t.match(body.metadata, { emulated: false, emulation: null, warnings: [] })
})
