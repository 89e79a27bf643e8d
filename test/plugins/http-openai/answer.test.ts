import sharp from 'sharp'
import t from 'tap'
import type { EditResult } from '../../../core/request.ts'
import { toAnswer, toEvents } from '../../../plugins/http-openai/answer.ts'

const png = async (channels: 3 | 4) => await sharp({ create: { width: 4, height: 3, channels, background: { r: 1, g: 2, b: 3, alpha: 0.5 } } }).png().toBuffer()
const [opaque, clear] = [await png(3), await png(4)]
const imageOf = (bytes: Buffer) => ({ bytes, mediaType: 'image/png', width: 4, height: 3 }) as const

const result: EditResult = {
  operation: 'inpaint',
  images: [imageOf(opaque), imageOf(clear)],
  provider: 'acme',
  vendor: 'acme-works',
  model: 'paint',
  requested: 1,
  seeds: [5, null],
  seed: 5,
  costUsd: 0.04,
  durationMs: 12.6,
  attempts: [{ provider: 'acme', model: 'paint', code: null, message: null, ms: 12, costUsd: 0.04, billed: 'yes', resumed: false }],
  skipped: [{ provider: 'other', model: 'brush', reason: 'mask', message: 'takes no mask' }],
  adaptations: [{ kind: 'preserve', detail: 'put back' }],
  emulation: null,
  preservation: { of: 'unmasked', before: 0.5, after: 0 },
  warnings: ['of the kernel'],
  vendorRequestId: 'v-1'
}
const report = {
  provider: 'acme',
  vendor: 'acme-works',
  model: 'paint',
  operation: 'inpaint',
  seed: 5,
  cost_usd: 0.04,
  duration_ms: 13,
  attempts: [{ provider: 'acme', model: 'paint', code: null, message: null, ms: 12, cost_usd: 0.04, billed: 'yes', resumed: false }],
  skipped: [{ provider: 'other', model: 'brush', reason: 'mask', message: 'takes no mask' }],
  adaptations: [{ kind: 'preserve', detail: 'put back' }],
  emulation: null,
  preservation: { changed_before: 0.5, changed_after: 0 },
  warnings: ['of the face', 'of the kernel'],
  vendor_request_id: 'v-1'
}

t.test('the answer is OpenAI\'s, with a report beside it', async t => {
  const answer = JSON.parse(toAnswer(result, { wishes: { quality: 'low' }, warnings: ['of the face'] }, { images: result.images, created: 99 }).join().toString())
  t.same(answer, {
    created: 99,
    data: [{ b64_json: opaque.toString('base64') }, { b64_json: clear.toString('base64') }],
    background: 'opaque',
    output_format: 'png',
    size: '4x3',
    quality: 'low',
    retouch: report
  })
})

t.test('of several results that were asked for, the report has how many came and the seed of each', async t => {
  const answer = JSON.parse(toAnswer({ ...result, requested: 3 }, { wishes: {}, warnings: [] }, { images: result.images, created: 99 }).join().toString())
  t.match(answer.retouch, { seed: 5, seeds: [5, null], requested: 3, delivered: 2 })
})

t.test('images come by their addresses where they have some', async t => {
  const answer = JSON.parse(toAnswer(result, { wishes: {}, warnings: [] }, { images: [{ url: 'http://x/"a"' }, { bytes: clear }], created: 99, warnings: ['later'] }).join().toString())
  t.match(answer, { data: [{ url: 'http://x/"a"' }, { b64_json: clear.toString('base64') }], quality: 'auto', retouch: { warnings: ['of the kernel', 'later'] } })
})

t.test('each image is an event of its own', async t => {
  const events = toEvents(result, { wishes: {}, warnings: ['of the face'] }, 99).map(String)
  const facts = { type: 'image_edit.completed', created_at: 99, output_format: 'png', size: '4x3', quality: 'auto', usage: { total_tokens: 0, input_tokens: 0, output_tokens: 0, input_tokens_details: { text_tokens: 0, image_tokens: 0 } }, retouch: report }
  const read = events.map(event => {
    const [, data = ''] = /^event: image_edit\.completed\ndata: (\{.*\})\n\n$/.exec(event) ?? []
    return JSON.parse(data)
  })
  t.same(read, [{ ...facts, b64_json: opaque.toString('base64'), background: 'opaque' }, { ...facts, b64_json: clear.toString('base64'), background: 'transparent' }])
})

t.test('transparency that was wished for and is not there is said', async t => {
  const warningsOf = (images: EditResult['images']) =>
    JSON.parse(toAnswer({ ...result, images }, { wishes: { background: 'transparent' }, warnings: [] }, { images, created: 1 }).join().toString()).retouch.warnings
  t.match(warningsOf([imageOf(opaque)]), ['of the kernel', /^background: nothing in the result is transparent/])
  t.same(warningsOf([imageOf(clear)]), ['of the kernel'])
})
