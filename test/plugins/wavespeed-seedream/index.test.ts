import t from 'tap'
import * as plugin from '../../../plugins/wavespeed-seedream/index.ts'
import { testProvider } from '../../contract/index.ts'
import { flatPicture } from '../../vendors/stability/pictures.ts'
import { bodyOf, prompt, startService, withService } from '../wavespeed/fixtures.ts'

t.test('wavespeed-seedream keeps the contract', async t => await testProvider(t, withService(plugin, 'wavespeed-seedream')))

const photo = await flatPicture({ width: 1200, height: 1024 }, [120, 160, 90])
const provider = 'wavespeed-seedream'

t.test('an edit is sent as clients of this API know it, without the format that the model does not have', async t => {
  t.same(await bodyOf(t, provider, { images: [photo] }), {
    prompt, images: [`data:image/png;base64,${photo.toString('base64')}`], size: '1200*1024', enable_sync_mode: true, enable_base64_output: false
  })
})

t.test('a picture that is smaller than what the model makes is asked for larger', async t => {
  const { emulator, run } = await startService(t, { provider })
  await run({ images: [await flatPicture({ width: 1024, height: 768 }, [1, 2, 3])] })
  t.equal(emulator.calls[0]?.fields.size, '1365*1024')
})

t.test('whatever format comes, the caller gets the one that was asked for', async t => {
  for (const seedreamFormat of ['jpeg', 'png', 'webp'] as const) {
    const { run } = await startService(t, { provider, emulator: { seedreamFormat } })
    t.match(await run({ images: [photo] }), { images: [{ mediaType: 'image/png', width: 1200, height: 1024 }] }, seedreamFormat)
  }
})

t.test('a size that the vendor ignores or refuses is found out', async t => {
  const ignoring = await startService(t, { provider, emulator: { seedreamSize: 'ignored' } })
  const ignored = await ignoring.run({ images: [photo] }).then(({ images: [{ width, height }] }) => `${width}×${height}`, (err: Error) => err)
  // Whether a result of another size is taken is the kernel's to say; it must not be taken for what was asked.
  t.not(ignored, '1200×1024')
  const refusing = await startService(t, { provider, emulator: { seedreamSize: 'refused' } })
  await t.rejects(refusing.run({ images: [photo] }), { code: 'EDIT_ERR_PROVIDER_UNSUPPORTED', billed: 'no', message: /size: unknown field/ })
  t.equal(refusing.emulator.spent(), 0)
})
