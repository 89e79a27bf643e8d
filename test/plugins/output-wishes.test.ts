import sharp from 'sharp'
import t, { type Test } from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { oneCallEach } from '../fixtures/one-call-each.ts'
import { createStabilityEmulator } from '../vendors/stability/index.ts'
import { ballPicture } from '../vendors/stability/pictures.ts'
import { createWavespeedEmulator } from '../vendors/wavespeed/index.ts'
import { poster } from './http-edit/studio.ts'

const size = { width: 320, height: 256 }
const picture = await ballPicture(size)

/** The API before the emulators of Stability and WaveSpeed; an edit's answer with its image decoded. */
async function buildService (t: Test) {
  const stability = await createStabilityEmulator({ megapixels: 'always' })
  t.after(() => stability.close())
  const wavespeed = await createWavespeedEmulator({ polls: 0, pixelScale: 1 / 8 })
  t.after(() => wavespeed.close())
  const app = await buildApp(configFrom({
    ...oneCallEach,
    logLevel: 'silent',
    downloads: { allowHosts: [new URL(wavespeed.storage.url).host] },
    plugins: {
      stability: { apiKey: stability.key, baseUrl: stability.url },
      wavespeed: { apiKey: wavespeed.key, baseUrl: wavespeed.url, pollMs: 10 }
    }
  }))
  t.after(() => app.close())
  const post = poster(app)
  return {
    post,
    async edit (fields: object, image = picture) {
      const { status, body } = await post('/edit/process', { image_base64: image.toString('base64'), operation: 'general_edit', prompt: 'a green ball', ...fields })
      t.equal(status, 200, JSON.stringify(body.detail))
      const bytes = Buffer.from(body.image_base64.split(',')[1], 'base64')
      return { body, bytes, details: await sharp(bytes).metadata() }
    }
  }
}

t.test('a result has the image\'s size whatever the model makes, or as it was wished', async t => {
  const { edit } = await buildService(t)
  for (const provider of ['wavespeed-nano-banana', 'wavespeed-seedream', 'wavespeed-qwen']) {
    t.match((await edit({ provider })).body, { width: 320, height: 256 }, provider)
    t.match((await edit({ provider, output_size: '640x512' })).body, { width: 640, height: 512 }, provider)
    t.match((await edit({ provider, output_size: '100x100' })).details, { width: 100, height: 100 }, provider)
  }
  t.match((await edit({ provider: 'wavespeed-nano-banana', output_size: 'model' })).body, { width: 512 })
  t.match((await edit({ provider: 'stability', operation: 'search_replace', search_prompt: 'ball' })).body, { width: 320, height: 256 })
  t.match((await edit({ provider: 'stability', operation: 'search_replace', search_prompt: 'ball', output_size: 'model' })).body, { width: 2289, height: 1831 })
})

t.test('an edit without sizes of its own keeps the size also when it is turned', async t => {
  const { edit } = await buildService(t)
  const turned = await edit({ provider: 'local', prompt: 'rotate 90 degrees' })
  t.match(turned.body, { width: 256, height: 320, metadata: { warnings: [/another shape than 320×256/], adaptations: [] } })
})

t.test('every format and quality', async t => {
  const { edit } = await buildService(t)
  const sizes: number[] = []
  for (const quality of [20, 90]) {
    for (const [format, type] of [['avif', 'heif'], ['webp', 'webp'], ['jpeg', 'jpeg']] as const) {
      const { body, bytes, details } = await edit({ provider: 'local', prompt: 'sepia', output_format: format, output_quality: quality })
      t.ok(body.image_base64.startsWith(`data:image/${format};base64,`))
      t.equal(details.format, type)
      sizes.push(bytes.length)
    }
  }
  for (const at of [0, 1, 2]) t.ok(sizes[at] < sizes[at + 3], 'the lower quality is smaller')
})

t.test('what is cut out stays transparent or is laid on the colour that was wished', async t => {
  const { edit, post } = await buildService(t)
  const fields = { operation: 'remove_background', provider: 'stability' }
  const corner = async (bytes: Buffer) => [...await sharp(bytes).extract({ left: 1, top: 1, width: 1, height: 1 }).raw().toBuffer()]
  t.equal((await corner((await edit(fields)).bytes))[3], 0)
  t.equal((await corner((await edit({ ...fields, background: 'transparent', output_format: 'webp' })).bytes))[3], 0)
  t.same(await corner((await edit({ ...fields, background: '#0a8' })).bytes), [0, 170, 136])
  t.same(await corner((await edit({ ...fields, output_format: 'jpeg' })).bytes), [255, 255, 255])
  t.ok((await corner((await edit({ ...fields, output_format: 'jpeg', background: '#000000' })).bytes)).every(value => value < 6))
  t.match(await post('/edit/process', { ...fields, image_base64: picture.toString('base64'), output_format: 'jpeg', background: 'transparent' }), { status: 422, body: { detail: { message: /^background: image\/jpeg has no transparency/ } } })
})

t.test('colours come back in the profile of the image, and look as they did', async t => {
  const { edit } = await buildService(t)
  const wide = await sharp(picture).withIccProfile('p3').png().toBuffer()
  for (const fields of [{ provider: 'stability', operation: 'search_recolor', select_prompt: 'ball' }, { provider: 'local', prompt: 'brighter' }]) {
    const { details, bytes, body } = await edit(fields, wide)
    t.equal(details.icc?.length, (await sharp(wide).metadata()).icc?.length, fields.provider)
    if (fields.provider === 'local') continue
    t.match(body.metadata.adaptations, [{ kind: 'convert', detail: /are sent as sRGB/ }, { kind: 'restore', detail: /colours are converted/ }])
    const at = async (image: Buffer) => [...await sharp(image).toColourspace('srgb').extract({ left: 3, top: 250, width: 1, height: 1 }).raw().toBuffer()]
    const [before, after] = [await at(wide), await at(bytes)]
    t.ok(before.every((value, channel) => Math.abs(value - after[channel]) <= 3), `${before} became ${after}`)
  }
})

t.test('metadata is stripped, or of it what is safe is kept', async t => {
  const { edit } = await buildService(t)
  const tagged = await sharp(picture).withExif({ IFD0: { Copyright: 'A. Painter', Make: 'ACME' }, IFD3: { GPSLatitudeRef: 'N' } }).jpeg().toBuffer()
  const fields = { provider: 'stability', operation: 'search_recolor', select_prompt: 'ball' }
  t.equal((await edit(fields, tagged)).details.exif, undefined)
  for (const format of ['png', 'jpeg', 'webp', 'avif']) {
    const exif = (await edit({ ...fields, keep_metadata: true, output_format: format }, tagged)).details.exif?.toString('latin1')
    t.match(exif, /A\. Painter/, format)
    t.notMatch(exif, /ACME|GPS/)
  }
})
