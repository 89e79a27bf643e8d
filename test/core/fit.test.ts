import t from 'tap'
import { fit } from '../../core/fit.ts'
import type { ModelCard } from '../../core/model-card.ts'
import type { EditRequest, RejectionReason } from '../../core/request.ts'
import { card, image, inputs, request } from './fixtures.ts'

const mask = { pixels: new Uint8Array(640 * 480), width: 640, height: 480 }
const withInputs = (changes: Partial<ModelCard['inputs']>) => card({ inputs: inputs(changes) })
const expansion = { left: 0, right: 300, up: 0, down: 0 }

const rejections: Array<[string, Partial<EditRequest>, ModelCard, RejectionReason, RegExp]> = [
  ['another operation', { operation: 'erase', mask }, card(), 'operation', /does not do erase/],
  ['a mask that would be lost', { mask }, card(), 'mask', /takes no mask/],
  ['a prompt that would be lost', {}, withInputs({ accepts: [] }), 'prompt', /takes no prompt/],
  ['a search prompt that would be lost', { operation: 'search_replace', searchPrompt: 'cat' },
    card({ operations: ['search_replace'] }), 'prompt', /takes no search_prompt/],
  ['a background that would be lost', { operation: 'relight', background: image() },
    card({ operations: ['relight'] }), 'background', /takes no background/],
  ['a lighting image that would be lost', { operation: 'relight', lighting: image() },
    card({ operations: ['relight'] }), 'lighting', /takes no lighting/],
  ['an expansion that would be lost', { operation: 'outpaint', expansion },
    card({ operations: ['outpaint'] }), 'expansion', /takes no expansion/],
  ['too wide an expansion', { operation: 'outpaint', expansion },
    card({ operations: ['outpaint'], inputs: inputs({ accepts: ['expansion', 'prompt'], maxExpansion: 20 }) }), 'expansion', /up to 20 pixels.*300/],
  ['a second image', { images: [image(), image()] }, card(), 'images', /takes 1 image, the request has 2/],
  ['a third image', { images: [image(), image(), image()] }, withInputs({ maxImages: 2 }), 'images', /takes 2 images, the request has 3/],
  ['too long a prompt', { prompt: 'long' }, withInputs({ maxPromptLength: 3 }), 'prompt', /up to 3 characters/],
  ['a side that is too short where none may be long enough', {}, withInputs({ minSide: 500, maxSide: 490 }), 'side', /from 500 pixels, the image is 640×480/],
  ['a side so long that nothing of the image would be left', {}, withInputs({ maxSide: 60 }), 'side', /up to 60 pixels/],
  ['too few pixels where there may not be more', {}, withInputs({ minPixels: 1_000_000, maxSide: 900 }), 'pixels', /the image has 307200/],
  ['so many pixels that nothing of the image would be left', {}, withInputs({ maxPixels: 1000 }), 'pixels', /takes 1 to 1000 pixels/],
  ['too wide an image that grows where it would be padded', { operation: 'outpaint', expansion: { ...expansion, up: 9, down: 9 } },
    card({ operations: ['outpaint'], inputs: inputs({ accepts: ['expansion', 'prompt'], maxAspectRatio: 1 }) }), 'ratio', /aspect ratios from 0 to 1/],
  ['too narrow an image that grows where it would be padded', { operation: 'outpaint', expansion: { ...expansion, left: 9 } },
    card({ operations: ['outpaint'], inputs: inputs({ accepts: ['expansion', 'prompt'], minAspectRatio: 2 }) }), 'ratio', /from 2 to Infinity/],
  ['too many bytes', {}, withInputs({ maxBytes: 2 }), 'bytes', /up to 2 bytes, this one has 3/],
  ['too many bytes in all', { images: [image(), image()] }, withInputs({ maxImages: 2, maxRequestBytes: 5 }), 'bytes', /up to 5 bytes, these images have 6/],
  ['too long a search prompt', { operation: 'search_replace', searchPrompt: 'long search' },
    card({ operations: ['search_replace'], inputs: inputs({ accepts: ['prompt', 'search_prompt'], maxPromptLength: 5 }) }), 'prompt', /up to 5 characters/],
  ['a background that cannot be scaled', { operation: 'relight', background: image({ width: 10 }) },
    card({ operations: ['relight'], inputs: inputs({ accepts: ['background', 'prompt'], minSide: 64, maxSide: 1000 }) }), 'side', /10×480/],
  ['a parameter out of its range', { parameters: { steps: 99 } },
    card({ parameters: { steps: { type: 'integer', description: 'x', minimum: 1, maximum: 50 } } }), 'parameter', /steps as integer from 1 up to 50/],
  ['a fraction for an integer', { parameters: { steps: 1.5 } },
    card({ parameters: { steps: { type: 'integer', description: 'x' } } }), 'parameter', /steps as integer$/],
  ['text for a number', { parameters: { scale: 'x' } },
    card({ parameters: { scale: { type: 'number', description: 'x' } } }), 'parameter', /scale as number$/],
  ['too long a text', { parameters: { note: 'long' } },
    card({ parameters: { note: { type: 'string', description: 'x', maxLength: 3 } } }), 'parameter', /note as string of up to 3 characters/],
  ['a number for a switch', { parameters: { fast: 1 } },
    card({ parameters: { fast: { type: 'boolean', description: 'x' } } }), 'parameter', /fast as boolean$/],
  ['a word outside the list', { parameters: { style: 'x' } },
    card({ parameters: { style: { type: 'string', description: 'x', values: ['a', 'b'] } } }), 'parameter', /style as one of a, b/]
]

