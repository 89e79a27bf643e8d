import t from 'tap'
import type { EditResult } from '../../../core/index.ts'
import { toAnswer } from '../../../plugins/http-edit/answer.ts'

const result: EditResult = {
  operation: 'inpaint',
  images: [{ bytes: Buffer.from('hi'), mediaType: 'image/webp', width: 4, height: 3 }],
  provider: 'acme',
  vendor: 'acme-inc',
  model: 'paint',
  seed: null,
  seeds: [null],
  requested: 1,
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
const answer = (changes: Partial<EditResult> = {}, warnings: string[] = [], addresses?: Array<string | undefined>) => toAnswer({ ...result, ...changes }, {
  input: { parameters: {} }, warnings, ...addresses && { addresses }
}).join().toString()

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

t.test('of several results all are there, the first one in its old place too', async t => {
  const [image] = result.images
  const other = { ...image, bytes: Buffer.from('ho'), width: 8 }
  const told = answer({ requested: 3, images: [image, other], seed: 7, seeds: [7, null] })
  const { image_base64: first, images, metadata } = JSON.parse(told)
  t.equal(first, 'data:image/webp;base64,aGk=')
  t.same(images, [
    { image_base64: 'data:image/webp;base64,aGk=', width: 4, height: 3, seed: 7 },
    { image_base64: 'data:image/webp;base64,aG8=', width: 8, height: 3, seed: null }
  ])
  t.match(metadata, { requested: 3, delivered: 2, seed: 7, seeds: [7, null], warnings: ['größer'] })
  t.equal(told, JSON.stringify(JSON.parse(told)), 'as an encoder would have written it')
})

t.test('of one result nothing stands there twice', async t => {
  const told = JSON.parse(answer())
  t.notOk('images' in told || 'requested' in told.metadata || 'seeds' in told.metadata)
})

t.test('an image that is kept stands in the answer by its address, one that is not as it would else', async t => {
  t.match(JSON.parse(answer({}, [], ['http://a/b?c="'])), { image_base64: null, image_url: 'http://a/b?c="', width: 4 })
  const [image] = result.images
  t.match(JSON.parse(answer({ images: [image, image], seeds: [1, 2], requested: 2 }, [], ['http://a/b', undefined])), {
    image_base64: null,
    image_url: 'http://a/b',
    images: [{ image_base64: null, image_url: 'http://a/b', seed: 1 }, { image_base64: 'data:image/webp;base64,aGk=', image_url: undefined, seed: 2 }]
  })
})
