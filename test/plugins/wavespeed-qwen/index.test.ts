import sharp from 'sharp'
import t from 'tap'
import * as plugin from '../../../plugins/wavespeed-qwen/index.ts'
import { testProvider } from '../../contract/index.ts'
import { flatPicture } from '../../vendors/stability/pictures.ts'
import { bodyOf, prompt, reference, startService, withService } from '../wavespeed/fixtures.ts'

t.test('wavespeed-qwen keeps the contract', async t => await testProvider(t, withService(plugin, 'wavespeed-qwen')))

const photo = await flatPicture({ width: 1024, height: 768 }, [120, 160, 90])
const base64 = (bytes: Buffer, type = 'png') => `data:image/${type};base64,${bytes.toString('base64')}`

t.test('an edit of 1024×768 is sent as clients of this API know it', async t => {
  t.same(await bodyOf(t, 'wavespeed-qwen', { images: [photo] }), {
    prompt, images: [base64(photo)], size: '1024*768', seed: -1, output_format: 'png', enable_sync_mode: true, enable_base64_output: false
  })
})

t.test('what a client chose arrives: format, seed, references in their own type; a negative prompt is named as dropped', async t => {
  const jpeg = await sharp(photo).jpeg().toBuffer()
  const body = await bodyOf(t, 'wavespeed-qwen', { images: [jpeg, reference], parameters: { seed: 7, negative_prompt: 'fog' }, output: { format: 'image/webp' } })
  t.match(body, { images: [base64(jpeg, 'jpeg'), base64(reference)], seed: 7, output_format: 'webp' })
  t.notOk('negative_prompt' in body)
  const { run } = await startService(t)
  t.match(await run({ parameters: { negative_prompt: 'fog' } }), { warnings: [/^negative_prompt is not .* qwen-edit-plus/] })
})

t.test('a size that the model cannot make is asked for as the nearest one that it can', async t => {
  const { emulator, run } = await startService(t)
  const large = await flatPicture({ width: 3000, height: 2000 }, [1, 2, 3])
  t.match(await run({ images: [large] }), { adaptations: [{ kind: 'size', detail: '3000×2000 is asked for as 1536×1024' }] })
  t.equal(emulator.calls[0]?.fields.size, '1536*1024')
})

t.test('a mask, and more pictures than it takes, are refused before anything is spent', async t => {
  const { emulator, run } = await startService(t)
  const mask = await flatPicture({ width: 320, height: 256 }, [255, 255, 255])
  await t.rejects(run({ mask }), { code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', message: /wavespeed-qwen \(qwen-edit-plus\) takes no mask/ })
  await t.rejects(run({ images: Array(4).fill(reference) }), { code: 'EDIT_ERR_NO_CAPABLE_PROVIDER', message: /takes 3 images, the request has 4/ })
  t.same(emulator.calls, [])
})