for (const [title, changes, model, reason, message] of rejections) {
  t.test(`rejects ${title}`, async t => { t.match(fit(request(changes), model), { reason, message }) })
}

t.test('a request that fits needs nothing', async t => {
  const asked = request()
  const size = { width: 640, height: 480 }
  t.same(fit(asked, card()), {
    request: asked,
    asked,
    geometry: { images: [{ scaledTo: size, padding: { left: 0, right: 0, up: 0, down: 0 }, size, loss: 0 }] },
    adaptations: [],
    dropped: [],
    parameters: {},
    output: { format: 'image/png' },
    costUsd: { min: 0.02, max: 0.02 }
  })
})

t.test('what a model lacks is emulated when that is wished, and else said that it would be', async t => {
  const erase = request({ operation: 'erase', mask })
  t.match(fit(erase, card()), { reason: 'operation', message: /^does not do erase; with unsupported: emulate it would be emulated: what the mask covers is marked/ })
  t.match(fit(request({ mask, route: { unsupported: 'drop' } }), card()), { dropped: ['mask'] })
  t.notMatch(fit(request({ operation: 'erase', mask }), withInputs({ accepts: [] })), { message: /emulate/ })
  const wished = { ...erase, route: { unsupported: 'emulate' as const } }
  t.match(fit(wished, card()), { request: { operation: 'erase', mask }, asked: { operation: 'general_edit' }, emulation: { way: 'marking' }, adaptations: [{ kind: 'mask' }, { kind: 'preserve' }] })
  t.match(fit({ ...wished, operation: 'relight' }, card()), { reason: 'operation', message: 'does not do relight' })
  const masked = card({ operations: ['erase'], inputs: inputs({ mask: 'white-edits' }) })
  t.notOk('emulation' in fit(wished, masked), 'who does it by itself does so')
})

t.test('an emulation keeps the model\'s limits too: of its words, its images, and its price', async t => {
  const wish = { route: { unsupported: 'emulate' as const }, operation: 'search_replace' as const, searchPrompt: 'the cat' }
  t.match(fit(request(wish), withInputs({ maxPromptLength: 40 })), { reason: 'prompt', message: /up to 40 characters/ })
  t.match(fit(request({ ...wish, images: [image(), image()] }), card()), { reason: 'images' })
  t.match(fit(request({ ...wish, route: { unsupported: 'emulate', maxCostUsd: 0.01 } }), card()), { reason: 'price' })
  t.match(fit(request({ ...wish, parameters: { seed: 1 } }), card()), { dropped: ['seed'], emulation: { way: 'instruction' } })
  const lost = { ...wish, mask, output: { format: 'image/png' as const, preserveUnmasked: false } }
  t.match(fit(request(lost), card()), { reason: 'mask', message: /would be lost/ })
  t.match(fit(request({ ...lost, route: {} }), card()), { reason: 'operation', message: 'does not do search_replace' })
  t.match(fit(request({ ...wish, operation: 'erase', mask }), card({ operations: ['inpaint', 'general_edit'], inputs: inputs({ mask: 'white-edits', maxPromptLength: 100 }) })), {
    emulation: { way: 'paint' }
  })
})

t.test('a canvas is laid out as an image of its size, and its margin is scaled with it', async t => {
  const wish = request({ operation: 'outpaint', expansion, route: { unsupported: 'emulate' } })
  t.match(fit(wish, withInputs({ maxSide: 470, maxAspectRatio: 1.5 })), {
    geometry: {
      images: [{ scaledTo: { width: 470, height: 240 }, padding: { up: 37, down: 37 }, size: { width: 470, height: 314 }, margin: { left: 0, right: 150, up: 0, down: 0, fill: 'grey' } }]
    },
    adaptations: [
      { kind: 'pad', detail: '640×480 is laid on a canvas of 940×480' },
      { kind: 'resize', detail: '940×480 is sent as 470×240' },
      { kind: 'pad' },
      { kind: 'restore', detail: 'of the result: its padding is cut off, it is scaled to 940×480' },
      { kind: 'preserve', detail: 'the image as it was sent is put back into the result' }
    ]
  })
  // Bytes that are sent as they are have a limit, and a canvas is none of them.
  t.match(fit(wish, withInputs({ maxBytes: 1 })), { emulation: { way: 'canvas' } })
})

