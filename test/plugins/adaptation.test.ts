import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { asked } from '../fixtures/narrow-providers/narrow.ts'
import { anyResult, oneCallEach } from '../fixtures/one-call-each.ts'
import { draw, open, type Picture } from '../core/imaging/pictures.ts'
import { createStabilityEmulator } from '../vendors/stability/index.ts'
import { poster } from './http-edit/studio.ts'

/** The API with a model of narrow limits, before which any request has to be adapted, and Stability's emulator. */
async function buildService (t: Test, settings: object = {}) {
  const emulator = await createStabilityEmulator({ megapixels: 'always' })
  t.after(() => emulator.close())
  const app = await buildApp(configFrom({
    ...oneCallEach,
    ...settings,
    logLevel: 'silent',
    plugins: { directories: [join(import.meta.dirname, '../fixtures/narrow-providers')], stability: { apiKey: emulator.key, baseUrl: emulator.url }, local: false }
  }))
  t.after(() => app.close())
  const post = poster(app)
  return {
    emulator,
    /** Plans and edits: what is planned is what is done. */
    async edit (fields: object) {
      const planned = (await post('/edit/plan', fields)).body
      const { status, body } = await post('/edit/process', fields)
      t.equal(status, 200, JSON.stringify(body.detail))
      t.same(body.metadata.adaptations, planned.candidates[0].adaptations)
      const details: string[] = body.metadata.adaptations.map(({ kind, detail }: Record<string, string>) => `${kind}: ${detail}`)
      const { data, info } = await sharp(Buffer.from(body.image_base64.split(',')[1], 'base64')).toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true })
      const { width, height } = info
      t.same([width, height], [body.width, body.height])
      return { body, details, result: { data, width, height, channels: 3 } as const }
    },
    post
  }
}

const encode = async (picture: Picture) => (await open(picture).png({ compressionLevel: 1 }).toBuffer()).toString('base64')
const at = ({ data, width }: Picture, x: number, y: number) => [...data.subarray((y * width + x) * 3).subarray(0, 3)]
const isNear = (a: readonly number[], b: readonly number[], tolerance: number) => a.every((value, channel) => Math.abs(value - b[channel]) <= tolerance)
/** A smooth picture in which every place has its own colour. */
const chart = (width: number, height: number) => draw(width, height, 3, (x, y) => [60 + 150 * x / width, 60 + 150 * y / height, 90])
const magenta = [255, 0, 255]

t.test('an image of 3000×2000 is edited by a model of at most 1536 pixels, the mask over the same place, and comes back in its size', async t => {
  const { edit } = await buildService(t)
  const picture = chart(3000, 2000)
  const mask = draw(3000, 2000, 1, (x, y) => [x >= 600 && x < 1200 && y >= 500 && y < 900 ? 255 : 0])
  const { details, result } = await edit({ image_base64: await encode(picture), mask_base64: await encode(mask), operation: 'inpaint', prompt: 'a hat', provider: 'narrow', preserve_unmasked: false })
  t.match(asked.at(-1), { images: [{ width: 1536, height: 1024 }], mask: { width: 1536, height: 1024 } })
  t.same(details, ['resize: 3000×2000 is sent as 1536×1024', 'restore: of the result: it is scaled to 3000×2000'])
  t.same([result.width, result.height], [3000, 2000])
  for (const [x, y] of [[900, 700], [610, 510], [1190, 510], [610, 890], [1190, 890]] as const) t.ok(isNear(at(result, x, y), magenta, 3), `edited at ${x}, ${y}`)
  for (const [x, y] of [[588, 700], [1212, 700], [900, 488], [900, 912], [20, 20], [2980, 1980]] as const) {
    t.ok(isNear(at(result, x, y), at(picture, x, y), 4), `kept at ${x}, ${y}`)
  }
})

t.test('a panorama is padded, the padding is kept by the mask, and is not in the result', async t => {
  // The whole becomes magenta, which is as blank as a failure.
  const { edit } = await buildService(t, anyResult)
  const picture = chart(1200, 300)
  const everything = draw(1200, 300, 1, x => [x < 1199 ? 255 : 0])
  const { details, result } = await edit({ image_base64: await encode(picture), mask_base64: await encode(everything), operation: 'inpaint', prompt: 'a hat', provider: 'narrow', preserve_unmasked: false })
  t.same(details, ['pad: 1200×300 is padded to 1200×600, which the mask keeps', 'restore: of the result: its padding is cut off'])
  const sent = await sharp(asked.at(-1)?.mask?.bytes).toColourspace('b-w').raw().toBuffer()
  t.same([0, 149, 150, 449, 450, 599].map(y => sent[y * 1200 + 600]), [0, 0, 255, 255, 0, 0])
  t.same([result.width, result.height], [1200, 300])
  t.same([at(result, 600, 0), at(result, 600, 299), at(result, 0, 150)], [magenta, magenta, magenta])
})

