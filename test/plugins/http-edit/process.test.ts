import t from 'tap'
import { decodeBase64, encodeDataUrl } from '../../../core/imaging/base64.ts'
import type { EditResult } from '../../../core/index.ts'
import { toAnswer, toEditInput, unknownFields } from '../../../plugins/http-edit/process.ts'

const result: EditResult = {
  operation: 'inpaint',
  images: [{ bytes: Buffer.from('hi'), mediaType: 'image/webp', width: 4, height: 3 }],
  provider: 'acme',
  vendor: 'acme-inc',
  model: 'paint',
  seed: null,
  costUsd: 0,
  durationMs: 12.6,
  attempts: [],
  skipped: [],
  adaptations: [{ kind: 'size', detail: '4×3 is asked for as 16×16' }],
  emulation: null,
  preservation: { of: 'unmasked', before: 0.25, after: 0 },
  warnings: ['größer'],
  vendorRequestId: null
}
const answer = (changes: Partial<EditResult> = {}, warnings: string[] = []) =>
  toAnswer({ ...result, ...changes }, { input: { parameters: {} }, warnings, encodeDataUrl }).toString()

t.test('a request becomes the kernel\'s input, field by field', async t => {
  t.same(toEditInput({
    image_base64: 'aW1hZ2U=',
    operation: 'relight',
    prompt: 'p',
    negative_prompt: 'n',
    mask_base64: Buffer.from('bWFzaw=='),
    mask_grow: 6,
    mask_feather: 0,
    search_prompt: 's',
    select_prompt: 'c',
    background_image_base64: 'YmFjaw==',
    lighting_image_base64: 'bGlnaHQ=',
    expand_left: 1,
    expand_right: 2,
    expand_up: 3,
    expand_down: 4,
    provider: 'acme',
    model: 'paint',
    style_preset: 'film',
    guidance_scale: 1.5,
    steps: 9,
    seed: 0,
    output_format: 'jpg',
    output_quality: 80,
    output_size: ' 1024 × 768 ',
    background: '#fff',
    keep_metadata: true,
    preserve_unmasked: false,
    options: { grow_mask: 3, nothing: null },
    fallback: ['other', 'acme/brush'],
    unsupported: 'drop',
    max_cost_usd: 0.5,
    prefer: 'speed',
    after_maybe_billed: 'stop',
    coalesce: true
  }, decodeBase64), {
    operation: 'relight',
    fields: {
      image: 'image_base64',
      mask: 'mask_base64',
      background: 'background_image_base64',
      lighting: 'lighting_image_base64',
      prompt: 'prompt',
      searchPrompt: 'search_prompt',
      selectPrompt: 'select_prompt',
      expansion: 'expand_left or expand_right or expand_up or expand_down',
      outputSize: 'output_size',
      outputBackground: 'background'
    },
    images: [Buffer.from('image')],
    mask: Buffer.from('mask'),
    maskGrow: 6,
    maskFeather: 0,
    background: Buffer.from('back'),
    lighting: Buffer.from('light'),
    prompt: 'p',
    searchPrompt: 's',
    selectPrompt: 'c',
    expansion: { left: 1, right: 2, up: 3, down: 4 },
    parameters: { negative_prompt: 'n', style_preset: 'film', guidance_scale: 1.5, steps: 9, seed: 0, grow_mask: 3 },
    output: { format: 'image/jpeg', quality: 80, size: { width: 1024, height: 768 }, background: '#fff', keepMetadata: true, preserveUnmasked: false },
    route: {
      provider: 'acme', model: 'paint', fallback: ['other', 'acme/brush'], unsupported: 'drop', maxCostUsd: 0.5, prefer: 'speed', afterMaybeBilled: 'stop'
    }
  })
})

t.test('what is absent is absent', async t => {
  t.match(toEditInput({ image_base64: 'aGk=', operation: 'erase' }, decodeBase64), {
    mask: undefined, expansion: { left: 0, right: 0, up: 0, down: 0 }, parameters: {}, output: { format: 'image/png' }, route: {}
  })
})

t.test('a size is one of two words or two numbers', async t => {
  const sizeOf = (size: string) => toEditInput({ image_base64: 'aGk=', operation: 'erase', output_size: size, output_format: 'avif' }, decodeBase64).output
  t.match(sizeOf('Input'), { size: 'input', format: 'image/avif' })
  t.match(sizeOf('model'), { size: 'model' })
  t.match(sizeOf('64x32'), { size: { width: 64, height: 32 } })
  t.match(sizeOf('64*32'), { size: { width: 64, height: 32 } })
  for (const size of ['large', '64', '64x', 'x64', '-1x4', '1.5x2', '1234567x1']) t.throws(() => sizeOf(size), { name: 'Refusal' })
})

t.test('the answer is the JSON that an encoder would have written', async t => {
  t.equal(answer({}, ['from the face']), JSON.stringify({
    success: true,
    operation: 'inpaint',
    provider: 'acme',
    image_base64: 'data:image/webp;base64,aGk=',
    width: 4,
    height: 3,
    metadata: {
      width: 4,
      height: 3,
      operation: 'inpaint',
      style_preset: null,
      provider: 'acme',
      model: 'paint',
      vendor: 'acme-inc',
      seed: null,
      cost_usd: 0,
      duration_ms: 13,
      attempts: [],
      skipped: [],
      adaptations: [{ kind: 'size', detail: '4×3 is asked for as 16×16' }],
      emulated: false,
      emulation: null,
      preservation: { changed_before: 0.25, changed_after: 0 },
      warnings: ['from the face', 'größer'],
      vendor_request_id: null,
      output_format: 'webp'
    }
  }))
})

t.test('what a model left of the image is told as far as it is known', async t => {
  const told = (preservation: EditResult['preservation']) => JSON.parse(answer({ preservation })).metadata.preservation
  t.same(told({ of: 'all', before: 0.5, after: 0.5 }), { changed: 0.5 })
  t.equal(told(null), null)
})

t.test('images beyond the first are not lost in silence', async t => {
  const [image] = result.images
  t.match(JSON.parse(answer({ images: [image, image] })).metadata.warnings, ['größer', 'the provider made 2 images: this is the first one'])
})

t.test('unknown fields are named', async t => {
  t.same(unknownFields({ a: 1, b: 2, toString: 3 }, { a: {} }), ['unknown fields were ignored: b, toString'])
  t.same(unknownFields({ a: 1 }, { a: {} }), [])
})
