import sharp from 'sharp'
import t from 'tap'
import type { EditResult } from '../../../core/index.ts'
import { imageHeaders, wantsImage } from '../../../plugins/http-edit/image-answer.ts'
import { asked } from '../../fixtures/studio-providers/studio-paint.ts'
import { buildStudio, picture, poster, prefix } from './studio.ts'

const edit = { image_base64: await picture(), operation: 'general_edit', prompt: 'a hat' }

t.test('who takes images and nothing else wants one', async t => {
  for (const accept of ['image/*', 'image/png', 'IMAGE/webp, image/*;q=0.5']) t.equal(wantsImage(accept, {}), true, accept)
  for (const accept of [undefined, '', '*/*', 'application/json', 'image/*, */*', 'application/json, image/png']) t.equal(wantsImage(accept, { n: 2, response_format: 'url' }), false, String(accept))
})

t.test('the answer to Accept: image/* is the image, and headers tell the rest', async t => {
  const { app } = await buildStudio(t)
  const { statusCode, headers, rawPayload } = await app.inject({
    method: 'POST', url: `${prefix}/edit/process`, payload: { ...edit, output_format: 'webp', colour: 'red' }, headers: { accept: 'image/*' }
  })
  t.equal(statusCode, 200)
  t.match(headers, {
    'content-type': 'image/webp',
    'content-length': String(rawPayload.length),
    'x-retouch-provider': 'studio-paint',
    'x-retouch-model': 'studio-paint-2',
    'x-retouch-cost-usd': '0.03',
    'x-retouch-operation': 'general_edit',
    'x-retouch-width': '8',
    'x-retouch-height': '6',
    'x-retouch-seed': '7',
    'x-retouch-warnings': '2',
    'x-content-type-options': 'nosniff',
    vary: 'accept'
  })
  t.match(await sharp(rawPayload).metadata(), { format: 'webp', width: 8, height: 6 })
})

t.test('an error is JSON all the same', async t => {
  const { app } = await buildStudio(t)
  t.match(await poster(app)('/edit/process', { ...edit, image_base64: 'AAAA' }, { accept: 'image/png' }), { status: 415, body: { detail: { field: 'image_base64' } } })
})

t.test('several results do not fit into one image: that is refused before it costs anything', async t => {
  const { app } = await buildStudio(t)
  const before = asked.length
  t.match(await poster(app)('/edit/process', { ...edit, n: 2 }, { accept: 'image/*' }), { status: 422, body: { detail: [{ loc: ['body', 'n'], msg: /accept application\/json for more/ }] } })
  t.equal(asked.length, before)
})

t.test('an answer that could not be as it is asked for is refused before it costs anything', async t => {
  const { app } = await buildStudio(t)
  const before = asked.length
  const post = async (more: object, accept: string) => await poster(app)('/edit/process', { ...edit, ...more }, { accept })
  t.match(await post({}, 'image/webp, image/avif;q=0.5'), { status: 422, body: { detail: [{ loc: ['body', 'output_format'], input: 'png', msg: /image\/webp and image\/avif are accepted.+or accept image\/\*/ }] } })
  t.match(await post({ output_format: 'jpg' }, 'image/png'), { status: 422, body: { detail: [{ loc: ['body', 'output_format'], input: 'jpg' }] } })
  t.match(await post({ response_format: 'url' }, 'image/*'), { status: 422, body: { detail: [{ loc: ['body', 'response_format'], msg: /leave it out, or accept application\/json/ }] } })
  t.equal(asked.length, before)
  const { statusCode, headers } = await app.inject({ method: 'POST', url: `${prefix}/edit/process`, payload: { ...edit, output_format: 'jpg' }, headers: { accept: 'image/webp,image/JPEG' } })
  t.match({ statusCode, headers }, { statusCode: 200, headers: { 'content-type': 'image/jpeg' } })
})

t.test('a seed that nobody knows is not told', async t => {
  const result = { seed: null, operation: 'erase', images: [{ width: 4, height: 3 }], warnings: [] } as unknown as EditResult // All that is read of it.
  t.same(imageHeaders(result, ['one']), { 'x-retouch-operation': 'erase', 'x-retouch-width': '4', 'x-retouch-height': '3', 'x-retouch-warnings': '1' })
})
