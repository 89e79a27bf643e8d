import t from 'tap'
import { EditError } from '../../../core/errors.ts'
import type { Upstream } from '../../../core/index.ts'
import { sendImages } from '../../../plugins/wavespeed/images.ts'
import { image, providerEdit, reference, scriptedUpstream, startService } from './fixtures.ts'

const { signal } = new AbortController()
const edit = providerEdit({
  images: [{ bytes: image, mediaType: 'image/png', width: 320, height: 256 }, { bytes: reference, mediaType: 'image/jpeg', width: 40, height: 40 }],
  mask: { bytes: reference, mediaType: 'image/png', width: 320, height: 256 }
})
const ticket = (name: string, headers?: object) =>
  ({ code: 200, data: { download_url: `https://files.example/${name}`, upload: { method: 'PUT', url: `https://storage.example/${name}`, ...headers && { headers } } } })
const notFound = (status: number) => new EditError('EDIT_ERR_PROVIDER_UNSUPPORTED', 'no', { details: { phase: 'answered', status } })

t.test('small pictures go along as data URIs of what they are, without a copy', async t => {
  const { upstream, calls } = scriptedUpstream()
  const base64Bytes = [image, reference, reference].reduce((sum, { length }) => sum + 4 * Math.ceil(length / 3), 0)
  t.same(await sendImages(edit, { upstream, EditError, inlineBytes: base64Bytes }, signal), {
    images: [{ base64: image, prefix: 'data:image/png;base64,' }, { base64: reference, prefix: 'data:image/jpeg;base64,' }],
    mask: { base64: reference, prefix: 'data:image/png;base64,' }
  })
  t.same(calls, [])
  t.notOk('mask' in await sendImages(providerEdit(), { upstream, EditError, inlineBytes: base64Bytes }, signal))
})

t.test('large ones are uploaded first, with exactly the headers of their tickets, and free of charge', async t => {
  const { upstream, calls } = scriptedUpstream(ticket('1', { 'x-a': 'b' }), {})
  t.same(await sendImages(providerEdit(), { upstream, EditError, inlineBytes: 0 }, signal), { images: ['https://files.example/1'] })
  t.same(calls, [
    { path: '/api/v3/media/uploads', free: true, body: { json: { filename: 'image-1.png', size: image.length, content_type: 'image/png' } } },
    { path: 'https://storage.example/1', body: image, headers: { 'x-a': 'b' } }
  ])
  const three = scriptedUpstream(ticket('1'), ticket('2'), ticket('3'), {}, {}, {})
  t.same(await sendImages(edit, { upstream: three.upstream, EditError, inlineBytes: 0 }, signal), { images: ['https://files.example/1', 'https://files.example/2'], mask: 'https://files.example/3' })
  t.match(three.calls.filter(({ free }) => free).map(({ body }) => body), [{ json: { filename: 'image-1.png' } }, { json: { filename: 'image-2.jpeg' } }, { json: { filename: 'mask.png' } }])
})

t.test('without tickets they go the older way', async t => {
  for (const status of [404, 405]) {
    const { upstream, calls } = scriptedUpstream(notFound(status), { data: { download_url: 'https://files.example/1' } })
    t.same(await sendImages(providerEdit(), { upstream, EditError, inlineBytes: 0 }, signal), { images: ['https://files.example/1'] })
    t.match(calls[1], {
      path: '/api/v3/media/upload/binary', free: true, body: { form: [{ name: 'file', value: image, filename: 'image-1.png', contentType: 'image/png' }] }
    })
  }
})

t.test('an upload that fails is not billed', async t => {
  const failed = new EditError('EDIT_ERR_PROVIDER_UNAVAILABLE', 'down', { billed: 'maybe' })
  const cases: Array<[answers: unknown[], code: string]> = [
    [[failed], 'EDIT_ERR_PROVIDER_UNAVAILABLE'],
    [[ticket('1'), failed], 'EDIT_ERR_PROVIDER_UNAVAILABLE'],
    [[{ code: 200, data: {} }], 'EDIT_ERR_PROVIDER_RESPONSE'],
    [[{ code: 200, data: { ...ticket('1').data, upload: { method: 'POST', url: 'https://storage.example/' } } }], 'EDIT_ERR_PROVIDER_RESPONSE'],
    [[ticket('1'), new TypeError('the header authorization would carry a key')], 'EDIT_ERR_PROVIDER_RESPONSE'],
    [[ticket('1'), notFound(404)], 'EDIT_ERR_PROVIDER_UNSUPPORTED'],
    [[notFound(404), notFound(404)], 'EDIT_ERR_PROVIDER_UNSUPPORTED'],
    [[notFound(404), { data: { url: 'x' } }], 'EDIT_ERR_PROVIDER_RESPONSE']
  ]
  for (const [answers, code] of cases) {
    const { upstream } = scriptedUpstream(...answers)
    await t.rejects(sendImages(providerEdit(), { upstream, EditError, inlineBytes: 0 }, signal), { code, billed: 'no' })
  }
})

t.test('the first upload that fails stops the others', async t => {
  const signals: AbortSignal[] = []
  const { upstream } = scriptedUpstream()
  const failing: Upstream = {
    ...upstream,
    post: async (_path, body, call) => {
      signals.push(call.signal)
      if (JSON.stringify(body).includes('image-1')) throw new EditError('EDIT_ERR_PROVIDER_AUTH', 'no')
      return await new Promise<never>((_resolve, reject) => call.signal.addEventListener('abort', () => reject(call.signal.reason)))
    }
  }
  await t.rejects(sendImages(edit, { upstream: failing, EditError, inlineBytes: 0 }, signal), { code: 'EDIT_ERR_PROVIDER_AUTH' })
  t.same(signals.map(({ aborted }) => aborted), [true, true, true])
})

t.test('a caller who goes is no error', async t => {
  const controller = new AbortController()
  const reason = new Error('the caller has gone')
  controller.abort(reason)
  for (const answers of [[reason], [ticket('1'), reason]]) {
    const { upstream } = scriptedUpstream(...answers)
    await t.rejects(sendImages(providerEdit(), { upstream, EditError, inlineBytes: 0 }, controller.signal), reason)
  }
})

t.test('uploads reach the storage without the key, and are edited', async t => {
  for (const uploadTickets of [true, false]) {
    const { emulator, run, posts } = await startService(t, { options: { inlineBytes: 0 }, emulator: { uploadTickets } })
    t.match(await run({ images: [image, reference] }), { images: [{ width: 320, height: 256 }] })
    t.match(posts().map(({ fields }) => fields), [{ images: 'png 320×256, png 40×40' }])
    t.same(emulator.storage.calls.filter(({ headers }) => headers.authorization !== undefined), [])
    t.equal(emulator.storage.calls.filter(({ method }) => method === 'PUT').length, uploadTickets ? 2 : 0)
    t.equal(emulator.spent(), 0.02)
  }
})

t.test('pictures are uploaded when they would make a large request, by the real way and its failures', async t => {
  const { emulator, run, posts } = await startService(t, { options: { inlineBytes: 1000 } })
  emulator.storage.script.next(1, 'reset_before')
  await t.rejects(run(), { code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'no' })
  t.same(posts(), [])
  await t.resolves(run())
})
