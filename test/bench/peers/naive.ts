/** A gateway as one writes it straight away: schemas for bodies, fetch and FormData, JSON for answers. */
import Fastify from 'fastify'
import { fetch, FormData, Response } from 'undici'

const endpoint = `${process.env.UPSTREAM}/v2beta/stable-image/edit/search-and-replace`
const text = { type: 'string' } as const
const image = { type: 'string', minLength: 1 } as const

interface Edit {
  readonly prompt: string
  readonly image_base64: string
}

const app = Fastify({ bodyLimit: 64 * 1024 * 1024 })

async function edit (image: Blob, prompt: string): Promise<Buffer> {
  const form = new FormData()
  form.set('image', image, 'image.png')
  form.set('prompt', prompt)
  form.set('search_prompt', 'tree')
  form.set('output_format', 'png')
  const answer = await fetch(endpoint, { method: 'POST', body: form, headers: { accept: 'image/*', authorization: 'Bearer sk-bench' } })
  if (!answer.ok) throw new Error(`the upstream says ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}

app.post<{ Body: Edit }>('/api/image-studio/edit/process', {
  schema: {
    body: { type: 'object', required: ['prompt', 'image_base64'], properties: { prompt: text, image_base64: image } },
    response: { 200: { type: 'object', properties: { success: { type: 'boolean' }, image_base64: text } } }
  }
}, async ({ body: { prompt, image_base64: sent } }) => {
  const bytes = Buffer.from(sent.slice(sent.indexOf(',') + 1), 'base64')
  const made = await edit(new Blob([bytes], { type: 'image/png' }), prompt)
  return { success: true, image_base64: `data:image/png;base64,${made.toString('base64')}` }
})

app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, async ({ headers }: { headers: Record<string, unknown> }, body: Buffer<ArrayBuffer>) =>
  await new Response(body, { headers: { 'content-type': String(headers['content-type']) } }).formData())
app.post<{ Body: FormData }>('/v1/images/edits', {
  schema: { response: { 200: { type: 'object', properties: { created: { type: 'integer' }, data: { type: 'array', items: { type: 'object', properties: { b64_json: text } } } } } } }
}, async ({ body }) => {
  const sent = body.get('image')
  if (sent === null || typeof sent === 'string') throw new TypeError('no image')
  const made = await edit(sent, String(body.get('prompt')))
  return { created: Math.floor(Date.now() / 1000), data: [{ b64_json: made.toString('base64') }] }
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