t.test('legal parameters are passed, unknown ones dropped by name, also one that every object has', async t => {
  const parameters = { steps: 5, scale: 1.5, fast: true, style: 'a', note: 'abc', seed: 7, toString: 'x' }
  const fitted = fit(request({ parameters }), card({
    parameters: {
      steps: { type: 'integer', description: 'x' },
      scale: { type: 'number', description: 'x' },
      fast: { type: 'boolean', description: 'x' },
      style: { type: 'string', description: 'x', values: ['a'] },
      note: { type: 'string', description: 'x' }
    }
  }))
  t.match(fitted, { dropped: ['seed', 'toString'], parameters: { steps: 5, scale: 1.5, fast: true, style: 'a', note: 'abc' } })
})

t.test('foreign formats, mask dialects and output formats are adaptations', async t => {
  const fitted = fit(
    request({ mask, images: [image({ mediaType: 'image/webp' })], output: { format: 'image/webp' } }),
    withInputs({ mask: 'alpha-edits', maskLevels: 'binary' })
  )
  t.match(fitted, {
    output: { format: 'image/png' },
    adaptations: [
      { kind: 'convert', detail: 'image/webp is sent as image/png' },
      { kind: 'mask', detail: 'the mask is sent as alpha-edits' },
      { kind: 'mask', detail: 'the mask is sent with two levels' },
      { kind: 'preserve', detail: 'of the image what the mask does not cover is put back into the result' },
      { kind: 'output', detail: 'the result comes as image/png and is converted to image/webp' }
    ]
  })
})

t.test('a mask in the kernel\'s own dialect needs no adaptation, and bytes that are converted have no limit yet', async t => {
  t.match(fit(request({ mask }), withInputs({ mask: 'white-edits' })), { adaptations: [] })
  t.match(fit(request({ images: [image({ mediaType: 'image/avif' })] }), withInputs({ maxBytes: 1 })), { dropped: [] })
})

t.test('the shape of a background is its own, and images that are converted have no sum of bytes yet', async t => {
  const wide = image({ width: 4000, height: 100, mediaType: 'image/webp' })
  t.match(fit(request({ operation: 'relight', background: wide }), card({
    operations: ['relight'], inputs: inputs({ accepts: ['prompt', 'background'], maxAspectRatio: 2, maxRequestBytes: 3 })
  })), { dropped: [] })
})

t.test('the price follows the resolution and the extra images', async t => {
  const priced = card({
    inputs: inputs({ maxImages: 3 }),
    outputs: { formats: ['image/png'], alpha: false, size: { rule: 'ratio', ratios: ['4:3'], resolutions: { '4k': 4096, '8k': 8192 } } },
    price: { usd: 1, byResolution: { '8k': 2 }, perExtraImage: 0.5 }
  })
  t.match(fit(request({ images: [image(), image(), image()] }), priced), { costUsd: { min: 2, max: 2 } })
  t.match(fit(request({ images: [image({ width: 5000 })] }), priced), { costUsd: { min: 2, max: 2 } })
})

t.test('what does not fit is scaled and padded, the mask and the expansion with it, and comes back: all of it is said', async t => {
  const small = withInputs({ maxSide: 320, maxAspectRatio: 1, mask: 'white-edits' })
  t.match(fit(request({ mask }), small), {
    geometry: { images: [{ scaledTo: { width: 320, height: 240 }, padding: { up: 40, down: 40 }, size: { width: 320, height: 320 } }] },
    adaptations: [
      { kind: 'resize', detail: '640×480 is sent as 320×240' },
      { kind: 'pad', detail: '320×240 is padded to 320×320, which the mask keeps' },
      { kind: 'restore', detail: 'of the result: its padding is cut off, it is scaled to 640×480' }
    ]
  })
  const outpaint = card({ operations: ['outpaint'], inputs: inputs({ accepts: ['expansion', 'prompt'], maxSide: 320 }) })
  t.match(fit(request({ operation: 'outpaint', expansion }), outpaint), {
    geometry: { expansion: { left: 0, right: 150, up: 0, down: 0 } },
    adaptations: [{ kind: 'resize' }, { kind: 'restore', detail: 'of the result: it is scaled to 940×480' }]
  })
})

t.test('several results cost so many times as much, and that is held against the limit', async t => {
  const priced = card({ price: { usd: 0.1 } })
  t.match(fit(request({ count: 3 }), priced), { costUsd: { min: 0.3, max: 0.3 }, adaptations: [{ kind: 'count', detail: '3 results are asked for in 3 calls' }] })
  t.match(fit(request({ count: 3, route: { maxCostUsd: 0.3 } }), priced), { costUsd: { max: 0.3 } })
  t.match(fit(request({ count: 3, route: { maxCostUsd: 0.29 } }), priced), { reason: 'price', message: /\$0\.3,/ })
})
