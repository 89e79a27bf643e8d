import t from 'tap'
import { fitBytes } from '../../core/fit-bytes.ts'
import { fitGeometry } from '../../core/fit-geometry.ts'
import type { ModelCard } from '../../core/model-card.ts'
import type { EditRequest } from '../../core/request.ts'
import { card, image, inputs, request } from './fixtures.ts'

function bytesOf (changes: Partial<EditRequest>, limits: Partial<ModelCard['inputs']>) {
  const asked = request(changes)
  const model = card({ inputs: inputs({ maxImages: 3, ...limits }) })
  const fit = fitGeometry(asked, model)
  if ('reason' in fit) throw new TypeError(fit.message)
  return fitBytes(asked, fit.geometry, model.inputs)
}

t.test('other formats and colour spaces are converted, each named once', async t => {
  const webp = image({ mediaType: 'image/webp', profile: 'Display P3' })
  t.same(bytesOf({ images: [webp, webp], background: webp }, {}), {
    adaptations: [
      { kind: 'convert', detail: 'image/webp is sent as image/png' },
      { kind: 'convert', detail: 'the colours of Display P3 are sent as sRGB' }
    ]
  })
  t.same(bytesOf({ images: [webp] }, { formats: ['image/webp'], profiles: true }), { adaptations: [] })
})

t.test('too many bytes become fewer where the model takes a lossy format, WebP before JPEG', async t => {
  t.same(bytesOf({}, { maxBytes: 2, formats: ['image/png', 'image/jpeg', 'image/webp'] }), {
    adaptations: [{ kind: 'recompress', detail: '3 bytes of image/png are sent as fewer of image/webp' }]
  })
  t.match(bytesOf({ images: [image(), image()] }, { maxRequestBytes: 5, formats: ['image/png', 'image/jpeg'] }), {
    adaptations: [{ detail: '3 bytes of image/png are sent as fewer of image/jpeg' }, { kind: 'recompress' }]
  })
})

t.test('elsewhere they are a reason', async t => {
  t.same(bytesOf({}, { maxBytes: 2 }), { reason: 'bytes', message: 'takes images of up to 2 bytes, this one has 3' })
  t.same(bytesOf({ images: [image(), image()] }, { maxRequestBytes: 5 }), { reason: 'bytes', message: 'takes requests of up to 5 bytes, these images have 6' })
})

t.test('what is encoded anew has no number of bytes yet', async t => {
  const [converted, scaled, padded] = [image({ mediaType: 'image/avif' }), image({ width: 900 }), image({ profile: 'Display P3' })]
  const box = { left: 100, top: 100, width: 9, height: 9 }
  t.same(bytesOf({ images: [image({ width: 900, height: 900 })], mask: { pixels: new Uint8Array(), width: 900, height: 900, box } }, { maxBytes: 1, maxSide: 800 }), { adaptations: [] }, 'a part')
  for (const one of [converted, scaled, padded]) t.match(bytesOf({ images: [one] }, { maxBytes: 1, maxSide: 800 }), { adaptations: [{ kind: 'convert' }].slice(one === scaled ? 1 : 0) })
})
