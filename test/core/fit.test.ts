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
    card({ operations: ['outpaint'], inputs: inputs({ accepts: ['expansion', 'prompt'], maxExpansion: 200 }) }), 'expansion', /up to 200 pixels.*300/],
  ['a second image', { images: [image(), image()] }, card(), 'images', /takes 1 image, the request has 2/],
  ['a third image', { images: [image(), image(), image()] }, withInputs({ maxImages: 2 }), 'images', /takes 2 images, the request has 3/],
  ['too long a prompt', { prompt: 'long' }, withInputs({ maxPromptLength: 3 }), 'prompt', /up to 3 characters/],
  ['too short a side', {}, withInputs({ minSide: 500 }), 'side', /from 500 pixels, the image is 640×480/],
  ['too long a side', {}, withInputs({ maxSide: 600 }), 'side', /up to 600 pixels/],
  ['too few pixels', {}, withInputs({ minPixels: 1_000_000 }), 'pixels', /the image has 307200/],
  ['too many pixels', {}, withInputs({ maxPixels: 1000 }), 'pixels', /takes 1 to 1000 pixels/],
  ['too wide an image', {}, withInputs({ maxAspectRatio: 1 }), 'ratio', /aspect ratios from 0 to 1/],
  ['too narrow an image', {}, withInputs({ minAspectRatio: 2 }), 'ratio', /from 2 to Infinity/],
  ['too many bytes', {}, withInputs({ maxBytes: 2 }), 'bytes', /up to 2 bytes, this one has 3/],
  ['too many bytes in all', { images: [image(), image()] }, withInputs({ maxImages: 2, maxRequestBytes: 5 }), 'bytes', /up to 5 bytes, these images have 6/],
  ['too long a search prompt', { operation: 'search_replace', searchPrompt: 'long search' },
    card({ operations: ['search_replace'], inputs: inputs({ accepts: ['prompt', 'search_prompt'], maxPromptLength: 5 }) }), 'prompt', /up to 5 characters/],
  ['a wrong side of a background', { operation: 'relight', background: image({ width: 10 }) },
    card({ operations: ['relight'], inputs: inputs({ accepts: ['background', 'prompt'], minSide: 64 }) }), 'side', /10×480/],
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
  t.same(fit(asked, card()), {
    request: asked, adaptations: [], dropped: [], parameters: {}, output: { format: 'image/png' }, costUsd: { min: 0.02, max: 0.02 }
  })
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
