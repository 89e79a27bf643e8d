import { Type } from '@sinclair/typebox'
import { bytesAnswer, jsonAnswer } from '../answer.ts'
import type { Exchange } from '../emulator.ts'
import { addRoute, closed, findServing, readJson, refusal, work, type Desk, type Refuse } from './desk.ts'
import { describe, formats, readBase64, readPicture, type Format } from './pictures.ts'

const Side = Type.Integer({ minimum: 16, maximum: 2048 })
const Parameters = Type.Object({
  prompt: Type.Optional(Type.String()),
  negative_prompt: Type.Optional(Type.String()),
  guidance_scale: Type.Optional(Type.Number()),
  num_inference_steps: Type.Optional(Type.Integer({ minimum: 1 })),
  target_size: Type.Optional(Type.Object({ width: Side, height: Side }, closed)),
  // Not in the task's specification: passed on to the pipeline.
  seed: Type.Optional(Type.Integer())
}, closed)
const Body = Type.Object({ inputs: Type.String(), parameters: Type.Optional(Parameters) }, closed)

const name = 'hf-inference'
const refuse: Refuse = problems => jsonAnswer(400, {
  error: problems.map(({ field, message, missing }) => missing ? `Error in \`${field}\`: field required` : `Error in \`${field}\`: ${message}`)
})

/** Hugging Face's own machines: an image as the body, or in JSON beside its parameters; an image as the answer. */
export function serveHfInference (desk: Desk): void {
  addRoute(desk, 'POST', '/hf-inference/models/*', async exchange => {
    const { call, params, token } = exchange
    const serving = findServing(desk, name, params['*'] ?? '')
    if (serving.gone) return jsonAnswer(410, { error: `The requested model is deprecated and no longer supported by provider ${name}.` })
    const { bytes, parameters: { prompt = '', negative_prompt: negative, guidance_scale: guidance, num_inference_steps: steps, target_size: size, seed } } = read(exchange)
    const picture = bytes && await readPicture(bytes)
    if (picture === undefined) throw refusal(refuse, 'inputs', 'cannot identify image file')
    call.fields = { ...call.fields, image: describe(picture) }
    const { result, fault } = await work(desk, { call, token }, serving, {
      picture, prompt, seed, extras: [negative, guidance, steps], format: formatOf(call.headers.accept), size
    })
    if (fault === 'job_fails') return jsonAnswer(500, { error: 'CUDA out of memory' })
    return bytesAnswer(200, result.mediaType, result.bytes)
  })
}

function read (exchange: Exchange): { bytes: Buffer | undefined, parameters: typeof Parameters['static'] } {
  const { call, body } = exchange
  if (/^(image\/|application\/octet-stream)/.test(call.headers['content-type'] ?? '')) return { bytes: body, parameters: {} }
  const { inputs, parameters = {} } = readJson(exchange, Body, refuse)
  return { bytes: readBase64(inputs), parameters }
}

function formatOf (accept = ''): Format {
  return formats.find(format => accept === `image/${format}`) ?? 'jpeg'
}
