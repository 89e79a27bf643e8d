import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { draw, open, type Picture } from '../core/imaging/pictures.ts'
import { anyResult, oneCallEach } from '../fixtures/one-call-each.ts'
import { createStabilityEmulator } from '../vendors/stability/index.ts'
import { poster } from './http-edit/studio.ts'

const width = 320
const height = 240
/** Smooth, with grain: an edge in it would show. */
const photo = draw(width, height, 3, (x, y) => [0, 1, 2].map(n => Math.round(90 + 60 * Math.sin(x / 90 + n) + 30 * Math.cos(y / 70) + 4 * Math.sin(x * 12.9 + y * 78.2 + n))))
const isMasked = (x: number, y: number) => Math.hypot(x - 160, y - 120) < 60
const region = draw(width, height, 1, (x, y) => [isMasked(x, y) ? 255 : 0])
const png = async (picture: Picture) => await open(picture).png({ compressionLevel: 1 }).toBuffer()
const [image, mask] = await Promise.all([photo, region].map(png))

/** The API before a sloppy model and Stability's emulator; answers come with their pixels as they are stored. */
async function buildService (t: Test, settings: object = {}) {
  const emulator = await createStabilityEmulator({ megapixels: 'always' })
  t.after(() => emulator.close())
  const app = await buildApp(configFrom({
    ...oneCallEach,
    ...settings,
    logLevel: 'silent',
    plugins: { directories: [join(import.meta.dirname, '../fixtures/sloppy-providers')], stability: { apiKey: emulator.key, baseUrl: emulator.url } }
  }))
  t.after(() => app.close())
  const post = poster(app)
  return {
    emulator,
    post,
    async edit (fields: object, sent = image) {
      const { status, body } = await post('/edit/process', {
        image_base64: sent.toString('base64'), mask_base64: mask.toString('base64'), operation: 'inpaint', prompt: 'a green disc', provider: 'sloppy', fallback: 'none', ...fields
      })
      t.equal(status, 200, JSON.stringify(body.detail))
      const bytes = Buffer.from(body.image_base64.split(',')[1], 'base64')
      const { data, info } = await sharp(bytes, { ignoreIcc: true }).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
      return { body, bytes, picture: { data, width: info.width, height: info.height, channels: info.channels } as const, preservation: body.metadata.preservation }
    }
  }
}

const at = ({ data, width, channels }: Picture, x: number, y: number) => [...data.subarray((y * width + x) * channels, (y * width + x) * channels + channels)]
/** Unmasked pixels that are not those of the picture. */
function changed (picture: Picture, of: Picture = photo) {
  let count = 0
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (!isMasked(x, y) && String(at(picture, x, y)) !== String(at(of, x, y))) count++
  return count
}

t.test('whatever a model does to the rest, every pixel outside the mask is the image\'s, in every operation that takes one', async t => {
  const { edit } = await buildService(t)
  for (const fields of [
    { operation: 'inpaint' }, { operation: 'erase' }, { operation: 'general_edit' },
    { operation: 'search_replace', search_prompt: 'wall' }, { operation: 'search_recolor', select_prompt: 'wall' }
  ]) {
    const { picture, preservation } = await edit(fields)
    t.equal(changed(picture), 0, fields.operation)
    t.ok(preservation.changed_before > 0.9, `${preservation.changed_before}`)
    t.equal(preservation.changed_after, 0)
  }
  const stability = await edit({ provider: 'stability' })
  t.equal(changed(stability.picture), 0)
})

t.test('what is masked is edited, and nobody sees where the model\'s part begins', async t => {
  // An echo shows what the seam adds, and is no edit.
  const { edit } = await buildService(t, anyResult)
  const { picture } = await edit({})
  const [red, green] = at(picture, 160, 120)
  t.ok(green > red + 60, `${red} ${green}`)
  // Where the model only hands the image back, in tones of its own, there is hardly more of a step at the edge than in the image.
  const { picture: untouched } = await edit({ prompt: 'nothing' })
  const { picture: raw } = await edit({ prompt: 'nothing', preserve_unmasked: false })
  const steps = (inside: Picture) => {
    let [sum, count] = [0, 0]
    for (let y = 0; y < height; y++) {
      for (let x = 1; x < width; x++) {
        if (isMasked(x, y) === isMasked(x - 1, y)) continue
        const [one, other] = [x - 1, x].map(x => at(isMasked(x, y) ? inside : photo, x, y)[0])
        sum += Math.abs(one - other)
        count++
      }
    }
    return sum / count
  }
  t.ok(steps(raw) > steps(photo) + 5, 'cut out and laid in, it would show')
  t.ok(steps(untouched) < steps(photo) + 1, `${steps(untouched)}, in the image ${steps(photo)}`)
})

