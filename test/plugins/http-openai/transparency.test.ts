import sharp from 'sharp'
import t from 'tap'
import { hasAlpha } from '../../../plugins/http-openai/transparency.ts'

const picture = (channels: 3 | 4) => sharp({ create: { width: 20, height: 20, channels, background: { r: 10, g: 200, b: 30, alpha: 0.5 } } })

t.test('the header of each format says whether it has an alpha channel', async t => {
  for (const channels of [3, 4] as const) {
    const isClear = channels === 4
    const pictures = {
      png: ['image/png', picture(channels).png()],
      palette: ['image/png', picture(channels).png({ palette: true })],
      grey: ['image/png', picture(channels).toColourspace('b-w').png()],
      webp: ['image/webp', picture(channels).webp()],
      lossless: ['image/webp', picture(channels).webp({ lossless: true })],
      profiled: ['image/webp', picture(channels).withIccProfile('p3').webp()],
      avif: ['image/avif', picture(channels).avif()]
    } as const
    for (const [name, [mediaType, pipeline]] of Object.entries(pictures)) t.equal(hasAlpha({ mediaType, bytes: await pipeline.toBuffer() }), isClear, `${name} ${channels}`)
  }
  t.equal(hasAlpha({ mediaType: 'image/jpeg', bytes: await picture(4).jpeg().toBuffer() }), false)
})
