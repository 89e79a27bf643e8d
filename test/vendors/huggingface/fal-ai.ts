import { Type, type Static } from '@sinclair/typebox'
import { jsonAnswer, type Answer } from '../answer.ts'
import { addRoute, closed, findServing, Loras, readJson, refusal, Refused, work, type Desk, type Refuse } from './desk.ts'
import { notSupported } from './faults.ts'
import type { Job, Work } from './jobs.ts'
import { describe, readDataUri, type Picture } from './pictures.ts'

const Side = Type.Integer({ minimum: 64, maximum: 4096 })
const Body = Type.Object({
  prompt: Type.String({ minLength: 1 }),
  image_url: Type.Optional(Type.String()),
  image_urls: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 4 })),
  negative_prompt: Type.Optional(Type.String()),
  image_size: Type.Optional(Type.Union([
    Type.Object({ width: Side, height: Side }, closed),
    Type.Union(['square_hd', 'square', 'portrait_4_3', 'portrait_16_9', 'landscape_4_3', 'landscape_16_9'].map(name => Type.Literal(name)))
  ])),
  num_inference_steps: Type.Optional(Type.Integer({ minimum: 2, maximum: 50 })),
  guidance_scale: Type.Optional(Type.Number({ minimum: 0, maximum: 20 })),
  num_images: Type.Optional(Type.Literal(1)),
  seed: Type.Optional(Type.Integer({ minimum: 0 })),
  output_format: Type.Optional(Type.Union([Type.Literal('jpeg'), Type.Literal('png')])),
  sync_mode: Type.Optional(Type.Boolean()),
  loras: Type.Optional(Loras)
}, closed)

const name = 'fal-ai'
const refuse: Refuse = problems => jsonAnswer(422, {
  detail: problems.map(({ field, message, missing }) => ({
    loc: ['body', ...field.split('.')], msg: missing ? 'Field required' : message, type: missing ? 'missing' : 'value_error'
  }))
})
const unknown = new Refused(jsonAnswer(404, { detail: 'Request not found' }))

/** fal.ai behind the router: with `?_subdomain=queue` its queue, without it the synchronous endpoint. */
export function serveFal (desk: Desk): void {
  addRoute(desk, 'POST', '/fal-ai/*', async exchange => {
    const { call, params, token } = exchange
    const { _subdomain: subdomain } = call.query
    const serving = findServing(desk, name, params['*'] ?? '')
    if (subdomain !== undefined && subdomain !== 'queue') throw new Refused(notSupported(name))
    const body = readJson(exchange, Body, refuse)
    const picture = await pictureOf(body, serving.imageField ?? 'image_url')
    if (serving.adapter !== undefined && body.loras === undefined) throw refusal(refuse, 'loras', 'is missing', true)
    call.fields = { ...call.fields, image: describe(picture) }
    const { prompt, seed, negative_prompt: negative, num_inference_steps: steps, guidance_scale: guidance, output_format: format = 'png', image_size: size } = body
    const done = await work(desk, { call, token }, serving, {
      picture, prompt, seed, extras: [negative, steps, guidance, body.loras], format, size: typeof size === 'object' ? size : undefined
    })
    if (subdomain === undefined) return hiddenError(done) ?? resultOf(desk, done, body.sync_mode)
    const job = desk.jobs.add(done)
    return jsonAnswer(200, { ...tellStatus(job), queue_position: 0 })
  })

  addRoute(desk, 'GET', '/fal-ai/*', ({ call, params, token }) => {
    const [, id = '', status] = /^[\w.-]+\/[\w.-]+\/requests\/([\w-]+)(\/status)?$/.exec(params['*'] ?? '') ?? []
    const job = status === undefined ? desk.jobs.find(name, id, token) : desk.jobs.poll(name, id, token)
    // Without the subdomain it is fal.run, which has no requests.
    if (job === undefined || call.query._subdomain !== 'queue' || !isItsApp(job, params['*'])) throw unknown
    if (status !== undefined) return jsonAnswer(job.state === 'done' ? 200 : 202, tellStatus(job))
    if (job.state !== 'done') return jsonAnswer(400, { detail: 'Request is still in progress' })
    return hiddenError(job) ?? resultOf(desk, job)
  })

  addRoute(desk, 'PUT', '/fal-ai/*', ({ call, params, token }) => {
    const [, id = ''] = /^[\w.-]+\/[\w.-]+\/requests\/([\w-]+)\/cancel$/.exec(params['*'] ?? '') ?? []
    const job = desk.jobs.find(name, id, token)
    if (job === undefined || call.query._subdomain !== 'queue' || !isItsApp(job, params['*'])) throw unknown
    if (job.state === 'done') return jsonAnswer(400, { status: 'ALREADY_COMPLETED' })
    job.state = 'cancelled'
    return jsonAnswer(202, { status: 'CANCELLATION_REQUESTED' })
  })
}

async function pictureOf (body: Static<typeof Body>, field: string): Promise<Picture> {
  const texts = [body.image_url, ...body.image_urls ?? []].filter(text => text !== undefined)
  const pictures = await Promise.all(texts.map(readDataUri))
  const [picture] = pictures
  if ((field === 'image_url' ? body.image_url : body.image_urls) === undefined) throw refusal(refuse, field, 'is missing', true)
  if (picture === undefined || pictures.includes(undefined)) throw refusal(refuse, field, 'Failed to load the image')
  return picture
}

/** Addresses of a request carry owner and app alone: what comes after them in the model's name is dropped. */
function appOf ({ providerId }: Work): string {
  return providerId.split('/').slice(0, 2).join('/')
}

function isItsApp (job: Work, path = ''): boolean {
  return path.startsWith(`${appOf(job)}/requests/`)
}

/** The addresses are fal's own: a client has to bring them under the router. */
function tellStatus (job: Job): Record<string, unknown> {
  const url = `https://queue.fal.run/${appOf(job)}/requests/${job.id}`
  const words = { queued: 'IN_QUEUE', running: 'IN_PROGRESS', done: 'COMPLETED', cancelled: 'CANCELLED' }
  return {
    status: job.fault === 'unknown_status' && job.state !== 'queued' ? 'PAUSED' : words[job.state],
    request_id: job.id,
    response_url: url,
    status_url: `${url}/status`,
    cancel_url: `${url}/cancel`,
    logs: null
  }
}

/** "Completed" says that it has ended, not how. */
function hiddenError ({ fault }: Work): Answer | undefined {
  if (fault === 'hidden_validation') {
    return jsonAnswer(422, { detail: [{ loc: ['body', 'image_url'], msg: 'The image is too small', type: 'image_too_small' }] })
  }
  if (fault === 'hidden_policy') {
    return jsonAnswer(422, { detail: [{ loc: ['body', 'prompt'], msg: 'The content was flagged by a content checker.', type: 'content_policy_violation' }] })
  }
  if (fault === 'job_fails') return jsonAnswer(500, { detail: 'Internal Server Error' })
}

function resultOf ({ files }: Desk, { result, seed, prompt, fault }: Work, inline = false): Answer {
  if (fault === 'no_output') return jsonAnswer(200, { images: [], seed, prompt })
  const { width, height, mediaType } = result
  return jsonAnswer(200, {
    images: [{ url: inline ? `data:${mediaType};base64,${result.bytes.toString('base64')}` : files.add(result), content_type: mediaType, width, height }],
    timings: { inference: 1.5 },
    seed,
    has_nsfw_concepts: [fault === 'nsfw'],
    prompt
  })
}
