import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { dataUri, outputFormat, taskParameters } from './inputs.ts'
import { imageIn, noPicture } from './outputs.ts'
import type { Strategy, StrategyTools } from './types.ts'

const Images = Type.Object({
  data: Type.Array(Type.Object({ b64_json: Type.Optional(Type.String()), url: Type.Optional(Type.String()) }), { minItems: 1 })
})

const name = 'together'

/** Together AI: one call, with the picture in the answer. */
export function createTogether ({ upstream, EditError }: StrategyTools): Strategy {
  return {
    async submit (edit, { providerId }, signal) {
      const { num_inference_steps: steps, ...parameters } = taskParameters(edit)
      const image = dataUri(edit)
      const { json, headers } = await upstream.post('/together/v1/images/generations', {
        json: {
          model: providerId,
          ...parameters,
          ...steps !== undefined && { steps },
          // FLUX.1 Kontext takes only the one field, all others only the other (Together's documentation of image-to-image).
          .../^(?=.*kontext)(?=.*flux\.1)/i.test(providerId) ? { image_url: image } : { reference_images: [image] },
          response_format: 'base64',
          output_format: outputFormat(edit)
        }
      }, { signal })
      const [first] = Value.Check(Images, json) ? json.data : []
      const picture = imageIn(first?.b64_json ?? first?.url ?? '')
      if (picture === undefined) throw noPicture(EditError, name)
      const id = headers['x-request-id']
      return { state: 'done', result: { images: [picture], ...id !== undefined && { vendorRequestId: id } } }
    }
  }
}
