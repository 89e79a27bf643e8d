import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { UpstreamAnswer } from '../../../core/index.ts'
import { dataUri, outputFormat, publicHub, taskParameters } from './inputs.ts'
import { imageIn, noPicture, pathOf, unknownStatus } from './outputs.ts'
import type { JobStrategy, Step, StrategyTools } from './types.ts'

const Prediction = Type.Object({
  id: Type.String({ pattern: '^[\\w-]{1,200}$' }),
  status: Type.String(),
  output: Type.Optional(Type.Unknown()),
  urls: Type.Optional(Type.Object({ get: Type.Optional(Type.String()), cancel: Type.Optional(Type.String()) }))
})
type Prediction = Static<typeof Prediction>

const name = 'replicate'

/** Replicate: `Prefer: wait` brings most results with the first answer, the others are asked for. */
export function createReplicate ({ upstream, EditError }: StrategyTools): JobStrategy {
  const read = ({ json }: UpstreamAnswer): Step => {
    if (!Value.Check(Prediction, json)) throw noPicture(EditError, name)
    switch (json.status) {
      case 'starting':
      case 'processing':
        return { state: 'pending', job: jobOf(json) }
      case 'succeeded': {
        const image = imageOf(json)
        if (image === undefined) throw noPicture(EditError, name)
        return { state: 'done', result: { images: [image], vendorRequestId: json.id } }
      }
      case 'canceled':
      case 'aborted':
        throw new EditError('EDIT_ERR_PROVIDER_RESPONSE', `the job at ${name} was ${json.status}`)
      // "failed" is in the table of errors.
      default:
        throw unknownStatus(EditError, name, json.status)
    }
  }

  return {
    async submit (edit, { providerId, lora }, signal) {
      const [model, version] = providerId.split(':')
      const image = dataUri(edit)
      const format = outputFormat(edit)
      return read(await upstream.post(version === undefined ? `/replicate/v1/models/${model}/predictions` : '/replicate/v1/predictions', {
        json: {
          input: {
            ...taskParameters(edit),
            output_format: format === 'jpeg' ? 'jpg' : format,
            ...lora && { lora_weights: `${publicHub}/${lora.model}` },
            // Its models have different names for the image and pass the others over.
            image,
            images: [image],
            input_image: image,
            input_images: [image]
          },
          ...version !== undefined && { version }
        }
      }, { signal, headers: { prefer: 'wait' } }))
    },

    poll: async ({ path }, signal) => read(await upstream.get(`/replicate${path}`, { signal })),

    async cancel ({ cancelPath }, signal) {
      await upstream.post(`/replicate${cancelPath}`, { json: {} }, { signal, free: true })
    }
  }
}

function jobOf ({ id, urls }: Prediction) {
  const path = pathOf(urls?.get) ?? `/v1/predictions/${id}`
  return { id, path, cancelPath: pathOf(urls?.cancel) ?? `${path}/cancel` }
}

/** One address, or a list with it. */
function imageOf ({ output }: Prediction) {
  const first: unknown = Array.isArray(output) ? output[0] : output
  return typeof first === 'string' ? imageIn(first) : undefined
}
