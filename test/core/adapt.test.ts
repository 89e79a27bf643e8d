import sharp from 'sharp'
import t from 'tap'
import { adapt } from '../../core/adapt.ts'
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
  return await adapt(candidate)
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
  t.notOk('mask' in await adapt({ ...candidate, request: asked }))
})
