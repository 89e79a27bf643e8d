import { Type, type Static } from '@sinclair/typebox'
import { jsonAnswer, type Answer } from '../answer.ts'
import type { Exchange } from '../emulator.ts'
import { addRoute, closed, findServing, readJson, refusal, Refused, work, type Desk, type Refuse } from './desk.ts'
import type { Job } from './jobs.ts'
import type { Serving } from './models.ts'
import { describe, readDataUri, type Picture } from './pictures.ts'

// One schema stands for those of all models, which differ in the name of the image.
const Input = Type.Object({
  prompt: Type.String({ minLength: 1 }),
  image: Type.Optional(Type.String()),
  images: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  input_image: Type.Optional(Type.String()),
  input_images: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  negative_prompt: Type.Optional(Type.String()),
  num_inference_steps: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  guidance_scale: Type.Optional(Type.Number({ minimum: 0, maximum: 20 })),
  seed: Type.Optional(Type.Integer({ minimum: 0 })),
  output_format: Type.Optional(Type.Union([Type.Literal('webp'), Type.Literal('jpg'), Type.Literal('png')])),
  lora_weights: Type.Optional(Type.String({ pattern: '^https://' }))
}, closed)
const Body = Type.Object({ input: Input, version: Type.Optional(Type.String({ pattern: '^[0-9a-f]{12,64}$' })) }, closed)

const name = 'replicate'
const refuse: Refuse = problems => ({
  ...jsonAnswer(422, {
    title: 'Input validation failed',
    detail: problems.map(({ field, message, missing }) => `- ${field}: ${missing ? `${field} is required` : message}\n`).join(''),
    status: 422,
    invalid_fields: problems.map(({ field, message }) => ({ type: 'invalid', field, description: message }))
  }),
  headers: { 'content-type': 'application/problem+json' }
})
const unknown = new Refused(jsonAnswer(404, { detail: 'The requested resource could not be found.' }))

export function serveReplicate (desk: Desk): void {
  addRoute(desk, 'POST', '/replicate/v1/models/:owner/:model/predictions', async exchange =>
    await predict(desk, exchange, findServing(desk, name, `${exchange.params.owner}/${exchange.params.model}`), readJson(exchange, Body, refuse)))

  addRoute(desk, 'POST', '/replicate/v1/predictions', async exchange => {
    const body = readJson(exchange, Body, refuse)
    const { version = 'none' } = body
    const serving = Object.values(desk.models).flat().find(({ provider, providerId }) => provider === name && providerId.split(':')[1] === version)
    return await predict(desk, exchange, findServing(desk, name, serving?.providerId ?? ''), body)
  })

  addRoute(desk, 'GET', '/replicate/v1/predictions/:id', ({ params: { id = '' }, token }) => {
    const job = desk.jobs.poll(name, id, token)
    if (job === undefined) throw unknown
    return tell(desk, job, 200)
  })

  addRoute(desk, 'POST', '/replicate/v1/predictions/:id/cancel', ({ params: { id = '' }, token }) => {
    const job = desk.jobs.find(name, id, token)
    if (job === undefined) throw unknown
    if (job.state !== 'done') job.state = 'cancelled'
    return tell(desk, job, 200)
  })
}

async function predict (desk: Desk, { call, token }: Exchange & { readonly token: string }, serving: Serving, { input, version }: Static<typeof Body>): Promise<Answer> {
  const { prefer } = call.headers
  if (prefer !== undefined && !/^wait(=([1-9]|[1-5]\d|60))?$/.test(prefer)) return jsonAnswer(400, { detail: 'Prefer must be wait or wait=n, n from 1 to 60' })
  if (version !== serving.providerId.split(':')[1]) throw refusal(refuse, 'version', 'does not belong to the model')
  const picture = await pictureOf(input, serving.imageField ?? 'image')
  if (serving.adapter !== undefined && input.lora_weights === undefined) throw refusal(refuse, 'input.lora_weights', 'is missing', true)
  call.fields = { ...call.fields, image: describe(picture) }
  const { prompt, seed, negative_prompt: negative, num_inference_steps: steps, guidance_scale: guidance, output_format: format = 'webp' } = input
  const done = await work(desk, { call, token }, serving, {
    picture, prompt, seed, extras: [negative, steps, guidance, input.lora_weights], format: format === 'jpg' ? 'jpeg' : format
  })
  const waits = desk.waits && prefer !== undefined && call.fault !== 'processing' && call.fault !== 'unknown_status'
  return tell(desk, desk.jobs.add(done, waits ? 'done' : 'queued'), waits ? 201 : 202)
}

async function pictureOf (input: Static<typeof Input>, field: string): Promise<Picture> {
  const { image, images = [], input_image: single, input_images: several = [] } = input
  const texts = [image, single, ...images, ...several].filter(text => text !== undefined)
  const pictures = await Promise.all(texts.map(readDataUri))
  const [picture] = pictures
  if (Reflect.get(input, field) === undefined) throw refusal(refuse, `input.${field}`, 'is missing', true)
  if (picture === undefined || pictures.includes(undefined)) throw refusal(refuse, `input.${field}`, 'is no image')
  return picture
}

function tell ({ files }: Desk, job: Job, status: number): Answer {
  const url = `https://api.replicate.com/v1/predictions/${job.id}`
  const [model = '', version = 'hidden'] = job.providerId.split(':')
  const { word, error } = endOf(job)
  return jsonAnswer(status, {
    id: job.id,
    model,
    version,
    input: { prompt: job.prompt },
    logs: '',
    output: word !== 'succeeded' || job.fault === 'no_output' ? null : outputOf(files.add(job.result), model),
    error,
    status: word,
    created_at: new Date(0).toISOString(),
    urls: { get: url, cancel: `${url}/cancel`, web: `https://replicate.com/p/${job.id}` }
  })
}

function endOf ({ state, fault }: Job): { word: string, error: string | null } {
  if (state === 'queued') return { word: 'starting', error: null }
  if (fault === 'unknown_status') return { word: 'pondering', error: null }
  if (state === 'running') return { word: 'processing', error: null }
  if (state === 'cancelled') return { word: 'canceled', error: null }
  if (fault === 'nsfw') return { word: 'failed', error: 'NSFW content detected. Try running it again, or try a different prompt.' }
  if (fault === 'job_fails') return { word: 'failed', error: 'CUDA out of memory' }
  return { word: 'succeeded', error: null }
}

/** Some models answer with one address, others with a list. */
function outputOf (url: string, model: string): string | string[] {
  return model.includes('kontext') ? url : [url]
}
