import { Type, type Static } from '@sinclair/typebox'
import { jsonAnswer, type Answer } from '../answer.ts'
import { addRoute, closed, findServing, Loras, readJson, refusal, Refused, work, type Desk, type Refuse } from './desk.ts'
import type { Job } from './jobs.ts'
import { describe, formats, readBase64, readDataUri, readPicture, type Picture } from './pictures.ts'

const Body = Type.Object({
  prompt: Type.String({ minLength: 1 }),
  image: Type.Optional(Type.String()),
  images: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 3 })),
  negative_prompt: Type.Optional(Type.String()),
  num_inference_steps: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  guidance_scale: Type.Optional(Type.Number({ minimum: 0, maximum: 20 })),
  seed: Type.Optional(Type.Integer({ minimum: -1, maximum: 2_147_483_647 })),
  size: Type.Optional(Type.String({ pattern: '^\\d{3,4}\\*\\d{3,4}$' })),
  output_format: Type.Optional(Type.Union(formats.map(format => Type.Literal(format)))),
  loras: Type.Optional(Loras),
  enable_sync_mode: Type.Optional(Type.Boolean()),
  enable_base64_output: Type.Optional(Type.Boolean())
}, closed)

const name = 'wavespeed'
const refuse: Refuse = problems => jsonAnswer(400, {
  code: 400, message: problems.map(({ field, message, missing }) => missing ? `${field} is required` : `${field}: ${message}`).join('; '), data: null
})
const unknown = new Refused(jsonAnswer(404, { code: 404, message: 'prediction not found', data: null }))

export function serveWavespeed (desk: Desk): void {
  const inline = new Set<string>()

  addRoute(desk, 'POST', '/wavespeed/api/v3/*', async exchange => {
    const { call, params, token } = exchange
    const serving = findServing(desk, name, params['*'] ?? '')
    const body = readJson(exchange, Body, refuse)
    const picture = await pictureOf(body, serving.imageField ?? 'image')
    if (serving.adapter !== undefined && body.loras === undefined) throw refusal(refuse, 'loras', 'is missing', true)
    call.fields = { ...call.fields, image: describe(picture) }
    const { prompt, seed = -1, negative_prompt: negative, num_inference_steps: steps, guidance_scale: guidance, output_format: format = 'jpeg' } = body
    const [width = picture.width, height = picture.height] = body.size?.split('*').map(Number) ?? []
    const done = await work(desk, { call, token }, serving, {
      picture, prompt, seed: seed === -1 ? undefined : seed, extras: [negative, steps, guidance, body.loras], format, size: { width, height }
    })
    const job = desk.jobs.add(done, body.enable_sync_mode === true && call.fault !== 'processing' ? 'done' : 'queued')
    if (body.enable_base64_output === true) inline.add(job.id)
    return tell(desk, job, inline.has(job.id))
  })

  addRoute(desk, 'GET', '/wavespeed/api/v3/predictions/:id/result', ({ params: { id = '' }, token }) => {
    const job = desk.jobs.poll(name, id, token)
    if (job === undefined) throw unknown
    return tell(desk, job, inline.has(id))
  })
}

/** Addresses, data URIs and bare base64 are taken; an address would have to be fetched, and none of ours sends one. */
async function pictureOf (body: Static<typeof Body>, field: 'image' | 'images' | (string & {})): Promise<Picture> {
  const texts = [body.image, ...body.images ?? []].filter(text => text !== undefined)
  const pictures = await Promise.all(texts.map(async text => {
    const bytes = readBase64(text)
    return await (bytes === undefined ? readDataUri(text) : readPicture(bytes))
  }))
  const [picture] = pictures
  if ((field === 'images' ? body.images : body.image) === undefined) throw refusal(refuse, field, 'is missing', true)
  if (picture === undefined || pictures.includes(undefined)) throw refusal(refuse, field, 'is no image')
  return picture
}

function tell ({ files }: Desk, job: Job, inline: boolean): Answer {
  const { word, error } = endOf(job)
  const output = () => inline ? job.result.bytes.toString('base64') : files.add(job.result)
  return jsonAnswer(200, {
    code: 200,
    message: 'success',
    data: {
      id: job.id,
      model: job.providerId,
      outputs: word === 'completed' && job.fault !== 'no_output' ? [output()] : [],
      urls: { get: `https://api.wavespeed.ai/api/v3/predictions/${job.id}/result` },
      status: word,
      created_at: new Date(0).toISOString(),
      has_nsfw_contents: word === 'completed' ? [job.fault === 'nsfw'] : [],
      error,
      timings: { inference: 0 }
    }
  })
}

function endOf ({ state, fault }: Job): { word: string, error: string } {
  if (state === 'queued') return { word: 'created', error: '' }
  if (fault === 'unknown_status') return { word: 'pondering', error: '' }
  if (state === 'running') return { word: 'processing', error: '' }
  if (fault === 'job_fails') return { word: 'failed', error: 'worker lost' }
  if (fault === 'hidden_policy') return { word: 'failed', error: 'Content flagged as potentially sensitive. Please try different prompts or images.' }
  return { word: 'completed', error: '' }
}
