import type { Base64Value, Json, ProviderEdit } from '../../../core/index.ts'

/** Where the providers fetch an adapter's weights: the Hub that all the world can reach, whichever one is asked for the mapping. */
export const publicHub = 'https://huggingface.co'

/** The image as a data URI with its true type: fal takes the label for the file's ending. */
export function dataUri ({ images: [{ bytes, mediaType }] }: ProviderEdit): Base64Value {
  return { base64: bytes, prefix: `data:${mediaType};base64,` }
}

/** The parameters by the names of Hugging Face's image-to-image task, the prompt among them. */
export function taskParameters ({ prompt = '', parameters: { steps, ...others } }: ProviderEdit): Record<string, Json> {
  return { prompt, ...others, ...steps !== undefined && { num_inference_steps: steps } }
}

/** `png` or `jpeg`: not of the task, but the providers know it, and one that does not passes it over. */
export function outputFormat ({ output: { format } }: ProviderEdit): string {
  return format.replace('image/', '')
}
