import { createHash } from 'node:crypto'
import sharp from 'sharp'
import t from 'tap'
import { adapt, adaptOnce } from '../../core/adapt.ts'
import { callsOf } from '../../core/calls.ts'
import { plan } from '../../core/planner.ts'
import type { EditRequest } from '../../core/request.ts'
import type { ModelCard } from '../../core/model-card.ts'
import { card, inputs, offer, request } from './fixtures.ts'

const webp = await sharp({ create: { width: 8, height: 6, channels: 3, background: '#369' } }).webp({ lossless: true }).toBuffer()
const image = { bytes: webp, mediaType: 'image/webp' as const, width: 8, height: 6, alpha: false, profile: null }
const mask = { pixels: new Uint8Array(48).fill(255, 0, 8), width: 8, height: 6 }

async function adapted (wish: Partial<EditRequest>, model: ModelCard) {
  const asked = request({ images: [image], ...wish })
  const [candidate] = plan(asked, [offer({ card: model })], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  return (await adapt(candidate)).edit
}

t.test('an image in a format that the model takes is passed on as it is', async t => {
  const edit = await adapted({}, card({ inputs: inputs({ formats: ['image/webp'] }) }))
  t.equal(edit.images[0].bytes, webp)
  t.match(edit, { operation: 'general_edit', model: 'paint', prompt: 'a hat', output: { format: 'image/png' } })
  t.ok(Object.isFrozen(edit) && Object.isFrozen(edit.images) && Object.isFrozen(edit.images[0]))
  t.notOk('mask' in edit)
})

t.test('another format is converted, for all images', async t => {
  const edit = await adapted({
    operation: 'relight', images: [image], background: image, lighting: image, prompt: 'a hat'
  }, card({ operations: ['relight'], inputs: inputs({ accepts: ['prompt', 'background', 'lighting'] }) }))
  for (const part of [edit.images[0], edit.background, edit.lighting]) t.match(part, { mediaType: 'image/png', width: 8, height: 6 })
  t.equal((await sharp(edit.images[0].bytes).metadata()).format, 'png')
})

t.test('the mask comes in the model\'s dialect', async t => {
  for (const kind of ['white-edits', 'black-edits', 'alpha-edits'] as const) {
    const edit = await adapted({ mask }, card({ inputs: inputs({ mask: kind, ...kind === 'black-edits' && { maskLevels: 'binary' } }) }))
    const { data, info } = await sharp(edit.mask?.bytes).raw().toBuffer({ resolveWithObject: true })
    const [edited, kept] = [data[info.channels - 1], data[data.length - 1]]
    t.same([edited, kept], kind === 'white-edits' ? [255, 0] : [0, 255], kind)
  }
})

t.test('without a mask none is sent, also to a model that takes one', async t => {
  t.notOk('mask' in await adapted({}, card({ inputs: inputs({ mask: 'white-edits' }) })))
})

t.test('all words and measures are passed on', async t => {
  const accepts = ['prompt', 'search_prompt', 'select_prompt', 'expansion'] as const
  const everything = card({ operations: ['search_replace'], inputs: inputs({ accepts: [...accepts] }), parameters: { seed: { type: 'integer', description: 'x' } } })
  const expansion = { left: 1, right: 0, up: 0, down: 0 }
  t.match(await adapted({ operation: 'search_replace', searchPrompt: 'a', selectPrompt: 'b', expansion, parameters: { seed: 3, steps: 1 } }, everything), {
    searchPrompt: 'a', selectPrompt: 'b', expansion, parameters: { seed: 3 }
  })
})

t.test('a mask never goes to a model that takes none, even past the planner', async t => {
  const asked = request({ images: [image], mask })
  const [candidate] = plan(request({ images: [image] }), [offer()], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  t.notOk('mask' in (await adapt({ ...candidate, request: asked, asked })).edit)
})

// Noise, so that no encoder makes little of it.
const grain = createHash('shake256', { outputLength: 200 * 150 * 3 }).update('grain').digest()
const photo = {
  bytes: await sharp(grain, { raw: { width: 200, height: 150, channels: 3 } }).png().toBuffer(),
  mediaType: 'image/png' as const,
  width: 200,
  height: 150,
  alpha: false,
  profile: null
}

async function outcome (wish: Partial<EditRequest>, limits: Partial<ModelCard['inputs']>) {
  const [candidate] = plan(request({ images: [photo], ...wish }), [offer({ card: card({ operations: ['outpaint', 'general_edit', 'relight'], inputs: inputs(limits) }) })], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  return { ...await adapt(candidate), planned: candidate.adaptations }
}

t.test('image, mask and expansion are scaled and padded alike', async t => {
  const pixels = new Uint8Array(200 * 150).fill(255, 0, 200 * 75)
  const { edit } = await outcome({ mask: { pixels, width: 200, height: 150 } }, { mask: 'white-edits', maxSide: 100, maxAspectRatio: 1 })
  t.match(edit.images[0], { width: 100, height: 100 })
  t.match(await sharp(edit.images[0].bytes).metadata(), { width: 100, height: 100 })
  t.match(edit.mask, { width: 100, height: 100 })
  const { data } = await sharp(edit.mask?.bytes).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  const column = [...data.keys()].filter(at => at % 100 === 50 && data[at] === 255).map(at => Math.floor(at / 100))
  t.same([Math.min(...column), Math.max(...column)], [12, 49], 'behind twelve rows of padding, an edge within a pixel')
  const { edit: { expansion } } = await outcome({ operation: 'outpaint', expansion: { left: 0, right: 50, up: 0, down: 9 } }, { maxSide: 100, accepts: ['expansion', 'prompt'] })
  t.same(expansion, { left: 0, right: 25, up: 0, down: 5 })
})

t.test('wide colours are sent as sRGB unless the model understands profiles', async t => {
  const bytes = await sharp(photo.bytes).withIccProfile('p3').png().toBuffer()
  const wide = { ...photo, bytes, profile: 'sP3C' }
  t.notOk((await sharp((await outcome({ images: [wide] }, {})).edit.images[0].bytes).metadata()).hasProfile)
  t.equal((await outcome({ images: [wide] }, { profiles: true })).edit.images[0].bytes, bytes)
})

t.test('too many bytes become fewer, in steps, as planned', async t => {
  const formats = ['image/png', 'image/webp'] as const
  const { edit: { images: [image] }, adaptations, planned } = await outcome({}, { formats: [...formats], maxBytes: 40_000 })
  t.equal(image.mediaType, 'image/webp')
  t.ok(image.bytes.length <= 40_000)
  t.same(adaptations, planned)
})

t.test('what turns out too large once it is encoded is made smaller too, and that is told', async t => {
  const limits = { formats: ['image/png', 'image/jpeg'] as ModelCard['inputs']['formats'], accepts: ['prompt' as const, 'background' as const, 'lighting' as const], maxSide: 180 }
  const { edit, adaptations, planned } = await outcome({ operation: 'relight', background: photo, lighting: photo }, { ...limits, maxRequestBytes: 60_000 })
  t.notOk(planned.some(({ kind }) => kind === 'recompress'))
  t.ok(adaptations.length > 0 && adaptations.every(({ kind }) => kind === 'recompress'))
  const sent = [edit.images[0], edit.background, edit.lighting].reduce((sum, part) => sum + (part?.bytes.length ?? 0), 0)
  t.ok(sent <= 60_000)
})

t.test('what cannot be made small enough is the model\'s limit, and costs nothing', async t => {
  const unsupported = { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no' }
  await t.rejects(outcome({}, { formats: ['image/png', 'image/jpeg'], maxBytes: 100 }), unsupported)
  await t.rejects(outcome({}, { maxSide: 180, maxBytes: 100 }), unsupported)
})

async function emulated (wish: Partial<EditRequest>, limits: Partial<ModelCard['inputs']>, operations: ModelCard['operations'] = ['general_edit']) {
  const asked = request({ images: [photo], prompt: undefined, route: { unsupported: 'emulate' }, ...wish })
  const [candidate] = plan(asked, [offer({ card: card({ operations, inputs: inputs(limits) }) })], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  const { edit } = await adapt(candidate)
  const { data, info } = await sharp(edit.images[0].bytes).raw().toBuffer({ resolveWithObject: true })
  return { edit, at: (x: number, y: number) => [...data.subarray((y * info.width + x) * info.channels, (y * info.width + x) * info.channels + 3)] }
}

t.test('an emulated outpainting sends the image on its canvas, grey, or with the nearest pixels and a mask of what is added', async t => {
  const expansion = { left: 20, right: 0, up: 0, down: 50 }
  const grey = await emulated({ operation: 'outpaint', expansion }, {})
  t.match(grey.edit, { operation: 'general_edit', images: [{ width: 220, height: 200 }] })
  t.notOk('expansion' in grey.edit || 'mask' in grey.edit)
  t.same([grey.at(19, 0), grey.at(20, 150), grey.at(20, 0)], [[128, 128, 128], [128, 128, 128], [...grain.subarray(0, 3)]])
  const painted = await emulated({ operation: 'outpaint', expansion }, { mask: 'white-edits', maxSide: 110, maxAspectRatio: 1 }, ['inpaint'])
  t.match(painted.edit, { operation: 'inpaint', images: [{ width: 110, height: 110 }], mask: { width: 110, height: 110 } })
  t.notSame(painted.at(2, 50), [128, 128, 128])
  const { data } = await sharp(painted.edit.mask?.bytes).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  t.same([[0, 50], [9, 50], [10, 50], [50, 79], [50, 80], [50, 104], [50, 106], [50, 2]].map(([x, y]) => data[y * 110 + x]), [255, 255, 0, 0, 255, 255, 0, 0])
})

t.test('an emulated erasing sends the image marked, and no mask', async t => {
  const pixels = new Uint8Array(200 * 150).fill(255, 0, 200 * 75)
  const { edit, at } = await emulated({ operation: 'erase', mask: { pixels, width: 200, height: 150 } }, {})
  t.match(edit, { operation: 'general_edit', prompt: /flat area of pure/ })
  t.notOk('mask' in edit)
  t.same(at(0, 149), [...grain.subarray(149 * 600, 149 * 600 + 3)])
  t.ok(['0,255,0', '0,0,255', '255,0,255'].includes(String(at(100, 30))))
})

t.test('several results are asked for by their number, a single one is not', async t => {
  const outputs = { ...card().outputs, maxImages: 4 }
  t.equal((await adapted({ count: 3 }, card({ outputs }))).count, 3)
  t.notOk('count' in await adapted({}, card({ outputs })))
})

t.test('the calls of one candidate share its images, and each has its own parameters', async t => {
  const seed = { type: 'integer', description: 'x' } as const
  const asked = request({ images: [image], count: 3, parameters: { seed: 5 } })
  const [candidate] = plan(asked, [offer({ card: card({ outputs: { ...card().outputs, maxImages: 2 }, parameters: { seed } }) })], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  const once = adaptOnce()
  const edits = (await Promise.all(callsOf(candidate).map(once))).map(({ edit }) => edit)
  t.match(edits, [{ count: 2, parameters: { seed: 5 } }, { count: undefined, parameters: { seed: 7 } }])
  t.notOk('count' in (edits[1] ?? {}))
  t.equal(edits[0]?.images, edits[1]?.images)
  t.ok(edits.every(edit => Object.isFrozen(edit) && Object.isFrozen(edit.parameters)))
})

t.test('a part is cut out of the image and of its mask alike, before they are scaled', async t => {
  const pixels = new Uint8Array(200 * 150)
  for (let y = 70; y < 80; y++) pixels.fill(255, y * 200 + 100, y * 200 + 120)
  const mask = { pixels, width: 200, height: 150, box: { left: 100, top: 70, width: 20, height: 10 } }
  const model = card({ inputs: inputs({ mask: 'white-edits', maxSide: 148, formats: ['image/png', 'image/webp'] }) })
  const [candidate] = plan(request({ images: [photo], mask }), [offer({ card: model })], {}).candidates
  const { crop } = candidate.geometry
  if (crop === undefined) throw new TypeError('no part was chosen')
  const { edit } = await adapt(candidate)
  t.match(edit.images[0], { width: crop.width, height: crop.height, mediaType: 'image/png' })
  t.match(edit.mask, { width: crop.width, height: crop.height })
  t.ok((await sharp(edit.images[0].bytes).raw().toBuffer()).equals(await sharp(photo.bytes).extract(crop).raw().toBuffer()), 'to the last bit')
  const region = await sharp(edit.mask?.bytes).toColourspace('b-w').raw().toBuffer()
  t.ok(region.every((value, at) => {
    const [x, y] = [at % crop.width + crop.left, Math.floor(at / crop.width) + crop.top]
    return value === pixels[y * 200 + x]
  }))
  const [scaled] = plan(request({ images: [photo], mask }), [offer({ card: { ...model, inputs: { ...model.inputs, maxSide: 60 } } })], {}).candidates
  t.ok(scaled.geometry.crop !== undefined && scaled.geometry.crop.width > 60)
  t.match((await adapt(scaled)).edit, { images: [{ width: 60 }], mask: { width: 60 } })
})
