import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { UpstreamAnswer } from '../../../core/index.ts'
import { nsfwError } from '../errors.ts'
import { dataUri, outputFormat, taskParameters } from './inputs.ts'
import { imageIn, noPicture, pathOf, unknownStatus } from './outputs.ts'
import type { JobStrategy, Step, StrategyTools } from './types.ts'

/** Only the id is sure to be in the answer to a new task. */
const Task = Type.Object({
  id: Type.String({ pattern: '^[\\w-]{1,200}$' }),
  status: Type.Optional(Type.String()),
  outputs: Type.Optional(Type.Unknown()),
  has_nsfw_contents: Type.Optional(Type.Unknown()),
  urls: Type.Optional(Type.Object({ get: Type.Optional(Type.String()) }))
})

const name = 'wavespeed'

/** WaveSpeed: a task that is asked for. It has no way to cancel one. */
export function createWavespeed ({ upstream, EditError }: StrategyTools): JobStrategy {
  const read = ({ json }: UpstreamAnswer): Step => {
    const task: unknown = json instanceof Object && 'data' in json ? json.data : json
    if (!Value.Check(Task, task)) throw noPicture(EditError, name)
    const { id, status = 'created', outputs, has_nsfw_contents: unsafe, urls } = task
    switch (status) {
      case 'created':
      case 'processing': {
        const path = pathOf(urls?.get) ?? `/api/v3/predictions/${id}/result`
        return { state: 'pending', job: { id, path, cancelPath: path } }
      }
      case 'completed': {
        if (Array.isArray(unsafe) && unsafe[0] === true) throw nsfwError(EditError, name)
        const image = imageOf(outputs)
        if (image === undefined) throw noPicture(EditError, name)
        return { state: 'done', result: { images: [image], vendorRequestId: id } }
      }
      // The words of failure are in the table of errors.
      default:
        throw unknownStatus(EditError, name, status)
    }
  }

  return {
    async submit (edit, { providerId, lora }, signal) {
      const image = dataUri(edit)
      return read(await upstream.post(`/wavespeed/api/v3/${providerId}`, {
        json: {
          ...taskParameters(edit),
          ...lora && { loras: [{ path: lora.model, scale: 1 }] },
          output_format: outputFormat(edit),
          // Some of its models want one, some a list.
          image,
          images: [image]
        }
      }, { signal }))
    },

    poll: async ({ path }, signal) => read(await upstream.get(`/wavespeed${path}`, { signal }))
  }
}

/** Addresses or bare base64; objects with an address at some models. */
function imageOf (outputs: unknown) {
  const first: unknown = Array.isArray(outputs) ? outputs[0] : undefined
  const text: unknown = first instanceof Object && 'url' in first ? first.url : first
  return typeof text === 'string' ? imageIn(text) : undefined
}
