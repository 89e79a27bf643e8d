import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { buildApp, configFrom } from '../../core/index.ts'
import { encodePng } from '../../core/imaging/png-encode.ts'
import type { Raster } from '../../core/imaging/raster.ts'
import { asked } from '../fixtures/small-providers/small.ts'
import { anyResult, oneCallEach } from '../fixtures/one-call-each.ts'
import { poster } from './http-edit/studio.ts'

/** The API before a model whose pictures have at most 1024 pixels a side. */
async function buildService (t: Test, settings: object = {}) {
  const app = await buildApp(configFrom({
    ...oneCallEach, ...settings, logLevel: 'silent', plugins: { directories: [join(import.meta.dirname, '../fixtures/small-providers')] }
  }))
  t.after(() => app.close())
  const post = poster(app)
  return {
    post,
    async edit (image: Buffer, mask: Raster, fields: object = {}) {
      const request = { image_base64: image.toString('base64'), mask_base64: Buffer.from(await encodePng(mask)).toString('base64'), operation: 'inpaint', prompt: 'stripes', provider: 'small', fallback: 'none', ...fields }
      const planned = (await post('/edit/plan', request)).body
      const { status, body } = await post('/edit/process', request)
      t.equal(status, 200, JSON.stringify(body.detail))
      // By how much a model moves a picture only its result tells.
      const done = body.metadata.adaptations.map(({ kind, detail }: { kind: string, detail: string }) => ({ kind, detail: detail.replace(/, it is moved back by [\d.]+ pixels$/, '') }))
      t.same(done, planned.candidates[0].adaptations, 'what is planned is what is done')
      const bytes = Buffer.from(body.image_base64.split(',')[1], 'base64')
      const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
      const result = { data, width: info.width, height: info.height, channels: 3 } as const
      return { body, bytes, result, kinds: body.metadata.adaptations.map(({ kind }: { kind: string }) => kind) }
    }
  }
}

/** Smooth, with lines and grain as fine as a pixel: an edge in it would show, and so would a loss of detail. */
function photograph (width: number, height: number): Raster {
  const data = Buffer.alloc(width * height * 3)
  let grain = 12345
  const waves = [0, 1, 2].map(n => Float32Array.from({ length: width }, (_, x) => 110 + 50 * Math.sin(x / 700 + n)))
  for (let y = 0, at = 0; y < height; y++) {
    const across = 30 * Math.cos(y / 500)
    for (let x = 0; x < width; x++) {
      grain = Math.imul(grain, 1664525) + 1013904223
      const fine = (grain >>> 28) - 8 + ((x * 3 + y * 2) % 97 < 2 ? 40 : 0)
      for (let n = 0; n < 3; n++) data[at++] = waves[n][x] + across + fine
    }
  }
  return { data, width, height, channels: 3 }
}

function masked (width: number, height: number, isMasked: (x: number, y: number) => boolean): Raster {
  const data = new Uint8Array(width * height)
  for (let y = 0, at = 0; y < height; y++) for (let x = 0; x < width; x++, at++) if (isMasked(x, y)) data[at] = 255
  return { data, width, height, channels: 1 }
}

/** Unmasked pixels of a result that are not the photograph's. */
function changed (result: Raster, photo: Raster, mask: Raster): number {
  let count = 0
  for (let pixel = 0, at = 0; pixel < mask.data.length; pixel++, at += 3) {
    if (mask.data[pixel] === 0 && (result.data[at] !== photo.data[at] || result.data[at + 1] !== photo.data[at + 1] || result.data[at + 2] !== photo.data[at + 2])) count++
  }
  return count
}

/** Mean step from pixel to pixel along the rows, where both lie inside the mask, or on its edge. */
function steps ({ data, width }: Raster, mask: Raster, where: 'inside' | 'edge'): number {
  let [sum, count] = [0, 0]
  for (let pixel = 1; pixel < mask.data.length; pixel++) {
    const [one, other] = [mask.data[pixel - 1] > 0, mask.data[pixel] > 0]
    if (pixel % width === 0 || (where === 'inside' ? !one || !other : one === other)) continue
    sum += Math.abs(data[pixel * 3 + 1] - data[pixel * 3 - 2])
    count++
  }
  return sum / count
}

t.test('a photograph of 24 megapixels keeps them, and what is edited is as sharp as the rest', async t => {
  // An echo shows whether detail is lost, and is no edit.
  const { edit } = await buildService(t, anyResult)
  const photo = photograph(6000, 4000)
  const mask = masked(6000, 4000, (x, y) => Math.hypot((x - 2850) / 150, (y - 1900) / 100) < 1)
  const image = Buffer.from(await encodePng(photo))
  const { body, result, kinds } = await edit(image, mask, { prompt: 'nothing' })
  t.match(body, { width: 6000, height: 4000, metadata: { preservation: { changed_after: 0 } } })
  t.ok(body.metadata.preservation.changed_before > 0.9)
  t.same(kinds, ['crop', 'restore', 'preserve'])
  t.match(asked.at(-1), { images: [{ width: 1024, height: 1024 }], mask: { width: 1024, height: 1024 } })
  t.equal(changed(result, photo, mask), 0)
  const inside = steps(photo, mask, 'inside')
  t.ok(Math.abs(steps(result, mask, 'inside') - inside) < inside * 0.05, 'nothing of its detail is lost')
  t.ok(steps(result, mask, 'edge') < steps(photo, mask, 'edge') * 1.1, 'nobody sees where it begins')
})

