import fc from 'fast-check'
import t from 'tap'
import { detailOf, type Layout } from '../../core/fit-crop.ts'
import { fitGeometry } from '../../core/fit-geometry.ts'
import type { ModelCard } from '../../core/model-card.ts'
import type { EditRequest, Region, Size } from '../../core/request.ts'
import { card, image, inputs, request } from './fixtures.ts'

type Limits = Partial<ModelCard['inputs']>
type Outputs = ModelCard['outputs']

const asIs: Outputs = { formats: ['image/png'], alpha: false, size: { rule: 'input' } }
const sizeOf = ({ width, height }: Size): Size => ({ width, height })

function fitted (size: Size, box: Region | undefined, limits: Limits, { outputs = asIs, ...changes }: { outputs?: Outputs } & Partial<EditRequest> = {}) {
  const mask = { pixels: new Uint8Array(), ...sizeOf(size), ...box && { box } }
  return fitGeometry(request({ operation: 'inpaint', images: [image(sizeOf(size))], mask, ...changes }), card({ inputs: inputs({ mask: 'white-edits', ...limits }), outputs }))
}
function laid (...given: Parameters<typeof fitted>) {
  const fit = fitted(...given)
  if ('reason' in fit) throw new TypeError(fit.message)
  return fit
}

const photo = { width: 6000, height: 4000 }
const eye = { left: 2700, top: 1800, width: 300, height: 200 }

t.test('of a large image with a small mask the part around it is sent that the model makes in full detail', async t => {
  const { geometry: { crop, images: [fit] }, before, after } = laid(photo, eye, { maxSide: 1024 })
  t.match(crop, { width: 1024, height: 1024 })
  t.match(fit, { scaledTo: { width: 1024, height: 1024 }, size: { width: 1024, height: 1024 } })
  t.ok(crop !== undefined && Math.abs(crop.left + 512 - 2850) < 300 && Math.abs(crop.top + 512 - 1900) < 300, JSON.stringify(crop))
  t.same(before, [{ kind: 'crop', detail: 'of 6000×4000 the part of 1024×1024 around the mask is sent' }])
  t.same(after, [{ kind: 'restore', detail: 'of the result: it is put back to its place in 6000×4000' }])
})

t.test('every rule of sizes is reckoned with', async t => {
  const cropOf = (outputs: Partial<Outputs>, limits: Limits = {}) => laid(photo, eye, limits, { outputs: { ...asIs, ...outputs } }).geometry.crop
  t.match(cropOf({ maxSide: 2048 }), { width: 2048, height: 2048 })
  t.match(cropOf({ size: { rule: 'exact', minSide: 256, maxSide: 1536, step: 8 } }), { width: 1536, height: 1536 })
  t.match(cropOf({ size: { rule: 'exact', minSide: 1, maxSide: 1000 } }), { width: 960, height: 960 })
  t.match(cropOf({ size: { rule: 'ratio', ratios: ['1:1', '3:2'], resolutions: { '1k': 1024, '2k': 2048 } } }), { width: 2048 })
  t.match(cropOf({ size: { rule: 'ratio', ratios: ['3:2'], resolutions: {} }, maxSide: 900 }), { width: 896, height: 598 })
  const { width = 0, height = 0 } = cropOf({ size: { rule: 'vendor' } }, { maxPixels: 1024 * 1024 }) ?? {}
  t.ok(width * height > 900_000 && width * height <= 1024 * 1024, `${width}×${height}`)
  t.equal(cropOf({ size: { rule: 'vendor' } }), undefined, 'nothing says that it would be smaller')
})

t.test('a part in a shape that the model cannot make takes in more of the image, and is padded only at its end', async t => {
  const banner = { left: 900, top: 1950, width: 600, height: 40 }
  const wide = laid(photo, banner, { maxSide: 1024, maxAspectRatio: 1 })
  t.match(wide.geometry, { crop: { width: 1024, height: 1024 }, images: [{ padding: { left: 0, right: 0, up: 0, down: 0 } }] })
  const strip = laid({ width: 6000, height: 300 }, { left: 900, top: 20, width: 100, height: 100 }, { maxSide: 1024, maxAspectRatio: 1 })
  t.match(strip.geometry, { crop: { width: 1024, height: 300 }, images: [{ size: { width: 1024, height: 1024 } }] })
  t.same(strip.before.map(({ kind }) => kind), ['crop', 'pad'])
})

t.test('a model that cannot have the whole image may have a part of it', async t => {
  const panorama = { width: 20_000, height: 150 }
  const limits = { minSide: 128, maxSide: 1024, maxAspectRatio: 1.5 }
  t.match(fitted(panorama, undefined, limits), { reason: 'side' })
  t.match(laid(panorama, { left: 19_900, top: 20, width: 60, height: 60 }, limits).geometry.crop, { height: 150 })
  t.match(fitted({ width: 8, height: 8 }, { left: 2, top: 2, width: 3, height: 3 }, { minSide: 512 }), { reason: 'side' }, 'nor is a part of it large enough')
})

