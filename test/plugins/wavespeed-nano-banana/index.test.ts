import t from 'tap'
import * as plugin from '../../../plugins/wavespeed-nano-banana/index.ts'
import { testProvider } from '../../contract/index.ts'
import { flatPicture } from '../../vendors/stability/pictures.ts'
import { bodyOf, prompt, startService, withService } from '../wavespeed/fixtures.ts'

t.test('wavespeed-nano-banana keeps the contract', async t => await testProvider(t, withService(plugin, 'wavespeed-nano-banana')))

const photo = await flatPicture({ width: 1024, height: 768 }, [120, 160, 90])

t.test('an edit of 1024×768 is sent as clients of this API know it, but not synchronously', async t => {
  t.same(await bodyOf(t, 'wavespeed-nano-banana', { images: [photo] }), {
    prompt,
    images: [`data:image/png;base64,${photo.toString('base64')}`],
    aspect_ratio: '4:3',
    resolution: '4k',
    output_format: 'png',
    enable_sync_mode: false,
    enable_base64_output: false
  })
})

t.test('a side of 4096 or more is asked for in 8k, which costs more', async t => {
  const { emulator, run } = await startService(t, { provider: 'wavespeed-nano-banana' })
  const cases: Array<[width: number, height: number, ratio: string, resolution: string, usd: number]> = [
    [4095, 100, '21:9', '4k', 0.15], [4096, 3072, '4:3', '8k', 0.18], [90, 160, '9:16', '4k', 0.15], [1000, 1010, '1:1', '4k', 0.15], [3000, 9000, '9:16', '8k', 0.18]
  ]
  for (const [width, height, ratio, resolution, usd] of cases) {
    const { costUsd } = await run({ images: [await flatPicture({ width, height }, [1, 2, 3])] })
    const call = emulator.calls.findLast(({ method }) => method === 'POST')
    t.match(call?.fields, { aspect_ratio: ratio, resolution })
    t.equal(costUsd, usd)
    t.equal(call?.charged, usd)
  }
})

t.test('WebP is made of the PNG that the model can give', async t => {
  const { emulator, run } = await startService(t, { provider: 'wavespeed-nano-banana' })
  t.match(await run({ output: { format: 'image/webp' } }), { images: [{ mediaType: 'image/webp' }] })
  t.equal(emulator.calls[0]?.fields.output_format, 'png')
})
