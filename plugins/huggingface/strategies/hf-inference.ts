import { taskParameters } from './inputs.ts'
import { noPicture } from './outputs.ts'
import type { Strategy, StrategyTools } from './types.ts'

const name = 'hf-inference'

/** Hugging Face's own machines: one call, answered with the picture's bytes. They load a model when it is first asked for. */
export function createHfInference ({ upstream, EditError }: StrategyTools): Strategy {
  return {
    async submit (edit, { providerId }, signal) {
      const { images: [{ bytes }], output } = edit
      const answer = await upstream.post(`/hf-inference/models/${providerId}`, {
        json: { inputs: { base64: bytes }, parameters: taskParameters(edit) }
      }, { signal, headers: { accept: output.format } })
      const { headers, body } = answer
      if (!/^(image\/|application\/octet-stream)/.test(headers['content-type'] ?? '') || body.length === 0) throw noPicture(EditError, name)
      const id = headers['x-request-id']
      return { state: 'done', result: { images: [{ bytes: body }], ...id !== undefined && { vendorRequestId: id } } }
    }
  }
}
