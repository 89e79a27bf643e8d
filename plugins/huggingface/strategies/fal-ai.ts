import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { UpstreamAnswer } from '../../../core/index.ts'
import { nsfwError } from '../errors.ts'
import type { Route } from '../mapping.ts'
import { dataUri, outputFormat, publicHub, taskParameters } from './inputs.ts'
import { imageIn, noPicture, pathOf, seedIn, unknownStatus } from './outputs.ts'
import type { Job, JobStrategy, Step, StrategyTools } from './types.ts'

const Queued = Type.Object({
  request_id: Type.String({ minLength: 1, maxLength: 200 }),
  response_url: Type.String(),
  cancel_url: Type.Optional(Type.String())
})
const Status = Type.Object({ status: Type.String() })
const Result = Type.Object({
  images: Type.Array(Type.Object({ url: Type.String() }), { minItems: 1 }),
  seed: Type.Optional(Type.Unknown()),
  has_nsfw_concepts: Type.Optional(Type.Unknown())
})

const inQueue = { _subdomain: 'queue' }
const name = 'fal-ai'

/** fal.ai: its queue with a status and a response to ask for, or its synchronous endpoint, which answers with the result. */
export function createFal ({ upstream, EditError, falQueue }: StrategyTools): JobStrategy {
  const done = ({ json, headers }: UpstreamAnswer, id = headers['x-request-id']): Step => {
    if (!Value.Check(Result, json)) throw noPicture(EditError, name)
    // The picture is black then.
    if (Array.isArray(json.has_nsfw_concepts) && json.has_nsfw_concepts[0] === true) throw nsfwError(EditError, name)
    const image = json.images[0] && imageIn(json.images[0].url)
    if (image === undefined) throw noPicture(EditError, name)
    return { state: 'done', result: { images: [image], ...seedIn(json.seed), ...id !== undefined && { vendorRequestId: id } } }
  }

  return {
    async submit (edit, route, signal) {
      const image = dataUri(edit)
      const answer = await upstream.post(`/fal-ai/${route.providerId}`, {
        // Some of its models want one, some a list.
        json: { ...taskParameters(edit), ...weightsOf(route), output_format: outputFormat(edit), image_url: image, image_urls: [image] }
      }, { signal, ...falQueue && { query: inQueue } })
      const path = Value.Check(Queued, answer.json) ? pathOf(answer.json.response_url) : undefined
      if (!Value.Check(Queued, answer.json) || path === undefined) return done(answer)
      const { request_id: id, cancel_url: cancelUrl } = answer.json
      return { state: 'pending', job: { id, path, cancelPath: pathOf(cancelUrl) ?? `${path}/cancel` } }
    },

    async poll (job, signal) {
      const { json } = await upstream.get(`/fal-ai${job.path}/status`, { signal, query: inQueue })
      if (!Value.Check(Status, json)) throw unknownStatus(EditError, name, '')
      if (json.status === 'IN_QUEUE' || json.status === 'IN_PROGRESS') return { state: 'pending', job }
      if (json.status !== 'COMPLETED') throw unknownStatus(EditError, name, json.status)
      try {
        return done(await upstream.get(`/fal-ai${job.path}`, { signal, query: inQueue }), job.id)
      } catch (err) {
        // "Completed" also when it has failed: then the answer is the error, and a 500 will be there the next time too.
        if (!(err instanceof EditError) || err.details.status !== 500) throw err
        throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', err.message, { cause: err, details: err.details })
      }
    },

    async cancel ({ cancelPath }: Job, signal) {
      await upstream.put(`/fal-ai${cancelPath}`, { json: {} }, { signal, query: inQueue })
    }
  }
}

function weightsOf ({ lora }: Route) {
  return lora && { loras: [{ path: `${publicHub}/${lora.model}/resolve/main/${lora.weights}`, scale: 1 }] }
}
