import sharp from 'sharp'
import t from 'tap'
import { configFrom } from '../../core/config.ts'
import { finishOne } from '../../core/finish-one.ts'
import { everyGate } from '../../core/gates.ts'
import { readResult } from '../../core/imaging/finish.ts'
import { profileOf, type Profile } from '../../core/imaging/profile-file.ts'
import { plan } from '../../core/planner.ts'
import type { EditRequest, Region } from '../../core/request.ts'
import { corrupt, draw, open, picture, pixelsOf } from './imaging/pictures.ts'
import { card, inputs, noGates, offer, request } from './fixtures.ts'

const { limits } = configFrom({})
const width = 40
const height = 30
const source = picture(width, height)
const sent = await open(source).png().toBuffer()
const painted = await open(draw(width, height, 3, () => [255, 0, 200])).png().toBuffer()
const mask = { pixels: draw(width, height, 1, x => [x >= 20 ? 255 : 0]).data, width, height }
const image = { bytes: sent, mediaType: 'image/png' as const, width, height, alpha: false, profile: null }

async function finished (result: Buffer, changes: Partial<EditRequest> = {}, profile?: Profile, gates = noGates, countsChanges?: boolean) {
  const model = card({ operations: ['inpaint', 'outpaint', 'general_edit'], inputs: inputs({ mask: 'white-edits', accepts: ['prompt', 'expansion'] }) })
  const [candidate] = plan(request({ operation: 'inpaint', images: [image], mask, ...changes }), [offer({ card: model })], {}).candidates
  if (candidate === undefined) throw new TypeError('the request does not fit the card')
  return await finishOne(await readResult(result, limits), candidate, { profile, gates, ...countsChanges !== undefined && { countsChanges } })
}
const without = (name: 'mask') => ({ operation: 'general_edit' as const, [name]: undefined })

t.test('what is not masked is put back, and what the model had made of it is told', async t => {
  const { image: { bytes }, ...rest } = await finished(painted)
  t.match(rest, { isPreserved: true, preservation: { of: 'unmasked', after: 0 }, warnings: [], restored: [] })
  t.ok(Number(rest.preservation?.before) > 0.9)
  const { data } = await pixelsOf(bytes)
  for (let y = 0; y < height; y++) t.ok(data.subarray(y * width * 3, (y * width + 20) * 3).equals(source.data.subarray(y * width * 3, (y * width + 20) * 3)))
  t.same([...data.subarray(35 * 3, 36 * 3)], [255, 0, 200])
})

t.test('by how much a model has shifted the picture is told, where that is taken back', async t => {
  const size = { width: 120, height: 90 }
  const waves = async (shift: number) => await open(draw(size.width, size.height, 3, (x, y) => [0, 1, 2].map(n => Math.round(120 + 60 * Math.sin((x - shift) / 5 + n) + 40 * Math.cos(y / 6))))).png().toBuffer()
  const asked = { images: [{ ...image, bytes: await waves(0), ...size }] as const, mask: { pixels: draw(size.width, size.height, 1, x => [x >= 60 ? 255 : 0]).data, ...size } }
  t.same((await finished(await waves(1), asked)).restored, [{ kind: 'restore', detail: 'of the result: it is moved back by 1.0 pixels' }])
  t.same((await finished(await waves(0), asked)).restored, [])
})

t.test('when that is not wished the result passes as it is, and the changes stay', async t => {
  const { image: { bytes }, ...rest } = await finished(painted, { output: { format: 'image/png', preserveUnmasked: false } })
  t.ok(bytes.equals(painted))
  t.match(rest, { isPreserved: false, warnings: [] })
  t.equal(rest.preservation?.after, rest.preservation?.before)
  t.equal(rest.preservation?.of, 'unmasked')
})

t.test('without a mask the share of all pixels is told', async t => {
  t.match(await finished(sent, without('mask')), { isPreserved: false, preservation: { of: 'all', before: 0, after: 0 }, warnings: [] })
  t.ok(Number((await finished(painted, without('mask'))).preservation?.before) > 0.9)
})

t.test('an outpainting has the image in its place', async t => {
  const grown = await open(draw(50, 30, 3, () => [255, 0, 200])).png().toBuffer()
  const { image: { bytes }, isPreserved } = await finished(grown, { operation: 'outpaint', mask: undefined, expansion: { left: 10, right: 0, up: 0, down: 0 } })
  t.equal(isPreserved, true)
  t.same(await sharp(bytes).extract({ left: 10, top: 0, width, height }).raw().toBuffer(), source.data)
})

t.test('a mask that leaves nothing has nothing that could be changed', async t => {
  t.match((await finished(painted, { mask: { ...mask, pixels: new Uint8Array(width * height).fill(255) } })).preservation, { before: 0, after: 0 })
})

t.test('in a result of another shape nobody knows what is where', async t => {
  const tall = await open(draw(30, 60, 3, () => [255, 0, 200])).png().toBuffer()
  const other = await finished(tall)
  t.match(other, { isPreserved: false, preservation: null, image: { width: 30, height: 60 } })
  t.match(other.warnings.at(-1), 'what was not to be changed could not be put back, as the result has another shape')
  t.notMatch((await finished(tall, without('mask'))).warnings, [/put back/])
})

