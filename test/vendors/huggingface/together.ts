import { randomUUID } from 'node:crypto'
import { Type, type Static } from '@sinclair/typebox'
import { jsonAnswer, type Answer } from '../answer.ts'
import { addRoute, closed, findServing, readJson, refusal, work, type Desk, type Refuse } from './desk.ts'
import type { Work } from './jobs.ts'
import { describe, readDataUri, type Picture } from './pictures.ts'

const Side = Type.Optional(Type.Integer({ minimum: 64, maximum: 2048, multipleOf: 16 }))
const Body = Type.Object({
  model: Type.String(),
  prompt: Type.String({ minLength: 1 }),
  image_url: Type.Optional(Type.String()),
  reference_images: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 4 })),
  negative_prompt: Type.Optional(Type.String()),
  steps: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  guidance_scale: Type.Optional(Type.Number({ minimum: 0, maximum: 20 })),
  seed: Type.Optional(Type.Integer({ minimum: 0 })),
  width: Side,
  height: Side,
  n: Type.Optional(Type.Literal(1)),
  response_format: Type.Optional(Type.Union([Type.Literal('base64'), Type.Literal('url')])),
  output_format: Type.Optional(Type.Union([Type.Literal('jpeg'), Type.Literal('png')]))
}, closed)

const name = 'together'
const refuse: Refuse = ([problem, ...more]) => {
  const { field = '', message = '', missing = false } = problem ?? {}
  return jsonAnswer(400, {
    id: randomUUID(),
    error: {
      message: `${missing ? `${field} is required` : `${field}: ${message}`}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
      type: 'invalid_request_error',
      param: field,
      code: null
    }
  })
}

export function serveTogether (desk: Desk): void {
  addRoute(desk, 'POST', '/together/v1/images/generations', async exchange => {
    const { call, token } = exchange
    const body = readJson(exchange, Body, refuse)
    const serving = findServing(desk, name, body.model)
    const picture = await pictureOf(body, serving.imageField ?? 'reference_images')
    call.fields = { ...call.fields, image: describe(picture) }
    const { prompt, seed, negative_prompt: negative, steps, guidance_scale: guidance, output_format: format = 'jpeg', response_format: response = 'url' } = body
    const { width = picture.width, height = picture.height } = body
    const done = await work(desk, { call, token }, serving, { picture, prompt, seed, extras: [negative, steps, guidance], format, size: { width, height } })
    if (call.fault === 'job_fails') return jsonAnswer(500, { id: randomUUID(), error: { message: 'Internal server error', type: 'server_error', param: null, code: null } })
    return resultOf(desk, done, response)
  })
}

/** A model has one of the two fields, and does not take the other. */
async function pictureOf (body: Static<typeof Body>, field: string): Promise<Picture> {
  const [wanted, other] = field === 'image_url'
    ? [body.image_url === undefined ? undefined : [body.image_url], body.reference_images && 'reference_images']
    : [body.reference_images, body.image_url && 'image_url']
  if (other !== undefined) throw refusal(refuse, other, 'is not supported by this model')
  if (wanted === undefined) throw refusal(refuse, field, 'is missing', true)
  const pictures = await Promise.all(wanted.map(readDataUri))
  const [picture] = pictures
  if (picture === undefined || pictures.includes(undefined)) throw refusal(refuse, field, 'is no image')
  return picture
}

function resultOf ({ files }: Desk, { providerId, result, fault }: Work, response: 'base64' | 'url'): Answer {
  const image = response === 'base64' ? { b64_json: result.bytes.toString('base64') } : { url: files.add(result) }
  return jsonAnswer(200, {
    id: randomUUID(),
    model: providerId,
    object: 'list',
    data: fault === 'no_output' ? [] : [{ index: 0, ...image, timings: { inference: 1.2 } }]
  })
}
