import t from 'tap'
import { dataUri, outputFormat, publicHub, taskParameters } from '../../../../plugins/huggingface/strategies/inputs.ts'
import { image, providerEdit, size } from '../fixtures.ts'

t.test('an image goes under its true type, and is not copied', async t => {
  t.same(dataUri(providerEdit()), { base64: image, prefix: 'data:image/png;base64,' })
  const jpeg = dataUri(providerEdit({ images: [{ bytes: image, mediaType: 'image/jpeg', ...size }] }))
  t.equal(jpeg.prefix, 'data:image/jpeg;base64,')
  t.equal(jpeg.base64, image)
})

t.test('parameters have the names of the task', async t => {
  t.same(taskParameters(providerEdit()), { prompt: 'a green apple' })
  t.same(taskParameters(providerEdit({ parameters: { seed: 1, steps: 4, guidance_scale: 2.5, negative_prompt: 'clouds' } })),
    { prompt: 'a green apple', seed: 1, num_inference_steps: 4, guidance_scale: 2.5, negative_prompt: 'clouds' })
  const { prompt, ...edit } = providerEdit()
  t.same(taskParameters(edit), { prompt: '' })
})

t.test('weights are fetched from the public Hub', async t => { t.equal(publicHub, 'https://huggingface.co') })

t.test('formats have short names', async t => {
  t.same((['image/png', 'image/jpeg'] as const).map(format => outputFormat(providerEdit({ output: { format } }))), ['png', 'jpeg'])
})