t.test('a mask that the model has never seen has to be honoured here, or the attempt has failed', async t => {
  const kept = async (result: Buffer, bytes: Buffer = sent) => {
    const asked = request({ operation: 'inpaint', images: [{ ...image, bytes }], mask, route: { unsupported: 'emulate' } })
    const [candidate] = plan(asked, [offer({ card: card({ outputs: { ...card().outputs, size: { rule: 'vendor' } } }) })], {}).candidates
    return await finishOne(await readResult(result, limits), candidate, { profile: undefined, gates: noGates })
  }
  t.match(await kept(painted), { isPreserved: true, preservation: { after: 0 } })
  const tall = await open(draw(30, 60, 3, () => [255, 0, 200])).png().toBuffer()
  await t.rejects(kept(tall), { code: 'EDIT_ERR_OUTPUT_REJECTED', message: /cannot be put back, as the result has another shape/ })
  await t.rejects(kept(painted, corrupt(sent, sent.indexOf('IDAT') + 20)), { code: 'EDIT_ERR_OUTPUT_REJECTED', message: /damaged/ })
})

t.test('an emulated outpainting has the image in its place, as a true one', async t => {
  const expansion = { left: 10, right: 0, up: 0, down: 0 }
  const [candidate] = plan(request({ operation: 'outpaint', images: [image], expansion, route: { unsupported: 'emulate' } }), [offer()], {}).candidates
  const grown = await open(draw(50, 30, 3, () => [255, 0, 200])).png().toBuffer()
  const { image: { bytes }, isPreserved } = await finishOne(await readResult(grown, limits), candidate, { profile: undefined, gates: noGates })
  t.equal(isPreserved, true)
  t.same(await sharp(bytes).extract({ left: 10, top: 0, width, height }).raw().toBuffer(), source.data)
})

t.test('an image that was transparent is so again where the model has laid it on a flat colour, and that is told', async t => {
  const clear = { ...image, bytes: await open(draw(width, height, 4, x => x < 20 ? [200, 90, 60, 255] : [0, 0, 0, 0])).png().toBuffer(), alpha: true }
  const flat = await open(draw(width, height, 3, x => x < 20 ? [90, 200, 60] : [255, 255, 255])).png().toBuffer()
  t.match(await finished(flat, { ...without('mask'), images: [clear] }), {
    image: { alpha: true }, restored: [{ kind: 'restore', detail: 'of the result: its transparent parts are so again' }], preservation: { of: 'all', before: 0.5 }
  })
  t.match(await finished(painted, { ...without('mask'), images: [clear], output: { format: 'image/png', background: '#fff' } }), { image: { alpha: false } })
  const untouched = await open(draw(width, height, 3, x => x < 20 ? [200, 90, 60] : [255, 255, 255])).png().toBuffer()
  await t.rejects(finished(untouched, { ...without('mask'), images: [clear] }, undefined, everyGate), { code: 'EDIT_ERR_OUTPUT_REJECTED', details: { gate: 'unchanged' } })
})

t.test('a result may be good though the image does not decode here', async t => {
  const damaged = { ...image, bytes: corrupt(sent, sent.indexOf('IDAT') + 20) }
  const answer = await finished(painted, { images: [damaged] })
  t.match(answer, { isPreserved: false, preservation: null, warnings: ['what was not to be changed could not be put back, as the image that was sent is damaged'] })
  t.ok(answer.image.bytes.equals(painted))
  t.match(await finished(painted, { images: [damaged], ...without('mask') }), { preservation: null, warnings: [] })
})

t.test('colours come back in the profile of what was sent', async t => {
  const wide = { ...image, bytes: await open(source).withIccProfile('p3').png().toBuffer(), profile: 'sP3C' }
  const profile = await profileOf(wide)
  const answer = await finished(painted, { images: [wide] }, profile)
  t.match(answer, { image: { profile: 'sP3C' }, restored: [{ kind: 'restore', detail: /sP3C/ }] })
  t.same((await finished(wide.bytes, { images: [wide] }, profile)).restored, [])
})

t.test('a profile that colours cannot have is lost, and said', async t => {
  const grey = { ...image, profile: 'Dark Grey' }
  t.match((await finished(painted, { ...without('mask'), images: [grey] })).warnings, [/is in sRGB, as the colour profile "Dark Grey" is not for colours/])
})

t.test('a result that does not decode is rejected', async t => {
  const broken = corrupt(painted, painted.indexOf('IDAT') + 9, 12)
  await t.rejects(finished(broken), { code: 'EDIT_ERR_OUTPUT_REJECTED', details: { gate: 'damaged' } })
  await t.rejects(finished(broken, without('mask')), { code: 'EDIT_ERR_OUTPUT_REJECTED', details: { gate: 'damaged' } })
})

