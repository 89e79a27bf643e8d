import t from 'tap'
import { asked } from '../../fixtures/studio-providers/studio-paint.ts'
import { buildStudio, picture, poster, prefix } from './studio.ts'

const dataUrl = await picture(9, 7)
const bytes = Buffer.from(dataUrl.slice(dataUrl.indexOf(',') + 1), 'base64')
const mask = Buffer.from((await picture(9, 7, '#fff')).split(',')[1] ?? '', 'base64')
const blob = (content: Buffer) => new Blob([new Uint8Array(content)], { type: 'image/png' })

/** What a browser or an HTTP client sends for a form. */
async function encode (form: FormData) {
  const encoded = new Response(form)
  return { payload: Buffer.from(await encoded.arrayBuffer()), headers: { 'content-type': encoded.headers.get('content-type') ?? '' } }
}

t.test('a form with files is an edit', async t => {
  const { app } = await buildStudio(t)
  const form = new FormData()
  form.append('image', blob(bytes), 'a.png')
  form.append('mask', blob(mask), 'mask.png')
  form.append('operation', 'inpaint')
  form.append('prompt', 'ein Hütchen')
  form.append('steps', '20')
  form.append('options', '{"grow_mask":3}')
  form.append('coalesce', 'false')
  form.append('background_image', new Blob([]), '')
  const { payload, headers } = await encode(form)
  const response = await app.inject({ method: 'POST', url: `${prefix}/edit/process`, payload, headers })
  t.equal(response.statusCode, 200, response.body.slice(0, 300))
  t.match(asked.at(-1), { operation: 'inpaint', prompt: 'ein Hütchen', images: [{ width: 9, height: 7 }], mask: { width: 9 }, parameters: { steps: 20, grow_mask: 3 } })
  t.same(asked.at(-1)?.images[0].bytes, bytes, 'every byte')
})

t.test('an image alone is an edit, with all else in the query', async t => {
  const { app } = await buildStudio(t)
  for (const type of ['image/png', 'application/octet-stream', 'image/svg+xml']) {
    const response = await app.inject({
      method: 'POST', url: `${prefix}/edit/process?operation=general_edit&prompt=a%20hat&seed=5&fallback=auto`, payload: bytes, headers: { 'content-type': type }
    })
    t.equal(response.statusCode, 200, type)
    t.match(asked.at(-1), { prompt: 'a hat', parameters: { seed: 5 } })
    t.same(asked.at(-1)?.images[0].bytes, bytes)
  }
})

t.test('mistakes in them are told as in JSON', async t => {
  const { app } = await buildStudio(t)
  const send = async (url: string, payload: Buffer | string, headers: Record<string, string>) => {
    const response = await app.inject({ method: 'POST', url: prefix + url, payload, headers })
    return { status: response.statusCode, body: response.json() }
  }
  const form = new FormData()
  form.append('operation', 'general_edit')
  form.append('prompt', 'a hat')
  const { payload, headers } = await encode(form)
  t.match(await send('/edit/process', payload, headers), { status: 422, body: { detail: [{ type: 'missing', loc: ['body', 'image_base64'] }] } })
  t.match(await send('/edit/process', payload.subarray(0, -10), headers), { status: 400, body: { detail: /was it cut off/ } })
  t.match(await send('/edit/process', payload, { 'content-type': 'multipart/form-data' }), { status: 400, body: { detail: /has no boundary/ } })
  t.match(await send('/edit/process?operation=general_edit&prompt=a&prompt=b', bytes, { 'content-type': 'image/png' }), { status: 400, body: { detail: '"prompt" is given twice' } })
  t.match(await send('/edit/process?operation=general_edit&prompt=a', '', { 'content-type': 'image/png' }), { status: 400, body: { detail: { field: 'image_base64', message: /is empty/ } } })
  t.match(await send('/edit/process?operation=general_edit&prompt=a', 'no image', { 'content-type': 'image/png' }), { status: 415 })
})

t.test('bytes that an image has lost are named with their place, however long it is', async t => {
  const { app } = await buildStudio(t)
  const text = Buffer.alloc(90_000, 1).toString('base64')
  const { status, body } = await poster(app)('/edit/process', { image_base64: `${text.slice(0, 70_000)}%${text}`, operation: 'general_edit', prompt: 'a' })
  t.equal(status, 400)
  t.match(body.detail, { field: 'image_base64', position: 70_000, message: 'image_base64: character "%" at position 70000 is not base64' })
})
