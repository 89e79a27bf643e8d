import t from 'tap'
import { decodeBase64 } from '../../../core/imaging/base64.ts'
import { operationNames } from '../../../core/operations.ts'
import { readOrder } from '../../../plugins/http-openai/edit-input.ts'
import { createFields } from '../../../plugins/http-openai/schema.ts'
import type { SentFields } from '../../../plugins/http-openai/sent.ts'
import { card, offer } from '../../core/fixtures.ts'

const offers = [offer({ card: card({ parameters: { grow_mask: { type: 'integer', description: 'Pixels.' } } }) })]
const fields = createFields(operationNames)
const read = (sent: SentFields) => readOrder(sent, { edits: { offers: () => offers, decodeBase64 }, fields, aliases: {} })
const bytes = Buffer.from('picture')
const image = { bytes: () => bytes }
const none = { left: 0, right: 0, up: 0, down: 0 }

t.test('a mask makes an inpainting, none an edit of the whole; what is named is done', async t => {
  t.match(read({ image, prompt: 'a hat' }).input, { operation: 'general_edit', images: [bytes], prompt: 'a hat', mask: undefined, maskReading: 'alpha', route: {}, parameters: {}, expansion: none })
  t.match(read({ image, mask: image }).input, { operation: 'inpaint', mask: bytes })
  t.match(read({ image: [image, image], n: '3' }).input, { count: 3, images: [bytes, bytes], fields: { image: 'image', images: ['image[0]', 'image[1]'], count: 'n' } })
  t.match(read({ image, mask: image, operation: 'erase' }).input, { operation: 'erase' })
})

t.test('everything of this service comes at the top or among the options of a form', async t => {
  const { input } = read({
    image,
    operation: 'relight',
    background_image: image,
    lighting_image: image,
    search_prompt: 'cat',
    select_prompt: 'car',
    expand_left: '5',
    mask_grow: '3',
    mask_feather: '4',
    negative_prompt: 'no cats',
    seed: '7',
    output_size: 'model',
    preserve_unmasked: 'false',
    keep_metadata: 'true',
    provider_options: { grow_mask: '2', steps: '20', prefer: 'cost', expand_up: '6' },
    unsupported: 'drop',
    max_cost_usd: '0.5',
    after_maybe_billed: 'stop',
    fallback: ['local', 'stability']
  })
  t.match(input, {
    background: bytes,
    lighting: bytes,
    searchPrompt: 'cat',
    selectPrompt: 'car',
    expansion: { ...none, left: 5, up: 6 },
    maskGrow: 3,
    maskFeather: 4,
    parameters: { negative_prompt: 'no cats', seed: 7, grow_mask: 2, steps: 20 },
    output: { format: 'image/png', size: 'model', preserveUnmasked: false, keepMetadata: true },
    route: { prefer: 'cost', unsupported: 'drop', maxCostUsd: 0.5, afterMaybeBilled: 'stop', fallback: ['local', 'stability'] },
    fields: { image: 'image', outputSize: 'output_size' }
  })
})

t.test('OpenAI\'s wishes for the result are the kernel\'s', async t => {
  const output = async (sent: SentFields) => read({ image, ...sent }).input.output
  t.match(await output({}), { format: 'image/png', size: undefined, quality: undefined, background: undefined })
  t.match(await output({ size: 'auto', background: 'auto' }), { size: undefined, background: undefined })
  t.match(await output({ size: '1024x768', output_format: 'jpg', output_compression: '0', background: 'opaque' }), {
    size: { width: 1024, height: 768 }, format: 'image/jpeg', quality: 1, background: '#ffffff'
  })
  t.match(await output({ output_size: '5x6', output_compression: 80, background: 'transparent' }), { size: { width: 5, height: 6 }, quality: 80, background: 'transparent' })
  t.match(await output({ output_size: 'input', background: '#abc' }), { size: 'input', background: '#abc' })
  t.match(await output({ size: '5x6', output_size: '5x6' }), { size: { width: 5, height: 6 } })
  await t.rejects(output({ size: '5x6', output_size: 'model' }), { param: 'output_size', code: 'invalid_value' })
  await t.rejects(output({ size: 'large' }), { param: 'size', code: 'invalid_value', type: 'image_generation_user_error', message: /^Invalid size 'large'. It is width and height as '1024x768', or 'auto'/ })
  await t.rejects(output({ output_size: '5 x 6' }), { param: 'output_size', message: /'input' or 'model'/ })
})

t.test('quality and its like go to models that have such a parameter, auto goes nowhere', async t => {
  t.same(read({ image, quality: 'high', input_fidelity: 'low', complexity: 'medium' }).input.parameters, { quality: 'high', input_fidelity: 'low', complexity: 'medium' })
  t.same(read({ image, quality: 'auto' }).input.parameters, {})
})

t.test('one word for the fallback is that word, one provider a list', async t => {
  const fallback = async (value: SentFields[string]) => read({ image, fallback: value }).input.route.fallback
  t.equal(await fallback('auto'), 'auto')
  t.equal(await fallback(['none']), 'none')
  t.same(await fallback('local'), ['local'])
  t.same(await fallback(['none', 'local']), ['none', 'local'])
})

t.test('what does nothing here is said', async t => {
  t.same(read({ image, moderation: 'auto', output_compression: 5, output_format: 'webp' }).warnings, [])
  t.same(read({ image, moderation: 'low', user: 'u', safety_identifier: 's', output_compression: 5 }).warnings, [
    'user is not passed on to any vendor',
    'safety_identifier is not passed on to any vendor',
    'moderation has no effect: vendors moderate by their own rules',
    'output_compression has no effect: PNG loses nothing'
  ])
  t.same(read({ image, partial_images: '2', stream: 'true' }).warnings, ['partial_images has no effect: no model here shows parts of its work'])
  t.same(read({ image, partial_images: 0 }).warnings, [])
})

t.test('what is wrong is found before an image is decoded', async t => {
  const never = { bytes: () => { throw new Error('decoded') } }
  t.throws(() => read({ image: never, n: 'x' }), { name: 'Refusal', param: 'n' })
  t.throws(() => read({ image: never, model: 'gpt-image-2' }), { name: 'Refusal', param: 'model' })
  t.throws(() => read({ image: never, provider_options: { grow_mask: 'x' } }), { name: 'Refusal', param: 'grow_mask' })
  t.throws(() => read({ image: never }), { message: 'decoded' })
})