const large = picture(400, 300)
const photo = { ...image, bytes: await open(large).png().toBuffer(), width: 400, height: 300 }
const spot = (x: number, y: number) => x >= 300 && x < 320 && y >= 200 && y < 210
const spotted = { pixels: draw(400, 300, 1, (x, y) => [spot(x, y) ? 255 : 0]).data, width: 400, height: 300, box: { left: 300, top: 200, width: 20, height: 10 } }

async function finishedPart (paint: (size: Region) => Promise<Buffer>, gates = noGates) {
  const model = card({ operations: ['inpaint'], inputs: inputs({ mask: 'white-edits', maxSide: 160 }) })
  const [candidate] = plan(request({ operation: 'inpaint', images: [photo], mask: spotted }), [offer({ card: model })], {}).candidates
  const { crop } = candidate.geometry
  if (crop === undefined) throw new TypeError('no part was chosen')
  return await finishOne(await readResult(await paint(crop), limits), candidate, { profile: undefined, gates })
}

t.test('the result of a part is held against that part', async t => {
  const part = async (crop: Region, changed: (x: number, y: number) => boolean) => await open(draw(crop.width, crop.height, 3, (x, y) => {
    const at = ((crop.top + y) * 400 + crop.left + x) * 3
    return changed(crop.left + x, crop.top + y) ? [255, 0, 200] : [...large.data.subarray(at, at + 3)]
  })).png().toBuffer()
  t.match(await finishedPart(async crop => await part(crop, spot), everyGate), { isPreserved: true })
  await t.rejects(finishedPart(async crop => await part(crop, () => false), everyGate), { code: 'EDIT_ERR_OUTPUT_REJECTED', details: { gate: 'unchanged', distance: 0 } })
  await t.rejects(finishedPart(async crop => await part(crop, () => true), everyGate), { code: 'EDIT_ERR_OUTPUT_REJECTED', details: { gate: 'blank' } })
})

t.test('the result of a part is put back to its place in the whole image', async t => {
  const { image: { bytes, ...size }, ...rest } = await finishedPart(async ({ width, height }) => await open(draw(width * 2, height * 2, 3, () => [255, 0, 200])).png().toBuffer())
  t.match(size, { width: 400, height: 300 })
  t.match(rest, { isPreserved: true, restored: [{ detail: /it is scaled to \d+×\d+, it is put back to its place in 400×300$/ }], preservation: { of: 'unmasked', after: 0 } })
  const { data } = await pixelsOf(bytes)
  t.same([...data.subarray((205 * 400 + 310) * 3).subarray(0, 3)], [255, 0, 200])
  let changed = 0
  for (let y = 0; y < 300; y++) for (let x = 0; x < 400; x++) if (!spot(x, y) && data.compare(large.data, (y * 400 + x) * 3, (y * 400 + x) * 3 + 3, (y * 400 + x) * 3, (y * 400 + x) * 3 + 3) !== 0) changed++
  t.equal(changed, 0)
})

t.test('a part that comes back in another shape is rejected: alone it is nothing', async t => {
  await t.rejects(finishedPart(async ({ width, height }) => await open(draw(width, height * 2, 3, () => [255, 0, 200])).png().toBuffer()), {
    code: 'EDIT_ERR_OUTPUT_REJECTED', message: /another shape than the part of the image that was sent/
  })
})

t.test('a result that fails a gate is rejected: with the image in its place, without it, and when the image is damaged', async t => {
  const gated = (result: Buffer, changes: Partial<EditRequest> = {}) => finished(result, changes, undefined, everyGate)
  const refused = (gate: string) => ({ code: 'EDIT_ERR_OUTPUT_REJECTED', details: { gate } })
  await t.rejects(gated(sent), refused('unchanged'))
  await t.rejects(gated(sent, without('mask')), refused('unchanged'))
  await t.rejects(gated(painted), refused('blank'))
  await t.rejects(gated(await open(draw(30, 60, 3, () => [255, 0, 200])).png().toBuffer()), refused('size'))
  const damaged = { ...image, bytes: corrupt(sent, sent.indexOf('IDAT') + 20) }
  t.match(await gated(await open(picture(width, height, 3, 1)).png().toBuffer(), { images: [damaged] }), { preservation: null })
})

t.test('where nobody is to look at it, a result that needs no new encoding is not decoded', async t => {
  const broken = corrupt(painted, painted.indexOf('IDAT') + 20)
  const unlooked = async (damaged: boolean, countsChanges: boolean) => await finished(broken, without('mask'), undefined, { ...noGates, damaged }, countsChanges)
  await t.rejects(unlooked(true, true), { code: 'EDIT_ERR_OUTPUT_REJECTED' })
  await t.rejects(unlooked(true, false), { code: 'EDIT_ERR_OUTPUT_REJECTED' })
  await t.rejects(unlooked(false, true), { code: 'EDIT_ERR_OUTPUT_REJECTED' })
  const passed = await unlooked(false, false)
  t.ok(passed.image.bytes.equals(broken))
  t.equal(passed.preservation, null)
})
