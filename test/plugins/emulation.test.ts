import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { draw, open } from '../core/imaging/pictures.ts'
import { asked, habits } from '../fixtures/keying-providers/keyer.ts'
import { oneCallEach } from '../fixtures/one-call-each.ts'
import { poster } from './http-edit/studio.ts'
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

t.test('who stands before another background than was asked for is not cut out, and the attempt has failed', async t => {
  const { edit } = await start(t)
  // Its emulator washes the picture over and writes a band across it, whatever it is told.
  const { status, body, sent } = await edit({ operation: 'remove_background' })
  t.equal(status, 502)
  t.match(sent, [{ prompt: /^Replace the whole background with one completely flat, even color, pure/, images: 'png 320×256' }])
  t.match(body.detail, { code: 'EDIT_ERR_OUTPUT_REJECTED', attempts: [{ billed: 'yes' }] })
})

/** The API before a model that does as it is told, in its own way. */
async function startKeyer (t: Test) {
  asked.length = 0
  const defaults = { ...habits }
  t.after(() => { Object.assign(habits, defaults) })
  const app = await buildApp(configFrom({ ...oneCallEach, logLevel: 'silent', plugins: { directories: [join(import.meta.dirname, '../fixtures/keying-providers')] } }))
  t.after(() => app.close())
  const post = poster(app)
  return async (fields: object) => {
    const { status, body } = await post('/edit/process', { provider: 'keyer', fallback: 'none', unsupported: 'emulate', ...fields })
    return { status, body, bytes: Buffer.from(body.image_base64?.split(',')[1] ?? '', 'base64') }
  }
}

const example = async (name: string) => await readFile(join(import.meta.dirname, '../examples/images', name))
const raw = async (bytes: Buffer) => (await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true })).data

t.test('a subject is cut out by a model that only edits, with its own pixels', async t => {
  const edit = await startKeyer(t)
  const mug = await example('mug.png')
  const { status, body, bytes } = await edit({ operation: 'remove_background', image_base64: mug.toString('base64') })
  t.equal(status, 200, JSON.stringify(body.detail))
  t.match(asked, [{ operation: 'general_edit', prompt: /pure green/ }])
  t.match(body, {
    width: 960,
    height: 640,
    metadata: {
      emulated: true,
      emulation: /one flat colour, which is then made transparent/,
      adaptations: [{ kind: 'restore', detail: /scaled to 960×640, its flat background is made transparent/ }, { kind: 'preserve' }]
    }
  })
  t.ok(body.metadata.preservation.changed_before > 0.5 && body.metadata.preservation.changed_after < 0.01)
  const [cut, own] = await Promise.all([raw(bytes), raw(mug)])
  const at = (data: Buffer, x: number, y: number) => [...data.subarray((y * 960 + x) * 4, (y * 960 + x) * 4 + 4)]
  for (const [x, y] of [[480, 300], [400, 420], [560, 470], [708, 330]]) t.same(at(cut, x, y), at(own, x, y), `${x}, ${y}`)
  for (const [x, y] of [[5, 5], [955, 635], [480, 60], [655, 330]]) t.same(at(cut, x, y), [0, 0, 0, 0], `${x}, ${y}, also through the handle`)
})

t.test('a subject that was moved is shown as the model made it, and so is one that is not to be preserved', async t => {
  const edit = await startKeyer(t)
  const mug = { image_base64: (await example('mug.png')).toString('base64'), operation: 'remove_background' }
  const { body: kept } = await edit({ ...mug, preserve_unmasked: false, background: '#fff', output_format: 'jpeg' })
  t.match(kept.metadata, { output_format: 'jpeg', preservation: { changed_after: kept.metadata.preservation.changed_before } })
  t.notOk(kept.metadata.adaptations.some(({ kind }: { kind: string }) => kind === 'preserve'))
  habits.shift = 12
  const { body: moved } = await edit(mug)
  t.match(moved.metadata.warnings, [/emulated/, /moved or repainted the subject/])
  t.notOk(moved.metadata.adaptations.some(({ kind }: { kind: string }) => kind === 'preserve'))
})

t.test('a background in stripes is none that can be taken away', async t => {
  const edit = await startKeyer(t)
  habits.backdrop = [90, 120, 160]
  const answer = await edit({ operation: 'remove_background', image_base64: (await example('mug.png')).toString('base64') })
  t.match(answer, { status: 502, body: { detail: { code: 'EDIT_ERR_OUTPUT_REJECTED' } } })
})

t.test('what is marked goes, and the rest of the picture is the caller\'s', async t => {
  const edit = await startKeyer(t)
  const [meadow, balloon] = await Promise.all([example('meadow.jpg'), example('meadow-mask.png')])
  const { status, bytes } = await edit({ operation: 'erase', image_base64: meadow.toString('base64'), mask_base64: balloon.toString('base64') })
  t.equal(status, 200)
  const [erased, own] = await Promise.all([raw(bytes), raw(meadow)])
  const at = (data: Buffer, x: number, y: number) => [...data.subarray((y * 960 + x) * 4, (y * 960 + x) * 4 + 3)]
  t.same(at(erased, 300, 520), at(own, 300, 520))
  const [red, , blue] = at(erased, 700, 110)
  t.ok(blue > red + 20, 'sky where the balloon was')
})
