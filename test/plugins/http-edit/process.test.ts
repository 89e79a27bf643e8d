import t from 'tap'
import { decodeBase64 } from '../../../core/imaging/base64.ts'
import { toEditInput, unknownFields } from '../../../plugins/http-edit/process.ts'

const reading = { decodeBase64 }

t.test('a request becomes the kernel\'s input, field by field', async t => {
  t.same(toEditInput({
    image_base64: 'aW1hZ2U=',
    images_base64: ['b25l', { bytes: () => Buffer.from('two'), preview: () => '' }],
    n: 3,
    operation: 'relight',
    prompt: 'p',
    negative_prompt: 'n',
    mask_base64: { bytes: () => Buffer.from('mask'), preview: () => '' },
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
  }, reading), {
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
      outputBackground: 'background',
      count: 'n',
      images: ['image_base64', 'images_base64[0]', 'images_base64[1]']
    },
    images: [Buffer.from('image'), Buffer.from('one'), Buffer.from('two')],
    count: 3,
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
  t.match(toEditInput({ image_base64: 'aGk=', operation: 'erase' }, reading), {
    mask: undefined, expansion: { left: 0, right: 0, up: 0, down: 0 }, parameters: {}, output: { format: 'image/png' }, route: {}
  })
})

t.test('what is no base64 is named by its place', async t => {
  t.throws(() => toEditInput({ images_base64: ['aGk=', '?'], operation: 'general_edit' }, reading), { code: 'EDIT_ERR_IMAGE_INVALID', details: { field: 'images_base64[1]' } })
})

t.test('a size is one of two words or two numbers', async t => {
  const sizeOf = async (size: string) => toEditInput({ image_base64: 'aGk=', operation: 'erase', output_size: size, output_format: 'avif' }, reading).output
  t.match(await sizeOf('Input'), { size: 'input', format: 'image/avif' })
  t.match(await sizeOf('model'), { size: 'model' })
  t.match(await sizeOf('64x32'), { size: { width: 64, height: 32 } })
  t.match(await sizeOf('64*32'), { size: { width: 64, height: 32 } })
  for (const size of ['large', '64', '64x', 'x64', '-1x4', '1.5x2', '1234567x1']) await t.rejects(sizeOf(size), { name: 'Refusal' })
})

t.test('unknown fields are named', async t => {
  t.same(unknownFields({ a: 1, b: 2, toString: 3 }, { a: {} }), ['unknown fields were ignored: b, toString'])
  t.same(unknownFields({ a: 1 }, { a: {} }), [])
})