t.test('16 bits, transparency and a wide profile are the image\'s outside the mask', async t => {
  const { edit } = await buildService(t)
  const glass = draw(width, height, 4, (x, y) => [...at(photo, x, y), (x * 3 + y) % 256])
  const clear = await edit({}, await png(glass))
  t.equal(changed(clear.picture, glass), 0)
  const wide = await edit({}, await open(photo).withIccProfile('p3').png().toBuffer())
  t.equal((await sharp(wide.bytes).metadata()).hasProfile, true)
  const samples = Uint16Array.from(photo.data, (value, place) => value * 256 + place % 256)
  const deep = await sharp(samples, { raw: { width, height, channels: 3 } }).toColourspace('rgb16').png().toBuffer()
  const { bytes } = await edit({}, deep)
  const raw = await sharp(bytes).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer()
  const result = new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2)
  t.ok(region.data.every((part, pixel) => part > 0 || [0, 1, 2].every(channel => result[pixel * 3 + channel] === samples[pixel * 3 + channel])))
})

t.test('an extended image is the one that was sent, in its place', async t => {
  const { edit } = await buildService(t)
  const { bytes, body, preservation } = await edit({ operation: 'outpaint', mask_base64: undefined, expand_left: 40, expand_down: 60 })
  t.match(body, { width: 360, height: 300 })
  t.ok((await sharp(bytes).extract({ left: 40, top: 0, width, height }).raw().toBuffer()).equals(photo.data))
  t.ok(preservation.changed_before > 0.9 && preservation.changed_after === 0)
})

t.test('in a lossy format what is kept differs by the encoder alone', async t => {
  const { edit } = await buildService(t)
  const { picture } = await edit({ output_format: 'jpeg', output_quality: 95 })
  let [sum, count] = [0, 0]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (Math.hypot(x - 160, y - 120) < 80) continue
      sum += Math.abs(at(picture, x, y)[1] - at(photo, x, y)[1])
      count++
    }
  }
  t.ok(sum / count < 1.5, `${sum / count}`)
})

t.test('when it is not wished the model\'s result stays as it is, and the answer says what it changed', async t => {
  // Without a mask this model gives the image back in other tones.
  const { edit, post } = await buildService(t, anyResult)
  const { picture, preservation, body } = await edit({ preserve_unmasked: false })
  t.ok(changed(picture) > 10_000)
  t.equal(preservation.changed_after, preservation.changed_before)
  t.notOk(body.metadata.adaptations.some(({ kind }: { kind: string }) => kind === 'preserve'))
  const whole = await edit({ operation: 'general_edit', mask_base64: undefined })
  t.ok(whole.preservation.changed > 0.9, 'without a mask it is the share of all pixels')
  const { body: plan } = await post('/edit/plan', { image_base64: image.toString('base64'), mask_base64: mask.toString('base64'), operation: 'erase', provider: 'sloppy' })
  t.match(plan.candidates[0].adaptations.at(-2), { kind: 'preserve' })
})

t.test('a mask that marks nothing is refused before anybody is asked', async t => {
  const { post, emulator } = await buildService(t)
  const black = (await png(draw(width, height, 1, () => [0]))).toString('base64')
  const answer = await post('/edit/process', { image_base64: image.toString('base64'), mask_base64: black, operation: 'erase', provider: 'stability' })
  t.match(answer, { status: 422, body: { detail: { code: 'EDIT_ERR_INVALID_REQUEST', message: /^mask_base64: marks nothing to edit/ } } })
  t.equal(emulator.calls.length, 0)
  const range = await post('/edit/process', { image_base64: image.toString('base64'), mask_base64: black, operation: 'erase', mask_grow: 101 })
  t.match(range, { status: 422, body: { detail: [{ loc: ['body', 'mask_grow'] }] } })
})