t.test('the whole image is sent where a part would not come back in more detail, or not in enough', async t => {
  const whole = (size: Size, box: Region | undefined, limits: Limits, changes = {}) => t.equal(laid(size, box, limits, changes).geometry.crop, undefined)
  whole(photo, eye, {})
  whole(photo, undefined, { maxSide: 1024 })
  whole({ width: 1030, height: 1030 }, { left: 9, top: 9, width: 9, height: 9 }, { maxSide: 1024 })
  whole(photo, { left: 500, top: 500, width: 4000, height: 3000 }, { maxSide: 1024 })
  whole(photo, { left: 10, top: 10, width: 5900, height: 3900 }, { maxSide: 1024 })
  for (const output of [{ preserveUnmasked: false }, { size: 'model' }, { size: { width: 600, height: 400 } }] as const) {
    whole(photo, eye, { maxSide: 1024 }, { output: { format: 'image/png', ...output } })
  }
  whole(photo, eye, { maxSide: 1024 }, { expansion: { left: 9, right: 0, up: 0, down: 0 } })
})

t.test('of a large mask the tightest part is sent, with what more costs it no detail', async t => {
  const { geometry: { crop, images: [fit] }, before, after } = laid(photo, { left: 1500, top: 300, width: 60, height: 2000 }, { maxSide: 1024 })
  t.match(crop, { top: 0, height: 2800 })
  t.ok(crop !== undefined && crop.width > 2600 && crop.width <= 2800, `${crop?.width}`)
  t.equal(fit.scaledTo.height, 1024)
  t.same(before.map(({ kind }) => kind), ['crop', 'resize'])
  t.match(after, [{ detail: /it is scaled to \d+×2800, it is put back to its place in 6000×4000$/ }])
})

t.test('a part holds the mask with its surroundings, lies in the image, and never comes back in less detail than the whole', async t => {
  const side = fc.integer({ min: 16, max: 9000 })
  const outputs = fc.oneof(
    fc.constant(asIs),
    fc.record({ step: fc.constantFrom(1, 8, 64), maxSide: fc.constantFrom(1024, 1536, 4096) }).map(({ step, maxSide }): Outputs => ({ ...asIs, size: { rule: 'exact', minSide: 256, maxSide, step } })),
    fc.constant<Outputs>({ ...asIs, size: { rule: 'ratio', ratios: ['1:1', '3:2', '2:3', '16:9', '9:16'], resolutions: { '1k': 1024, '2k': 2048 } } }),
    fc.record({ maxSide: fc.integer({ min: 256, max: 4096 }) }).map(({ maxSide }): Outputs => ({ ...asIs, size: { rule: 'vendor' }, maxSide }))
  )
  const limits: fc.Arbitrary<Limits> = fc.oneof(
    fc.record({ maxSide: fc.integer({ min: 256, max: 4096 }), minSide: fc.constantFrom(1, 64, 256) }),
    fc.record({ maxPixels: fc.integer({ min: 256 * 256, max: 4_200_000 }), minAspectRatio: fc.constantFrom(0.4, 0.5), maxAspectRatio: fc.constantFrom(2, 2.5) }),
    fc.constant({})
  )
  const cases = fc.record({ width: side, height: side, limits, outputs, from: fc.tuple(fc.double({ min: 0, max: 0.95, noNaN: true }), fc.double({ min: 0, max: 0.95, noNaN: true })), extent: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })) })
  let parts = 0
  fc.assert(fc.property(cases, ({ width, height, limits, outputs, from, extent }) => {
    const left = Math.floor(width * from[0])
    const top = Math.floor(height * from[1])
    const box = { left, top, width: Math.max(1, Math.floor((width - left) * extent[0] ** 3)), height: Math.max(1, Math.floor((height - top) * extent[1] ** 3)) }
    const size = { width, height }
    const fit = fitted(size, box, limits, { outputs })
    const whole = fitted(size, undefined, limits, { outputs })
    if ('reason' in fit) return 'reason' in whole
    const { crop } = fit.geometry
    if (crop === undefined) return !('reason' in whole)
    parts++
    const around = Math.max(64, Math.ceil(Math.max(box.width, box.height) / 4))
    const detail = (of: Size, { geometry, asked }: Pick<Layout, 'geometry' | 'asked'>) => detailOf(of, { geometry, asked, adaptations: [] }, outputs)
    return crop.left >= 0 && crop.top >= 0 && crop.left + crop.width <= width && crop.top + crop.height <= height &&
      crop.left <= Math.max(0, left - around) && crop.left + crop.width >= Math.min(width, left + box.width + around) &&
      crop.top <= Math.max(0, top - around) && crop.top + crop.height >= Math.min(height, top + box.height + around) &&
      detail(crop, fit) >= ('reason' in whole ? 0 : detail(size, whole))
  }), { numRuns: 400 })
  t.ok(parts > 40, `${parts}`)
})