t.test('an outpainting is scaled with its expansion, padded where it does not grow, and is as large as it was asked to be', async t => {
  const { edit } = await buildService(t)
  const picture = chart(3000, 1000)
  const { details, result } = await edit({ image_base64: await encode(picture), operation: 'outpaint', expand_up: 300, expand_right: 600, provider: 'narrow' })
  t.match(asked.at(-1), { images: [{ width: 1536, height: 768 }], expansion: { left: 0, right: 307, up: 154, down: 0 } })
  t.same(details, [
    'resize: 3000×1000 is sent as 1536×512', 'pad: 1536×512 is padded to 1536×768', 'restore: of the result: its padding is cut off, it is scaled to 3600×1300',
    'preserve: the image as it was sent is put back into the result'
  ])
  t.same([result.width, result.height], [3600, 1300])
  t.ok(isNear(at(result, 1500, 150), [0, 255, 255], 3) && isNear(at(result, 3300, 800), [0, 255, 255], 3), 'grown above and on the right')
  for (const [x, y] of [[0, 300], [10, 310], [1500, 800], [2999, 1299]] as const) t.same(at(result, x, y), at(picture, x, y - 300), `kept at ${x}, ${y}`)
})

t.test('Stability extends and searches a panorama of four to one, and enlarges a tiny picture', async t => {
  const { edit, emulator } = await buildService(t)
  const panorama = await encode(chart(800, 200))
  const grown = await edit({ image_base64: panorama, operation: 'outpaint', expand_left: 64, provider: 'stability' })
  t.same(grown.details, [
    'pad: 800×200 is padded to 800×320', 'restore: of the result: its padding is cut off', 'preserve: the image as it was sent is put back into the result'
  ])
  t.match(emulator.calls.at(-1)?.fields, { image: 'png 800×320', left: '64' })
  t.match(grown.body, { width: 864, height: 200 })
  t.same(at(grown.result, 64 + 400, 100), at(chart(800, 200), 400, 100), 'the image is where it was')

  const replaced = await edit({ image_base64: panorama, operation: 'search_replace', search_prompt: 'ball', prompt: 'an apple', provider: 'stability' })
  t.same(replaced.details, ['pad: 800×200 is padded to 800×320', 'restore: of the result: its padding is cut off, it is scaled to 800×200'])
  t.match(replaced.body, { width: 800, height: 200 })

  const tiny = await edit({ image_base64: await encode(chart(40, 40)), operation: 'remove_background', provider: 'stability' })
  t.same(tiny.details, ['resize: 40×40 is sent as 64×64', 'restore: of the result: it is scaled to 40×40'])
  t.match(emulator.calls.at(-1)?.fields, { image: 'png 64×64' })
  t.match(tiny.body, { width: 40, height: 40 })
})

t.test('a background is scaled to fit and never padded', async t => {
  // It gives the image back: what it gets is what counts here.
  const { edit } = await buildService(t, anyResult)
  await edit({ image_base64: await encode(chart(400, 300)), background_image_base64: await encode(chart(3000, 600)), operation: 'relight', provider: 'narrow' })
  t.match(asked.at(-1), { images: [{ width: 400 }], background: { width: 1536, height: 307 } })
})

t.test('a shape that no padding can save is refused with the reason, and costs nothing', async t => {
  const { post, emulator } = await buildService(t)
  const fields = { image_base64: await encode(chart(800, 200)), operation: 'outpaint', expand_up: 32, expand_down: 32, provider: 'stability', fallback: 'none' }
  t.match((await post('/edit/plan', fields)).body.rejected.find(({ provider }: { provider: string }) => provider === 'stability'), { reason: 'ratio' })
  const before = emulator.calls.length
  t.match(await post('/edit/process', { ...fields, fallback: ['stability'] }), { status: 422, body: { detail: { message: /aspect ratios from 0.4 to 2.5/ } } })
  t.equal(emulator.calls.length, before)
})