t.test('sent whole, the same place is blurred', async t => {
  // An echo shows whether detail is lost, and is no edit.
  const { edit } = await buildService(t, anyResult)
  const photo = photograph(2400, 1600)
  const mask = masked(2400, 1600, (x, y) => Math.hypot((x - 1150) / 150, (y - 900) / 100) < 1)
  const inside = steps(photo, mask, 'inside')
  const image = Buffer.from(await encodePng(photo))
  const part = await edit(image, mask, { prompt: 'nothing' })
  t.ok(Math.abs(steps(part.result, mask, 'inside') - inside) < inside * 0.05)
  const whole = await edit(image, mask, { prompt: 'nothing', preserve_unmasked: false })
  t.same(whole.kinds, ['resize', 'restore'])
  t.ok(steps(whole.result, mask, 'inside') < inside * 0.5, `${steps(whole.result, mask, 'inside')} of ${inside}`)
})

t.test('in a corner, as a line and as two spots as well', async t => {
  const { edit } = await buildService(t)
  const [width, height] = [2400, 1600]
  const photo = photograph(width, height)
  const image = Buffer.from(await encodePng(photo))
  for (const [name, isMasked, first] of [
    ['a corner', (x, y) => x >= 2300 && y >= 1540, 'crop'],
    ['a line', (x, y) => x >= 700 && x < 706 && y >= 300 && y < 900, 'crop'],
    ['two spots', (x, y) => Math.hypot(x - 90, y - 90) < 40 || Math.hypot(x - 2310, y - 1510) < 40, 'resize']
  ] as Array<[string, (x: number, y: number) => boolean, string]>) {
    const mask = masked(width, height, isMasked)
    const { result, kinds } = await edit(image, mask)
    t.equal(kinds[0], first, name)
    t.equal(changed(result, photo, mask), 0, name)
    if (first === 'crop') t.ok(steps(result, mask, 'inside') > 120, `${name}: stripes of a pixel each, ${steps(result, mask, 'inside')}`)
  }
})

t.test('a JPEG turned by its EXIF data, one with transparency and one of 16 bits are cut as they are seen', async t => {
  const { edit } = await buildService(t)
  const [width, height] = [1600, 1200]
  const photo = photograph(width, height)
  const source = sharp(photo.data, { raw: { width, height, channels: 3 } })
  const mask = masked(width, height, (x, y) => x >= 1300 && x < 1400 && y >= 100 && y < 180)
  const turned = await source.clone().rotate(270).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).withMetadata({ orientation: 6 }).toBuffer()
  const upright = { ...photo, data: await sharp(turned).rotate().raw().toBuffer() }
  const fromJpeg = await edit(turned, mask)
  t.equal(fromJpeg.kinds[0], 'crop')
  t.equal(changed(fromJpeg.result, upright, mask), 0)
  t.ok(steps(fromJpeg.result, mask, 'inside') > 120)

  const glass = await source.clone().ensureAlpha(0.5).png({ compressionLevel: 1 }).toBuffer()
  const clear = await edit(glass, mask)
  t.ok((await sharp(clear.bytes).extract({ left: 0, top: 0, width: 1200, height }).raw().toBuffer()).equals(await sharp(glass).extract({ left: 0, top: 0, width: 1200, height }).raw().toBuffer()))

  const deep = await sharp(Uint16Array.from(photo.data, (value, at) => value * 256 + at % 251), { raw: { width, height, channels: 3 } }).toColourspace('rgb16').png({ compressionLevel: 1 }).toBuffer()
  const { bytes } = await edit(deep, mask)
  const samples = async (of: Buffer) => await sharp(of).extract({ left: 0, top: 0, width: 1200, height }).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer()
  t.ok((await samples(bytes)).equals(await samples(deep)))
})

t.test('a part that comes back in another shape fails the attempt', async t => {
  const { post } = await buildService(t)
  const image = Buffer.from(await encodePng(photograph(1600, 1200))).toString('base64')
  const mask = Buffer.from(await encodePng(masked(1600, 1200, (x, y) => x < 100 && y < 100))).toString('base64')
  const { status, body } = await post('/edit/process', { image_base64: image, mask_base64: mask, operation: 'inpaint', prompt: 'sideways', provider: 'small', fallback: 'none' })
  t.equal(status, 502)
  t.match(JSON.stringify(body), /EDIT_ERR_OUTPUT_REJECTED/)
})

t.test('a part that comes back blank, or as it was, fails the attempt', async t => {
  const { post } = await buildService(t)
  const image = Buffer.from(await encodePng(photograph(1600, 1200))).toString('base64')
  const mask = Buffer.from(await encodePng(masked(1600, 1200, (x, y) => x >= 700 && x < 760 && y >= 300 && y < 350))).toString('base64')
  for (const [prompt, operation, gate] of [['blank', 'inpaint', 'blank'], ['nothing', 'inpaint', 'unchanged']]) {
    const { status, body } = await post('/edit/process', { image_base64: image, mask_base64: mask, operation, prompt, provider: 'small', fallback: 'none' })
    t.match({ status, body }, { status: 502, body: { detail: { code: 'EDIT_ERR_OUTPUT_REJECTED', gate, attempts: [{ billed: 'yes' }] } } }, `${prompt}, ${operation}`)
    t.match(asked.at(-1), { images: [{ width: 1024, height: 1024 }] }, 'which is a part')
  }
})
