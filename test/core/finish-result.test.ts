import sharp from 'sharp'
import t from 'tap'
import { configFrom } from '../../core/config.ts'
import type { ResultImage } from '../../core/contract.ts'
import { finishResult } from '../../core/finish-result.ts'
import { everyGate, type Gates } from '../../core/gates.ts'
import type { ModelCard } from '../../core/model-card.ts'
import { plan } from '../../core/planner.ts'
import type { Adaptation, EditRequest } from '../../core/request.ts'
import { card, inputs, noGates, offer, request } from './fixtures.ts'

const { limits } = configFrom({})
const { signal } = new AbortController()
const flat = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#369' } })
const png = (width: number, height: number) => flat(width, height).png().toBuffer()
const photo = { bytes: await png(200, 100), mediaType: 'image/png' as const, width: 200, height: 100, alpha: false, profile: null }

async function finished (images: readonly [ResultImage, ...ResultImage[]], { wish = {}, model = {}, adaptations = [], gates = noGates }: {
  gates?: Gates, wish?: Partial<EditRequest>, model?: Partial<ModelCard>, adaptations?: readonly Adaptation[]
} = {}) {
  const [candidate] = plan(request({ images: [photo], ...wish }), [offer({ card: card(model) })], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  const result = await finishResult({ images }, candidate, { download: async () => await png(50, 50), limits, gates, signal, adaptations })
  return { ...result, planned: candidate.adaptations }
}

t.test('every image comes back in the size of what was sent, wherever it came from', async t => {
  const model = { inputs: inputs({ maxAspectRatio: 1, maxSide: 50 }) }
  const { images, warnings, adaptations, planned } = await finished([{ bytes: await png(50, 50) }, { url: 'https://example.org/a.png' }], { model })
  t.same(warnings, [], 'none was lost')
  t.match(images, [{ width: 200, height: 100 }, { width: 200, height: 100 }])
  t.same(adaptations, planned)
  t.same(adaptations.map(({ kind }) => kind), ['resize', 'pad', 'restore'])
})

t.test('what was planned and turned out not to be needed is not said, what was needed beyond it is', async t => {
  const vendor: Partial<ModelCard> = { outputs: { ...card().outputs, size: { rule: 'vendor' } } }
  const further = { kind: 'recompress' as const, detail: '9 bytes' }
  const { adaptations, planned } = await finished([{ bytes: photo.bytes }], { model: vendor, wish: { output: { format: 'image/webp' } }, adaptations: [further] })
  t.same(planned.map(({ kind }) => kind), ['restore', 'output'])
  t.same(adaptations.map(({ kind }) => kind), ['recompress', 'output'])
  const shrunk = { model: { inputs: inputs({ maxSide: 50 }) } }
  const { planned: resize } = await finished([{ bytes: await png(50, 25) }], shrunk)
  t.same((await finished([{ bytes: await png(50, 25) }], { ...shrunk, adaptations: resize.slice(0, 1) })).adaptations, resize, 'nothing is said twice')
})

t.test('a picture in a shape that nobody asked for stays as it is, with a warning', async t => {
  t.match(await finished([{ bytes: await png(100, 200) }]), { images: [{ width: 100, height: 200 }], adaptations: [], warnings: [/another shape/] })
})

t.test('colours come back in the profile of what was sent', async t => {
  const wide = { ...photo, bytes: await flat(200, 100).withIccProfile('p3').png().toBuffer(), profile: 'sP3C' }
  const { images: [{ bytes }], adaptations, planned } = await finished([{ bytes: photo.bytes }], { wish: { images: [wide] } })
  t.equal((await sharp(bytes).metadata()).hasProfile, true)
  t.same(adaptations, planned)
  t.same((await finished([{ bytes: wide.bytes }], { wish: { images: [wide] } })).adaptations.map(({ kind }) => kind), ['convert'])
})

t.test('transparency that a model does not know is missed aloud, where it matters', async t => {
  const transparent = { ...photo, bytes: await sharp({ create: { width: 200, height: 100, channels: 4, background: '#3690' } }).png().toBuffer(), alpha: true }
  const opaque = { ...transparent, bytes: await sharp({ create: { width: 200, height: 100, channels: 4, background: '#369f' } }).png().toBuffer() }
  const warned = async (wish: Partial<EditRequest>, bytes = photo.bytes) => {
    const model: Partial<ModelCard> = { operations: ['general_edit', 'erase'], inputs: inputs({ mask: 'white-edits' }) }
    return (await finished([{ bytes }], { wish, model })).warnings.some(warning => /transparent parts/.test(warning))
  }
  t.ok(await warned({ images: [transparent] }))
  t.notOk(await warned({ images: [transparent] }, transparent.bytes), 'it is still there')
  t.notOk(await warned({ images: [opaque] }), 'there was none')
  t.notOk(await warned({ images: [transparent], operation: 'erase', mask: { pixels: new Uint8Array(20_000).fill(255), width: 200, height: 100 } }), 'it was to be filled')
  t.notOk(await warned({ images: [transparent], output: { format: 'image/jpeg' } }))
  t.notOk(await warned({ images: [transparent], output: { format: 'image/png', background: '#fff' } }))
})

t.test('a result without an image is a fault of this side', async t => {
  // The contract forbids it, and the runner lets none pass.
  await t.rejects(finished([] as unknown as [ResultImage]), TypeError)
})

t.test('of several images of a call those that are fit are kept, the others are told', async t => {
  const junk = { bytes: Buffer.from('junk') }
  const { images, warnings } = await finished([junk, { bytes: photo.bytes }, junk])
  t.equal(images.length, 1)
  t.match(warnings, [/not fit to be given/, /not fit to be given/])
  await t.rejects(finished([junk, junk]), { code: 'EDIT_ERR_OUTPUT_REJECTED' })
  const broken = new Proxy(junk, { has: () => { throw new RangeError('a mistake of this side') } })
  await t.rejects(finished([{ bytes: photo.bytes }, broken]), RangeError)
})

t.test('a picture that the vendor calls moderated is refused, not fetched', async t => {
  await t.rejects(finished([{ url: 'https://example.org/a.png', moderated: true }], { gates: everyGate }), { code: 'EDIT_ERR_CONTENT_REJECTED' })
})
